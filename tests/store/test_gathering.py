"""Deliveries that come together are stored together, on either database, and each hears of its own."""

from __future__ import annotations

import gc
from collections import deque
from collections.abc import Sequence
from concurrent.futures import Future, wait
from threading import Event, Thread
from weakref import ref

import pytest

from connector.errors import StoreError
from connector.model.delivery import Delivery
from connector.store import inbox
from connector.store.database import Store, open_store
from connector.store.gathering import Gatherer, Receipt, keep_together, next_group, stand_in_line
from connector.store.inbox import Received
from tests.patience import PATIENCE
from tests.store.make import delivery


class Shelf:
    """Keeps what it gets, one commit at a time, as soon as it may."""

    def __init__(self) -> None:
        self.may_go_on = Event()
        self.commits: list[int] = []
        self.tries = 0

    def keep(self, deliveries: Sequence[Delivery]) -> list[Received]:
        self.may_go_on.wait(PATIENCE)
        self.tries += 1
        if any(one.fingerprint == "bad" for one in deliveries):
            raise ValueError("not to be stored")
        self.commits.append(len(deliveries))
        return [Received(one.fingerprint, True) for one in deliveries]


def test_what_is_received_soon_is_there_when_it_is_done(store: Store) -> None:
    soon = [store.receive_soon([delivery(str(number))]) for number in range(20)]

    received = [one.result(PATIENCE)[0] for one in soon]

    with store.reading() as tx:
        found = [inbox.find(tx, one.id) for one in received]
    assert all(one.is_new for one in received)
    assert [one.delivery.fingerprint for one in found if one] == [
        delivery(str(n)).fingerprint for n in range(20)
    ]


def test_repeats_of_one_moment_are_stored_once(store: Store) -> None:
    soon = [store.receive_soon([delivery("same")]) for _ in range(20)]

    received = [one.result(PATIENCE)[0] for one in soon]

    assert [one.is_new for one in received].count(True) == 1
    assert len({one.id for one in received}) == 1


def test_a_closed_store_takes_nothing_and_has_kept_what_it_took(fresh_url: str) -> None:
    store = open_store(fresh_url)
    store.migrate()
    taken = store.receive_soon([delivery("a")])

    store.close()

    assert taken.result(0)[0].is_new
    with pytest.raises(StoreError, match="closed"):
        store.receive_soon([delivery("b")])


def test_what_waits_during_a_commit_is_committed_together() -> None:
    shelf = Shelf()
    gatherer = Gatherer(shelf.keep, 1)

    soon = [gatherer.receive([delivery(str(number))]) for number in range(50)]
    shelf.may_go_on.set()
    wait(soon, PATIENCE)
    gatherer.close()

    assert sum(shelf.commits) == 50
    assert len(shelf.commits) <= 3


def test_what_cannot_be_stored_fails_alone() -> None:
    shelf = Shelf()
    gatherer = Gatherer(shelf.keep, 1)
    gatherer.receive([delivery("first")])

    soon = {name: gatherer.receive([delivery(name)]) for name in ("good", "bad", "fine")}
    shelf.may_go_on.set()
    gatherer.close()

    assert soon["good"].result(0)[0].is_new
    assert isinstance(soon["bad"].exception(0), ValueError)
    assert soon["fine"].result(0)[0].is_new


def test_one_of_a_thousand_that_cannot_be_stored_is_found_in_few_commits() -> None:
    shelf = Shelf()
    shelf.may_go_on.set()
    group = [Receipt([delivery("bad" if number == 700 else "good")]) for number in range(1000)]

    assert keep_together(group, shelf.keep)

    assert shelf.tries <= 21
    assert sum(shelf.commits) == 999
    assert isinstance(group[700].answer.exception(0), ValueError)


def test_what_hits_them_all_is_not_tried_for_each() -> None:
    shelf = Shelf()
    shelf.may_go_on.set()
    group = [Receipt([delivery("bad")]) for _ in range(1000)]

    assert not keep_together(group, shelf.keep)

    assert shelf.tries <= 64
    assert all(isinstance(one.answer.exception(0), ValueError) for one in group)


def test_a_database_that_stops_serving_half_way_is_left_alone() -> None:
    tries: list[int] = []

    def keep(deliveries: Sequence[Delivery]) -> list[Received]:
        tries.append(len(deliveries))
        raise ValueError("one of them") if len(tries) == 1 else StoreError("the disk is full")

    group = [Receipt([delivery(str(number))]) for number in range(100)]

    assert not keep_together(group, keep)

    assert tries == [100, 50]
    assert all(isinstance(one.answer.exception(0), StoreError) for one in group)


def test_who_gives_up_before_the_commit_is_not_stored() -> None:
    shelf = Shelf()
    gatherer = Gatherer(shelf.keep, 1)
    gatherer.receive([delivery("first")])
    given_up: Future[list[Received]] = gatherer.receive([delivery("second")])
    later = gatherer.receive([delivery("third")])

    given_up.cancel()
    shelf.may_go_on.set()
    gatherer.close()

    assert later.result(0)[0].is_new
    assert sum(shelf.commits) in {2, 3}
    assert given_up.cancelled() == (sum(shelf.commits) == 2)


def test_who_gave_up_is_not_kept_while_nothing_is_committed() -> None:
    """A disk may stand still for minutes, and all that time senders come again."""
    waiting: deque[Receipt] = deque()

    for number in range(1000):
        receipt = Receipt([delivery(str(number))])
        stand_in_line(waiting, receipt)
        receipt.answer.cancel()

    assert len(waiting) == 1
    assert next_group(waiting) == []


def test_a_writer_that_is_busy_keeps_none_who_gave_up(sqlite_store: Store) -> None:
    may_go_on, begun = Event(), Event()

    def dawdle(_: object) -> None:
        begun.set()
        may_go_on.wait(PATIENCE)

    busy = Thread(target=sqlite_store.write, args=(dawdle,))
    busy.start()
    begun.wait(PATIENCE)

    given_up = [gives_up(sqlite_store) for _ in range(100)]
    last = sqlite_store.receive_soon([delivery("b")])
    gc.collect()
    are_kept = sum(one() is not None for one in given_up)
    may_go_on.set()
    busy.join(PATIENCE)

    assert last.result(PATIENCE)[0].is_new
    assert are_kept == 0


def gives_up(store: Store) -> ref[Future[list[Received]]]:
    """What is left of a receipt that nobody waits for any more."""
    soon = store.receive_soon([delivery("a")])
    assert soon.cancel()
    return ref(soon)
