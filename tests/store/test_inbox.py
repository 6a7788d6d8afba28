"""Deliveries: stored once, taken oldest first, settled, and kept from doing harm."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from functools import partial
from threading import Barrier

import pytest
from sqlalchemy.exc import IntegrityError, StatementError

from connector.model.delivery import Delivery, DeliveryStatus
from connector.store import history, inbox
from connector.store.database import Store, Transaction
from connector.store.inbox import Received, Settled
from tests.patience import PATIENCE
from tests.store.make import NOON, delivery, empty, event, later, order


def receive(store: Store, *deliveries: Delivery) -> list[str]:
    """Store them, and their ids."""
    return [one.id for one in store.receive(deliveries)]


def take(store: Store, worker: str = "one", limit: int = 10) -> list[str]:
    """What the worker gets in hand."""
    return [one.id for one in store.write(lambda tx: inbox.take(tx, worker, limit, NOON))]


def die(store: Store, survivor: str = "") -> list[str]:
    """All workers but the survivor end with their hands full."""
    return store.write(lambda tx: inbox.recover(tx, later(5), survivor))


def settle(store: Store, delivery_id: str, status: DeliveryStatus, reason: str = "") -> None:
    """The delivery ends."""
    store.write(lambda tx: inbox.settle(tx, [Settled(delivery_id, status, "v1", later(1), reason)]))


def found(store: Store, delivery_id: str) -> inbox.InboxRow:
    """The delivery, which is there."""
    with store.reading() as tx:
        row = inbox.find(tx, delivery_id)
    assert row is not None
    return row


def test_what_was_received_is_found_as_it_came(store: Store) -> None:
    body = bytes(range(256))

    (id_,) = receive(store, delivery("a", at=0.5, body=body))

    row = found(store, id_)
    assert row.delivery == Delivery(
        "webshop",
        "orders/create",
        {"content-type": "application/json"},
        {"shop": "1"},
        body,
        later(0.5),
        "a",
        id_,
    )
    assert (row.status, row.attempts, row.repeats, row.settled_at) == (DeliveryStatus.WAITING, 0, 0, None)


def test_a_delivery_keeps_the_id_that_it_brings(store: Store) -> None:
    brought = Delivery("webshop", "t", {}, {}, b"", NOON, "a", id="mine")

    assert store.receive([brought]) == [Received("mine", is_new=True)]


def test_a_repeat_that_brings_its_id_is_one_too(store: Store) -> None:
    own = replace(delivery("a"), id="own")
    store.receive([own])

    again, other = store.receive([own, delivery("b")])

    assert (again.id, again.is_new, other.is_new) == ("own", False, True)
    assert found(store, "own").repeats == 1


def test_a_repeat_is_counted_and_named_by_the_first(store: Store) -> None:
    (first,) = receive(store, delivery("a"))

    again = store.receive([delivery("a", at=1), delivery("b"), delivery("a", at=2)])

    assert [one.is_new for one in again] == [False, True, False]
    assert again[0].id == again[2].id == first
    assert found(store, first).repeats == 2


def test_of_two_alike_in_one_call_the_first_is_new(store: Store) -> None:
    first, second = store.receive([delivery("a", at=1), delivery("a", at=2)])

    assert (first.is_new, second.is_new, first.id == second.id) == (True, False, True)
    assert found(store, first.id).delivery.received_at == later(1)
    assert found(store, first.id).repeats == 1


def test_the_same_fingerprint_at_another_connection_is_no_repeat(store: Store) -> None:
    received = store.receive([delivery("a"), delivery("a", connection="crm")])

    assert [one.is_new for one in received] == [True, True]


def test_receiving_nothing_is_nothing(store: Store) -> None:
    assert store.receive([]) == []


def test_one_delivery_that_cannot_be_stored_keeps_its_whole_call_out(store: Store) -> None:
    naive = Delivery("webshop", "t", {}, {}, b"", NOON.replace(tzinfo=None), "b", id="b")

    with pytest.raises((TypeError, StatementError)):
        store.receive([delivery("a"), naive])

    with store.reading() as tx:
        assert inbox.counts(tx)["waiting"] == 0


def test_what_cannot_be_read_is_kept_as_failed(store: Store) -> None:
    received = store.write(lambda tx: inbox.insert_failed(tx, delivery("a"), "no JSON", "$.order"))

    row = found(store, received.id)
    assert (row.status, row.reason, row.path) == (DeliveryStatus.FAILED, "no JSON", "$.order")
    assert take(store) == []


def test_nul_and_half_characters_are_replaced_wherever_a_text_goes_in(store: Store) -> None:
    odd = Delivery("webshop", "t\0\ud800", {"x": "\udfff"}, {"q": "a\0"}, b"\0", NOON, "f\0")

    (id_,) = receive(store, odd)

    kept = found(store, id_).delivery
    assert (kept.topic, kept.headers, kept.query, kept.body) == (
        "t\ufffd\ufffd",
        {"x": "\ufffd"},
        {"q": "a\0"},
        b"\0",
    )
    assert store.receive([odd]) == [Received(id_, is_new=False)]


def test_deliveries_are_taken_oldest_first_up_to_the_limit(store: Store) -> None:
    late, early, middle = receive(store, delivery("a", at=3), delivery("b", at=1), delivery("c", at=2))

    assert take(store, limit=2) == [early, middle]
    assert take(store, limit=5) == [early, middle, late]


def test_what_one_worker_has_in_hand_the_others_leave(store: Store) -> None:
    ids = receive(store, *(delivery(str(n), at=n) for n in range(4)))

    assert take(store, "one", limit=2) == ids[:2]
    assert take(store, "two") == ids[2:]
    assert take(store, "three") == []


def test_what_was_let_go_is_taken_again(store: Store) -> None:
    ids = receive(store, delivery("a"))
    take(store, "one")

    store.write(lambda tx: inbox.let_go(tx, "one"))

    assert take(store, "two") == ids


def test_what_is_settled_is_in_no_hand_and_not_taken_again(store: Store) -> None:
    first, second = receive(store, delivery("a", at=1), delivery("b", at=2))
    take(store)

    settle(store, first, DeliveryStatus.DONE)

    row = found(store, first)
    assert (row.status, row.version, row.settled_at) == (DeliveryStatus.DONE, "v1", later(1))
    assert die(store) == [second]


def test_only_those_still_waiting_are_processed(store: Store) -> None:
    late, early, settled = receive(store, delivery("a", at=2), delivery("b", at=1), delivery("c"))
    settle(store, settled, DeliveryStatus.IGNORED)

    waiting = store.write(lambda tx: inbox.still_waiting(tx, [late, early, settled, "unheard-of"]))

    assert waiting == [early, late]


def test_a_delivery_that_was_in_hand_at_a_death_comes_alone(store: Store) -> None:
    first, second = receive(store, delivery("a", at=1), delivery("b", at=2))
    take(store)

    assert die(store) == [first, second]

    (third,) = receive(store, delivery("c", at=3))
    assert take(store) == [first]
    settle(store, first, DeliveryStatus.DONE)
    assert take(store) == [second]
    settle(store, second, DeliveryStatus.DONE)
    assert take(store) == [third]


def test_a_suspect_does_not_ride_along_with_older_ones(store: Store) -> None:
    receive(store, delivery("a", at=5))
    take(store)
    die(store)
    older = receive(store, delivery("b", at=1))

    assert take(store) == older


def test_the_last_death_that_is_allowed_makes_a_delivery_failed(store: Store) -> None:
    (id_,) = receive(store, delivery("a"))
    for _ in range(inbox.MAX_ATTEMPTS):
        assert take(store) == [id_]
        die(store)

    row = found(store, id_)
    assert (row.status, row.attempts, row.settled_at) == (DeliveryStatus.FAILED, inbox.MAX_ATTEMPTS, later(5))
    assert f"died {inbox.MAX_ATTEMPTS} times" in row.reason
    assert take(store) == []


def test_only_the_dead_workers_hand_is_counted(store: Store) -> None:
    first, second = receive(store, delivery("a", at=1), delivery("b", at=2))
    take(store, "one", limit=1)
    take(store, "two", limit=1)

    assert die(store, survivor="one") == [second]

    assert (found(store, first).attempts, found(store, second).attempts) == (0, 1)


def test_who_was_taken_for_dead_has_nothing_in_hand_any_more(store: Store) -> None:
    ids = receive(store, delivery("a"))
    take(store, "one")
    assert store.write(lambda tx: inbox.still_waiting(tx, ids, "one")) == ids

    die(store)
    take(store, "two")

    assert store.write(lambda tx: inbox.still_waiting(tx, ids, "one")) == []


def test_a_death_does_not_touch_what_was_already_done(store: Store) -> None:
    (id_,) = receive(store, delivery("a"))
    take(store)
    settle(store, id_, DeliveryStatus.DONE)

    assert die(store) == []
    assert found(store, id_).attempts == 0


@pytest.mark.parametrize("status", [DeliveryStatus.FAILED, DeliveryStatus.PARKED, DeliveryStatus.IGNORED])
def test_a_replayed_delivery_waits_again(store: Store, status: DeliveryStatus) -> None:
    (id_,) = receive(store, delivery("a"))
    settle(store, id_, status, "why")

    assert store.write(lambda tx: inbox.replay(tx, id_))

    assert (found(store, id_).status, found(store, id_).reason) == (DeliveryStatus.WAITING, "")
    assert take(store) == [id_]


@pytest.mark.parametrize("status", [DeliveryStatus.WAITING, DeliveryStatus.DONE])
def test_what_waits_or_is_done_is_not_replayed(store: Store, status: DeliveryStatus) -> None:
    (id_,) = receive(store, delivery("a"))
    if status is DeliveryStatus.DONE:
        settle(store, id_, status)

    assert not store.write(lambda tx: inbox.replay(tx, id_))
    assert not store.write(lambda tx: inbox.replay(tx, "unheard-of"))
    assert found(store, id_).status == status


def test_replayed_poison_still_comes_alone(store: Store) -> None:
    (poison,) = receive(store, delivery("a", at=1))
    for _ in range(inbox.MAX_ATTEMPTS):
        take(store)
        die(store)
    receive(store, delivery("b", at=2))

    store.write(lambda tx: inbox.replay(tx, poison))

    assert take(store) == [poison]


def test_a_replay_lets_the_parked_events_of_a_delivery_happen_anew(store: Store) -> None:
    (id_,) = receive(store, delivery("a"))
    waiting = event("e1", about=(order("7"),))

    def park(tx: Transaction) -> None:
        history.new_keys(tx, [("webshop", "e1")], NOON)
        history.park(tx, [history.Parked(waiting, id_)], later(60))

    store.write(park)
    settle(store, id_, DeliveryStatus.PARKED)

    store.write(lambda tx: inbox.replay(tx, id_))

    assert store.write(lambda tx: history.new_keys(tx, [("webshop", "e1")], NOON)) == {("webshop", "e1")}
    assert store.write(lambda tx: history.unpark(tx, [order("7")])) == []


def test_a_parked_delivery_is_done_once_none_of_its_events_is_parked(store: Store) -> None:
    one, other, waiting = receive(store, delivery("a"), delivery("b"), delivery("c"))
    held = history.Parked(event("e1", about=(order("7"),)), other)
    store.write(lambda tx: history.park(tx, [held], later(60)))
    for id_ in (one, other):
        settle(store, id_, DeliveryStatus.PARKED, "nobody is known")

    store.write(lambda tx: inbox.release(tx, [one, other, waiting], "v2", later(2)))

    row = found(store, one)
    assert (row.status, row.version, row.reason, row.settled_at) == (DeliveryStatus.DONE, "v2", "", later(2))
    assert found(store, other).status == DeliveryStatus.PARKED
    assert found(store, waiting).status == DeliveryStatus.WAITING


def test_two_that_release_the_last_events_of_a_delivery_at_once_end_it(postgres_store: Store) -> None:
    empty(postgres_store)
    [held] = receive(postgres_store, delivery("a"))
    waiting = [history.Parked(event(f"e{one}", about=(order(one),)), held) for one in ("7", "8")]
    postgres_store.write(lambda tx: history.park(tx, waiting, later(60)))
    settle(postgres_store, held, DeliveryStatus.PARKED, "nobody is known")
    both = Barrier(2)

    def release(number: str) -> None:
        postgres_store.write(partial(release_one, number=number))

    def release_one(tx: Transaction, number: str) -> None:
        history.unpark(tx, [order(number)])
        both.wait(PATIENCE)
        inbox.release(tx, [held], "v2", later(2))

    with ThreadPoolExecutor(2) as pool:
        list(pool.map(release, ("7", "8")))

    assert found(postgres_store, held).status == DeliveryStatus.DONE


def test_the_newest_deliveries_are_listed_first(store: Store) -> None:
    first, second, third = receive(store, *(delivery(str(n), at=n) for n in range(3)))
    settle(store, second, DeliveryStatus.FAILED)

    with store.reading() as tx:
        newest = [row.delivery.id for row in inbox.listing(tx, limit=2)]
        waiting = [row.delivery.id for row in inbox.listing(tx, DeliveryStatus.WAITING)]

    assert newest == [third, second]
    assert waiting == [third, first]


def test_every_status_is_counted_also_where_there_is_none(store: Store) -> None:
    ids = receive(store, *(delivery(str(n)) for n in range(3)))
    settle(store, ids[0], DeliveryStatus.DONE)

    with store.reading() as tx:
        counts = inbox.counts(tx)

    assert counts == {"waiting": 2, "done": 1, "ignored": 0, "parked": 0, "failed": 0}


def test_an_unknown_delivery_is_not_found(store: Store) -> None:
    with store.reading() as tx:
        assert inbox.find(tx, "unheard-of") is None


def test_a_delivery_cannot_be_both_waiting_and_settled(store: Store) -> None:
    (id_,) = receive(store, delivery("a"))

    with pytest.raises(IntegrityError):
        settle(store, id_, DeliveryStatus.WAITING)
