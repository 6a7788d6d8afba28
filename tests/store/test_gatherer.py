"""Threads that commit what is received: one at a time, and the next one where that hangs."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Sequence
from threading import Event

import pytest

from connector.model.delivery import Delivery
from connector.store.gathering import Gatherer
from connector.store.inbox import Received
from tests.patience import PATIENCE, until
from tests.store.make import delivery


class Shelf:
    """Keeps what it gets; the delivery `first` hangs until it may go on."""

    def __init__(self) -> None:
        self.has_begun, self.may_go_on = Event(), Event()
        self.commits: list[list[str]] = []

    def keep(self, deliveries: Sequence[Delivery]) -> list[Received]:
        names = [one.fingerprint for one in deliveries]
        if FIRST in names:
            self.has_begun.set()
            assert self.may_go_on.wait(PATIENCE)
        self.commits.append(names)
        return [Received(name, True) for name in names]


FIRST = delivery("first").fingerprint


@pytest.fixture
def shelf() -> Iterator[Shelf]:
    made = Shelf()
    yield made
    made.may_go_on.set()


def test_while_one_commits_what_comes_is_gathered_for_the_next_commit(shelf: Shelf) -> None:
    gatherer = Gatherer(shelf.keep, 2, hangs_after=PATIENCE)
    first = gatherer.receive([delivery("first")])
    assert shelf.has_begun.wait(PATIENCE)

    others = [gatherer.receive([delivery(str(number))]) for number in range(20)]
    shelf.may_go_on.set()
    for one in (first, *others):
        one.result(PATIENCE)
    gatherer.close()

    assert [len(one) for one in shelf.commits] == [1, 20]


@pytest.mark.parametrize("threads", [2, 3])
def test_one_that_hangs_stops_nobody(shelf: Shelf, threads: int) -> None:
    gatherer = Gatherer(shelf.keep, threads, hangs_after=0.01)
    first = gatherer.receive([delivery("first")])
    assert shelf.has_begun.wait(PATIENCE)

    others = [gatherer.receive([delivery(name)]).result(PATIENCE)[0] for name in ("second", "third")]

    assert all(one.is_new for one in others)
    assert not first.done()
    shelf.may_go_on.set()
    assert first.result(PATIENCE)[0].is_new
    gatherer.close()


def test_what_waits_behind_one_that_hangs_is_stored_before_the_end(shelf: Shelf) -> None:
    gatherer = Gatherer(shelf.keep, 3, hangs_after=PATIENCE)
    soon = [gatherer.receive([delivery("first")])]
    assert shelf.has_begun.wait(PATIENCE)
    soon += [gatherer.receive([delivery(name)]) for name in ("second", "third")]

    shelf.may_go_on.set()
    gatherer.close()

    assert all(one.done() for one in soon)


def test_a_thread_that_waits_for_more_keeps_nothing_of_what_it_stored(shelf: Shelf) -> None:
    gatherer, one = Gatherer(shelf.keep, 2), delivery("large")
    known_to = sys.getrefcount(one)

    gatherer.receive([one]).result(PATIENCE)
    has_let_go = until(lambda: sys.getrefcount(one) <= known_to)
    gatherer.close()

    assert has_let_go
