"""What has been kept long enough goes, a small page at a time, and nothing else."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from functools import partial

import pytest
from sqlalchemy import LargeBinary, func, select

from connector.model.decision import Answer, TraceEntry
from connector.model.delivery import Delivery, DeliveryStatus
from connector.model.keep import Keep
from connector.store import history, inbox, looks, outbox
from connector.store.database import Store, Transaction
from connector.store.history import Recorded
from connector.store.looks import Look
from connector.store.retention import SHELVES, Place, Shelf
from connector.store.schema import attempts, events, traces
from tests.store.make import NOON, action, delivery, event, later

KEEP = Keep()
A_KEY = ("webshop", "order/7/paid")
WOKE = TraceEntry("trigger:cart", Answer.ACTED, "shop.yaml:3")


def clear(store: Store, name: str, now: datetime, limit: int = 500, keep: Keep = KEEP) -> list[int]:
    """Go through one shelf to its end; how many rows went, page by page."""
    (shelf,) = (one for one in SHELVES if one.name == name)
    went: list[int] = []
    after: Place | None = None
    while not went or after is not None:
        page = store.write(partial(shelf.page, keep=keep, now=now, after=after, limit=limit))
        went.append(page.dropped)
        after = page.last
    return went


def receive(store: Store, *deliveries: Delivery) -> list[str]:
    """Their ids."""
    return [one.id for one in store.receive(deliveries)]


def settle(store: Store, delivery_id: str, status: DeliveryStatus) -> None:
    """It ended so."""
    store.write(lambda tx: inbox.settle(tx, [inbox.Settled(delivery_id, status, "v1", NOON)]))


def listed(store: Store) -> set[str]:
    """The ids of the deliveries that there are."""
    with store.reading() as tx:
        return {row.delivery.id for row in inbox.listing(tx)}


def add(store: Store, *keys: str, contact: str = "eva") -> list[int]:
    """Queue actions; their ids."""
    store.write(lambda tx: outbox.add(tx, [action(key, contact) for key in keys], NOON))
    with store.reading() as tx:
        found = [outbox.by_key(tx, key) for key in keys]
    return [one.id for one in found if one is not None]


def keys_left(store: Store, keys: Sequence[str]) -> list[str]:
    """Of these actions those that are still there."""
    with store.reading() as tx:
        return [key for key in keys if outbox.by_key(tx, key) is not None]


def test_old_deliveries_go_page_by_page_but_never_what_waits_or_is_parked(store: Store) -> None:
    ids = receive(store, *(delivery(str(n), at=n) for n in range(6)))
    done, ignored, failed, parked, waiting, young = ids
    settle(store, done, DeliveryStatus.DONE)
    settle(store, ignored, DeliveryStatus.IGNORED)
    settle(store, failed, DeliveryStatus.FAILED)
    settle(store, parked, DeliveryStatus.PARKED)
    settle(store, young, DeliveryStatus.DONE)

    went = clear(store, "deliveries", later(5) + KEEP.deliveries, limit=2)

    assert went == [2, 0, 0]
    assert listed(store) == {failed, parked, waiting, young}


def test_what_failed_is_kept_longer_and_then_goes_too(store: Store) -> None:
    (failed,) = receive(store, delivery("a"))
    settle(store, failed, DeliveryStatus.FAILED)

    assert clear(store, "deliveries", NOON + KEEP.failed) == [0]
    assert clear(store, "deliveries", NOON + KEEP.failed + timedelta(seconds=1)) == [1]
    assert listed(store) == set()


def test_a_repeat_is_told_for_as_long_as_the_first_is_kept(store: Store) -> None:
    first, second = receive(store, delivery("a"), delivery("a"))

    clear(store, "fingerprints", NOON + KEEP.deliveries)
    (third,) = receive(store, delivery("a"))
    clear(store, "fingerprints", NOON + KEEP.deliveries + timedelta(seconds=1))
    (fourth,) = receive(store, delivery("a"))

    assert first == second == third != fourth


def test_a_repeat_of_what_is_not_kept_any_more_is_still_one(store: Store) -> None:
    (first,) = receive(store, delivery("a"))
    settle(store, first, DeliveryStatus.DONE)
    clear(store, "deliveries", NOON + KEEP.deliveries + timedelta(seconds=1))

    (again,) = store.receive([delivery("a", at=1)])

    assert (again.id, again.is_new, listed(store)) == (first, False, set())


def test_event_keys_are_forgotten_after_ninety_days(store: Store) -> None:
    store.write(lambda tx: history.new_keys(tx, [A_KEY], NOON))

    assert clear(store, "event keys", NOON + timedelta(days=90)) == [0]
    assert clear(store, "event keys", NOON + timedelta(days=90, seconds=1)) == [1]

    assert store.write(lambda tx: history.new_keys(tx, [A_KEY], NOON)) == {A_KEY}


def test_keys_of_one_moment_go_a_page_at_a_time(store: Store) -> None:
    keys = [("webshop", str(number)) for number in range(5)]
    store.write(lambda tx: history.new_keys(tx, keys, NOON))

    assert clear(store, "event keys", NOON + timedelta(days=91), limit=2) == [2, 2, 1]


def test_traces_go_after_ninety_days_and_events_stay(store: Store) -> None:
    entries = [
        Recorded(event("old"), "c1", "d1", "v1", NOON, (), (WOKE,)),
        Recorded(event("young", at=1), "c1", "d1", "v1", later(1), (), (WOKE,)),
    ]
    store.write(lambda tx: history.record(tx, entries))

    assert clear(store, "traces", NOON + timedelta(days=90, seconds=1)) == [1]

    with store.reading() as tx:
        old, young = history.of_contact(tx, "c1")
    assert (old.event.key, old.trace, young.trace) == ("old", (), (WOKE,))


def test_a_trace_goes_with_its_event(store: Store) -> None:
    """Whoever deletes what is known of a contact need not think of the reasons."""
    entry = Recorded(event("a"), "c1", "d1", "v1", NOON, (), (WOKE,))
    store.write(lambda tx: history.record(tx, [entry]))

    store.write(lambda tx: tx.execute(events.delete().where(events.c.contact_id == "c1")))

    with store.reading() as tx:
        assert tx.execute(select(func.count()).select_from(traces)).scalar_one() == 0


def test_looks_go_with_the_traces_of_events(store: Store) -> None:
    entries = [Look("eva", later(at), "v1", (), (WOKE,)) for at in (0, 10)]
    store.write(lambda tx: looks.record(tx, entries))

    assert clear(store, "looks", later(5) + timedelta(days=90)) == [1]

    with store.reading() as tx:
        assert [one.at for one in looks.of_contact(tx, "eva")] == [later(10)]


def test_actions_that_are_over_go_with_their_attempts_and_dead_ones_later(store: Store) -> None:
    done, dead = add(store, "done", "dead")
    store.write(lambda tx: outbox.done(tx, {done: "task-1"}, NOON))
    store.write(lambda tx: outbox.dead(tx, dead, NOON, "rejected", "no"))

    went = [
        clear(store, name, NOON + timedelta(days=days, seconds=1))
        for days in (89, 90, 180)
        for name in ("actions", "dead actions")
    ]

    assert went == [[0], [0], [1], [0], [0], [1]]
    with store.reading() as tx:
        assert tx.execute(select(func.count()).select_from(attempts)).scalar_one() == 0


def test_an_action_stays_while_something_of_its_line_is_to_be_done(store: Store) -> None:
    """It may be needed to name what it made, or to tell a lost call of the same line apart from it."""
    (made,) = add(store, "made")
    store.write(lambda tx: outbox.done(tx, {made: "task-1"}, NOON))
    (closes,) = add(store, "closes")
    add(store, "of somebody else", contact="bob")
    long_after = NOON + timedelta(days=365)

    clear(store, "actions", long_after)
    before = keys_left(store, ["made"])
    store.write(lambda tx: outbox.done(tx, {closes: None}, NOON))
    clear(store, "actions", long_after)

    assert (before, keys_left(store, ["made", "closes", "of somebody else"])) == (
        ["made"],
        ["of somebody else"],
    )


@pytest.mark.parametrize("shelf", SHELVES, ids=lambda one: one.name)
def test_what_is_old_is_found_by_an_index(sqlite_store: Store, shelf: Shelf) -> None:
    after = (NOON, b"a" if isinstance(shelf.key.type, LargeBinary) else "1")

    plan = sqlite_store.write(lambda tx: plan_of(tx, lambda: shelf.page(tx, KEEP, NOON, after, 10)))

    assert "SEARCH" in plan
    assert "SCAN" not in plan
    assert "TEMP B-TREE" not in plan


def plan_of(tx: Transaction, work: Callable[[], object]) -> str:
    """How SQLite finds what the first query of `work` asks for."""
    seen: list[str] = []
    driver = tx.connection.driver_connection
    assert driver is not None
    driver.set_trace_callback(seen.append)
    work()
    driver.set_trace_callback(None)
    query = next(one for one in seen if one.startswith("SELECT"))
    return str(driver.execute(f"EXPLAIN QUERY PLAN {query}").fetchall())
