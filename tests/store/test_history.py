"""Events happen once, are remembered with their reasons, and wait for their owner."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from decimal import Decimal

import pytest

from connector.model.decision import Answer, Moved, TraceEntry
from connector.model.delivery import DeliveryStatus
from connector.model.event import Event, Identity
from connector.store import history, inbox
from connector.store.database import Store, Transaction
from connector.store.history import Parked, Recorded
from tests.store.make import EVA, NOON, delivery, event, later, order

A_KEY = ("webshop", "order/7/paid")


def new_keys(store: Store, *keys: tuple[str, str], at: datetime = NOON) -> set[tuple[str, str]]:
    """Which of these happen for the first time."""
    return store.write(lambda tx: history.new_keys(tx, keys, at))


def recorded(what: Event, contact: str = "c1", decided_at: datetime = NOON) -> Recorded:
    """It happened, and a rule did something about it."""
    trace = TraceEntry("trigger:welcome", Answer.ACTED, "welcome.yaml:3", {"order.total": Decimal("18.50")})
    moves = (Moved("main", None, "care", NOON, ("lead",)),)
    return Recorded(what, contact, "d1", "v1", decided_at, moves, (trace,))


def record(store: Store, *entries: Recorded) -> None:
    """Write it down."""
    store.write(lambda tx: history.record(tx, entries))


def of_contact(store: Store, contact: str = "c1", limit: int = 200) -> list[Recorded]:
    """Its history."""
    with store.reading() as tx:
        return history.of_contact(tx, contact, limit)


def park(
    store: Store, what: Event, delivery_id: str = "d1", until: datetime = NOON + timedelta(days=30)
) -> None:
    """It waits."""
    store.write(lambda tx: history.park(tx, [Parked(what, delivery_id)], until))


def unpark(store: Store, *identities: Identity) -> list[str]:
    """The keys of what waited."""
    return [one.event.key for one in store.write(lambda tx: history.unpark(tx, identities))]


def drop(store: Store, now: datetime, limit: int = 500) -> int:
    """Let the old go."""
    return store.write(lambda tx: history.drop_older(tx, now, limit))


def test_an_event_key_is_new_once(store: Store) -> None:
    assert new_keys(store, A_KEY, ("crm", A_KEY[1])) == {A_KEY, ("crm", A_KEY[1])}
    assert new_keys(store, A_KEY, ("webshop", "other")) == {("webshop", "other")}
    assert new_keys(store) == set()


def test_a_key_twice_in_one_call_is_one(store: Store) -> None:
    assert new_keys(store, A_KEY, A_KEY) == {A_KEY}


def test_a_key_that_was_rolled_back_is_new_again(store: Store) -> None:
    def fail(tx: Transaction) -> None:
        history.new_keys(tx, [A_KEY], NOON)
        raise LookupError

    with pytest.raises(LookupError):
        store.write(fail)

    assert new_keys(store, A_KEY) == {A_KEY}


def test_of_eight_that_meet_a_key_at_once_one_has_it(store: Store) -> None:
    with ThreadPoolExecutor(8) as workers:
        answers = list(workers.map(lambda _: new_keys(store, A_KEY), range(8)))

    assert sorted(map(len, answers)) == [0] * 7 + [1]


def test_keys_are_told_apart_whatever_they_hold(store: Store) -> None:
    odd = {("webshop", "a\0"), ("webshop", "a\ud800"), ("webshop", "a" * 5000), ("webshop", "")}

    assert new_keys(store, *odd) == odd
    assert new_keys(store, *odd) == set()


def test_history_comes_back_whole_in_the_order_in_which_it_happened(store: Store) -> None:
    late, early = recorded(event("late", at=9, people=(EVA,))), recorded(event("early", at=1))
    record(store, late, early, recorded(event("other"), contact="c2"))

    assert of_contact(store) == [early, late]


def test_what_happened_at_one_moment_stays_in_the_order_of_decision(store: Store) -> None:
    entries = [recorded(event(str(number))) for number in range(20)]
    record(store, *entries)

    assert of_contact(store) == entries


def test_a_long_history_is_cut_to_its_latest(store: Store) -> None:
    record(store, *(recorded(event(str(number), at=number)) for number in range(5)))

    assert [one.event.key for one in of_contact(store, limit=2)] == ["3", "4"]


def test_recording_nothing_is_nothing(store: Store) -> None:
    record(store)

    assert of_contact(store) == []


def test_a_parked_event_waits_under_each_of_its_identities(store: Store) -> None:
    park(store, event("e1", about=(order("7"), order("8"))))

    assert unpark(store, EVA, order("9")) == []
    assert unpark(store, order("8"), order("7")) == ["e1"]
    assert unpark(store, order("7")) == []


def test_parked_events_come_out_whole_and_by_their_own_time(store: Store) -> None:
    late, early = event("late", at=9, about=(order("7"),)), event("early", at=1, about=(order("8"),))
    park(store, late, "d1")
    park(store, early, "d2")

    out = store.write(lambda tx: history.unpark(tx, [order("7"), order("8")]))

    assert out == [Parked(early, "d2"), Parked(late, "d1")]


def test_of_eight_that_take_a_parked_event_one_gets_it(store: Store) -> None:
    park(store, event("e1", about=(order("7"),)))

    with ThreadPoolExecutor(8) as workers:
        taken = list(workers.map(lambda _: unpark(store, order("7")), range(8)))

    assert sorted(taken) == [[]] * 7 + [["e1"]]


def test_an_event_whose_owner_never_came_is_shown_as_failed_and_can_be_replayed(store: Store) -> None:
    (received,) = store.receive([delivery("a")])
    parked = inbox.Settled(received.id, DeliveryStatus.PARKED, "v1", NOON)
    store.write(lambda tx: inbox.settle(tx, [parked]))
    new_keys(store, ("webshop", "e1"))
    park(store, event("e1", about=(order("7"),)), received.id, until=later(60))

    assert drop(store, later(60)) == 0
    assert drop(store, later(61)) == 1

    with store.reading() as tx:
        row = inbox.find(tx, received.id)
    assert row is not None
    assert (row.status, row.settled_at) == (DeliveryStatus.FAILED, later(61))
    assert "nobody became known" in row.reason
    assert unpark(store, order("7")) == []
    assert new_keys(store, ("webshop", "e1")) == {("webshop", "e1")}


def test_a_history_is_read_backwards_for_as_long_as_it_takes(store: Store) -> None:
    record(store, *(recorded(event(str(number), at=number)) for number in range(250)))

    with store.reading() as tx:
        newest = history.backwards(tx, "c1")
        first = next(newest).event.key
        rest = [one.event.key for one in newest]

    assert (first, len(rest), rest[-1]) == ("249", 249, "0")


def test_a_history_that_is_looked_at_no_further_is_let_go(store: Store) -> None:
    record(store, *(recorded(event(str(number), at=number)) for number in range(250)))
    with store.reading() as tx:
        next(history.backwards(tx, "c1"))

    record(store, recorded(event("later", at=999)))

    assert of_contact(store, limit=1)[0].event.key == "later"


def test_looking_whether_an_event_has_happened_changes_nothing(store: Store) -> None:
    new_keys(store, A_KEY)

    with store.reading() as tx:
        found = history.happened(tx, [A_KEY, ("webshop", "other")])

    assert found == {A_KEY}
    assert new_keys(store, ("webshop", "other")) == {("webshop", "other")}
