"""Deliveries that come together are handed over together, and each hears of its own."""

from __future__ import annotations

import gc
from collections import deque
from collections.abc import Callable, Sequence
from concurrent.futures import CancelledError, Future
from weakref import ref

import pytest

from connector.errors import StoreError
from connector.model.delivery import Delivery
from connector.store.inbox import Received
from tests.webhooks.signing import NOW
from webhooks.tray import ENOUGH, GATHERS_FOR, MOST_UNDER_WAY, Share, Tray


class Alarm:
    """Something to be called at a time."""

    def __init__(self, at: float, callback: Callable[[], object]) -> None:
        self.at = at
        self.callback = callback
        self.is_cancelled = False

    def cancel(self) -> None:
        self.is_cancelled = True


class Turns:
    """An event loop that turns, and whose time passes, when it is told to."""

    def __init__(self) -> None:
        self.now = 1000.0
        self.due: deque[Callable[[], object]] = deque()
        self.alarms: list[Alarm] = []

    def time(self) -> float:
        return self.now

    def call_later(self, delay: float, callback: Callable[[], object]) -> Alarm:
        self.alarms.append(Alarm(self.now + delay, callback))
        return self.alarms[-1]

    def passes(self, seconds: float) -> None:
        self.now += seconds
        rings = [one for one in self.alarms if one.at <= self.now and not one.is_cancelled]
        self.alarms = [one for one in self.alarms if one.at > self.now and not one.is_cancelled]
        self.due.extend(one.callback for one in rings)
        self.turn()

    def call_soon(self, callback: Callable[[], object]) -> None:
        self.due.append(callback)

    def call_soon_threadsafe(self, callback: Callable[[], object]) -> None:
        self.due.append(callback)

    def turn(self) -> None:
        while self.due:
            self.due.popleft()()


class Shelf:
    """Keeps what it is given when it is told to."""

    def __init__(self) -> None:
        self.asked: list[tuple[list[str], Future[list[Received]]]] = []

    def receive(self, deliveries: Sequence[Delivery]) -> Future[list[Received]]:
        self.asked.append(([one.fingerprint for one in deliveries], Future()))
        return self.asked[-1][1]

    @property
    def groups(self) -> list[list[str]]:
        return [names for names, _ in self.asked]

    def keep(self, number: int) -> None:
        names, stored = self.asked[number]
        stored.set_result([Received(name, True) for name in names])


@pytest.fixture
def turns() -> Turns:
    return Turns()


@pytest.fixture
def shelf() -> Shelf:
    return Shelf()


@pytest.fixture
def tray(shelf: Shelf, turns: Turns) -> Tray:
    return Tray(shelf.receive, turns)


def delivery(name: str, body: bytes = b"{}") -> Delivery:
    return Delivery("shop", "order", {}, {}, body, NOW, name)


def put(tray: Tray, turns: Turns, *names: str) -> list[Share]:
    """What comes in one turn, a while after what came before."""
    turns.passes(2 * GATHERS_FOR)
    shares = [tray.put(delivery(name)) for name in names]
    turns.turn()
    return shares


def test_what_comes_in_one_turn_goes_together_and_each_hears_of_its_own(
    tray: Tray, turns: Turns, shelf: Shelf
) -> None:
    shares = put(tray, turns, "a", "b", "c")

    shelf.keep(0)
    turns.turn()

    assert shelf.groups == [["a", "b", "c"]]
    assert [one.result(0) for one in shares] == [[Received(name, True)] for name in "abc"]


def test_nobody_is_told_before_it_is_stored(tray: Tray, turns: Turns) -> None:
    [share] = put(tray, turns, "a")

    assert share.outcome is None


def test_who_asks_later_is_told_as_well_and_who_asks_too_soon_is_not(
    tray: Tray, turns: Turns, shelf: Shelf
) -> None:
    [share] = put(tray, turns, "a")
    told: list[Share] = []
    share.add_done_callback(told.append)
    with pytest.raises(TimeoutError):
        share.result()

    shelf.keep(0)
    turns.turn()
    share.add_done_callback(told.append)

    assert told == [share, share]


def test_while_some_are_on_their_way_the_next_ones_gather(tray: Tray, turns: Turns, shelf: Shelf) -> None:
    for number in range(MOST_UNDER_WAY + 4):
        put(tray, turns, str(number))
    before = len(shelf.groups)

    shelf.keep(0)
    turns.turn()

    assert before == MOST_UNDER_WAY
    assert shelf.groups[before:] == [["3", "4", "5", "6"]]


def test_who_sends_one_after_the_other_waits_for_nobody(tray: Tray, turns: Turns, shelf: Shelf) -> None:
    for number in range(3):
        tray.put(delivery(str(number)))
        turns.turn()
        shelf.keep(number)
        turns.turn()

    assert shelf.groups == [["0"], ["1"], ["2"]]


def test_behind_a_group_the_next_one_gathers(tray: Tray, turns: Turns, shelf: Shelf) -> None:
    put(tray, turns, "a", "b")
    shelf.keep(0)
    turns.turn()

    tray.put(delivery("c"))
    turns.passes(0.6 * GATHERS_FOR)
    before = len(shelf.groups)
    tray.put(delivery("d"))
    turns.passes(0.6 * GATHERS_FOR)

    assert before == 1
    assert shelf.groups == [["a", "b"], ["c", "d"]]


def test_behind_one_that_is_on_its_way_the_next_ones_gather(tray: Tray, turns: Turns, shelf: Shelf) -> None:
    put(tray, turns, "a")

    tray.put(delivery("b"))
    turns.passes(0.6 * GATHERS_FOR)
    tray.put(delivery("c"))
    turns.passes(0.6 * GATHERS_FOR)

    assert shelf.groups == [["a"], ["b", "c"]]


def test_a_large_group_waits_for_no_more_and_the_next_one_has_its_own_time(
    tray: Tray, turns: Turns, shelf: Shelf
) -> None:
    put(tray, turns, "a", "b")

    for number in range(ENOUGH):
        tray.put(delivery(str(number)))
    turns.passes(0.6 * GATHERS_FOR)
    tray.put(delivery("next"))
    turns.passes(0.6 * GATHERS_FOR)
    before = [len(one) for one in shelf.groups]
    turns.passes(GATHERS_FOR)

    assert before == [2, ENOUGH]
    assert shelf.groups[2:] == [["next"]]


def test_what_is_large_goes_in_several_groups(tray: Tray, turns: Turns, shelf: Shelf) -> None:
    for number in range(9):
        tray.put(delivery(str(number), bytes(1024 * 1024)))
    turns.turn()

    assert shelf.groups == [["0", "1", "2", "3"], ["4", "5", "6", "7"], ["8"]]


def test_a_database_that_does_not_serve_is_asked_once_for_all(tray: Tray, turns: Turns, shelf: Shelf) -> None:
    shares = put(tray, turns, "a", "b")

    shelf.asked[0][1].set_exception(StoreError("the disk is full"))
    turns.turn()

    assert shelf.groups == [["a", "b"]]
    assert [type(one.outcome) for one in shares] == [StoreError, StoreError]


def test_one_that_cannot_be_stored_fails_alone(tray: Tray, turns: Turns, shelf: Shelf) -> None:
    good, bad = put(tray, turns, "good", "bad")
    shelf.asked[0][1].set_exception(ValueError("not to be stored"))
    turns.turn()

    shelf.keep(1)
    shelf.asked[2][1].set_exception(ValueError("not to be stored"))
    turns.turn()

    assert shelf.groups == [["good", "bad"], ["good"], ["bad"]]
    assert good.result(0)[0].is_new
    assert isinstance(bad.outcome, ValueError)


def test_a_store_that_cannot_be_asked_is_told_of_as_one_that_fails(turns: Turns) -> None:
    def closed(_: object) -> Future[list[Received]]:
        raise StoreError("the store is closed")

    shares = put(Tray(closed, turns), turns, "a", "b")

    assert [str(one.outcome) for one in shares] == ["the store is closed"] * 2


def test_who_gives_up_before_it_is_handed_over_is_not_stored(tray: Tray, turns: Turns, shelf: Shelf) -> None:
    gone, stays = tray.put(delivery("gone")), tray.put(delivery("stays"))

    assert gone.cancel()
    turns.turn()

    assert shelf.groups == [["stays"]]
    assert isinstance(gone.outcome, CancelledError)
    assert stays.outcome is None


def test_a_group_is_given_up_when_all_of_it_is(tray: Tray, turns: Turns, shelf: Shelf) -> None:
    first, second = put(tray, turns, "a", "b")

    is_given_up = [first.cancel(), shelf.asked[0][1].cancelled(), second.cancel()]
    turns.turn()

    assert is_given_up == [False, False, True]
    assert shelf.asked[0][1].cancelled()
    assert [type(one.outcome) for one in (first, second)] == [CancelledError, CancelledError]


def test_what_is_being_written_cannot_be_given_up(tray: Tray, turns: Turns, shelf: Shelf) -> None:
    [share] = put(tray, turns, "a")
    shelf.asked[0][1].set_running_or_notify_cancel()

    is_given_up = share.cancel()
    shelf.keep(0)
    turns.turn()

    assert not is_given_up
    assert share.result(0)[0].is_new


def test_who_gave_up_is_not_kept_while_nothing_is_stored(tray: Tray, turns: Turns, shelf: Shelf) -> None:
    """A disk may stand still for minutes, and all that time senders come again."""
    for number in range(MOST_UNDER_WAY):
        put(tray, turns, str(number))

    given_up = [gives_up(tray) for _ in range(100)]
    tray.put(delivery("last"))
    gc.collect()

    assert sum(one() is not None for one in given_up) == 0
    assert len(shelf.groups) == MOST_UNDER_WAY


def gives_up(tray: Tray) -> ref[Share]:
    """What is left of a share that nobody waits for any more."""
    share = tray.put(delivery("a"))
    assert share.cancel()
    return ref(share)


@pytest.mark.usefixtures("no_searches")
def test_what_was_told_of_takes_no_memory_until_garbage_is_searched_for(
    tray: Tray, turns: Turns, shelf: Shelf
) -> None:
    kept = [ref(share) for share in put(tray, turns, "a", "b")]

    shelf.keep(0)
    turns.turn()

    assert [one() for one in kept] == [None, None]


def test_a_loop_that_has_ended_hears_nothing(shelf: Shelf) -> None:
    class Ended(Turns):
        def call_soon_threadsafe(self, callback: Callable[[], object]) -> None:
            raise RuntimeError("Event loop is closed")

    turns = Ended()
    [share] = put(Tray(shelf.receive, turns), turns, "a")

    shelf.keep(0)

    assert share.outcome is None
