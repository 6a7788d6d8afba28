"""Calls to one account pass one door: in lanes, within its limits, and waiting no longer than they may."""

from __future__ import annotations

import threading
from collections.abc import Sequence

import pytest

from connector.errors import Transient, Unknown
from connector.platforms.base import UNTRIED
from connector.platforms.door.door import SPARED, Door, Rules
from connector.platforms.door.lane import Lane
from connector.platforms.door.told import Told
from connector.platforms.door.window import Limit
from connector.platforms.transport import Answer
from tests.patience import PATIENCE, until
from tests.platforms.door.fake_time import FakeTime

OK = Answer(200, {}, b"", 0.0)
NOTHING = Told()


def kinds_of(method: str, target: str) -> Sequence[str]:
    """Searches count twice."""
    return ("calls", "searches") if target == "/search" else ("calls",)


def door(time: FakeTime, told: Told = NOTHING, connections: int = 2) -> Door:
    """Ten calls in ten seconds, two searches in one; every answer tells this."""
    limits = {"calls": Limit(10, 10.0), "searches": Limit(2, 1.0)}
    rules = Rules(limits, connections, kinds_of, lambda _: told)
    return Door(rules, time, time.pause)


def call(door: Door, lane: Lane = Lane.LIVE, target: str = "/", within: float = 100.0) -> None:
    """One call that is answered at once."""
    with door.gate(lane)("GET", target, within) as heard:
        heard(OK)


def test_calls_wait_for_their_turn() -> None:
    time = FakeTime()
    one = door(time)

    for _ in range(30):
        call(one)

    assert 28.0 <= time.now <= 30.1


def test_a_call_whose_turn_comes_too_late_is_not_called_and_says_when() -> None:
    time = FakeTime()
    one = door(time, Told(wait=60.0))
    call(one)

    with pytest.raises(Transient) as refused:
        call(one, within=15.0)

    assert refused.value.code == UNTRIED
    assert refused.value.retry_after == pytest.approx(60.0)


def test_a_kind_that_is_held_holds_up_no_other() -> None:
    time = FakeTime()
    one = door(time, Told(wait=60.0, held="searches"))
    call(one, target="/search")

    call(one, target="/contacts", within=2.0)

    with pytest.raises(Transient):
        call(one, target="/search", within=2.0)


def test_the_platforms_own_limit_is_learnt() -> None:
    time = FakeTime()
    one = door(time, Told(limit=Limit(100, 10.0)))

    for _ in range(100):
        call(one)

    assert time.now < 11.0


def test_imports_leave_the_last_calls_of_a_day_to_what_is_live() -> None:
    time = FakeTime()
    one = door(time, Told(day=1000, left_today=150))
    call(one)

    call(one, Lane.LIVE)
    call(one, Lane.POLL)
    with pytest.raises(Transient):
        call(one, Lane.IMPORT)


def made(one: Door, lane: Lane, times: int) -> int:
    """How many of so many calls were not spared."""
    spared = 0
    for _ in range(times):
        try:
            call(one, lane)
        except Transient as error:
            spared += error.code == SPARED
    return times - spared


@pytest.mark.parametrize(("left", "expected"), [(500, 40), (150, 4), (40, 0)])
def test_of_what_only_makes_sure_fewer_are_called_when_a_day_is_nearly_used_up(
    left: int, expected: int
) -> None:
    one = door(FakeTime(), Told(day=1000, left_today=left))
    call(one)

    assert made(one, Lane.VERIFY, 40) == expected
    assert made(one, Lane.LIVE, 40) == 40


def test_what_is_live_goes_on_when_a_day_is_used_up_as_far_as_we_know() -> None:
    time = FakeTime()
    one = door(time, Told(day=1000, left_today=0))
    call(one)

    call(one, Lane.LIVE)
    with pytest.raises(Transient):
        call(one, Lane.VERIFY)


def test_a_new_day_is_noticed() -> None:
    time = FakeTime()
    one = door(time, Told(day=1000, left_today=0))
    call(one)

    time.now += 900.0
    call(one, Lane.IMPORT)

    assert time.now < 901.0


def test_what_breaks_gives_its_place_back() -> None:
    time = FakeTime()
    one = door(time, connections=1)

    for _ in range(3):
        with pytest.raises(OSError, match="cut"), one.gate(Lane.LIVE)("GET", "/", 100.0):
            raise OSError("cut")


def test_what_is_live_goes_before_what_came_earlier() -> None:
    limits = {"calls": Limit(1000, 1.0), "searches": Limit(1000, 1.0)}
    one = Door(Rules(limits, 1, kinds_of, lambda _: Told()))
    order: list[Lane] = []

    def enter(lane: Lane) -> None:
        with one.gate(lane)("GET", "/", 30.0):
            order.append(lane)

    with one.gate(Lane.LIVE)("GET", "/", 1.0):
        threads = []
        for number, lane in enumerate((Lane.IMPORT, Lane.POLL, Lane.LIVE), 1):
            threads.append(threading.Thread(target=enter, args=(lane,)))
            threads[-1].start()
            while one.waiting < number:
                threading.Event().wait(0.001)
    for thread in threads:
        thread.join()

    assert order == [Lane.LIVE, Lane.POLL, Lane.IMPORT]


def test_no_more_connections_are_open_than_allowed() -> None:
    time = FakeTime()
    one = door(time, connections=1)

    with one.gate(Lane.LIVE)("GET", "/", 100.0), pytest.raises(Transient):
        call(one, within=5.0)


def test_a_call_whose_answer_is_lost_keeps_its_place_until_the_platform_has_ended_it() -> None:
    time = FakeTime()
    one = door(time, connections=1)
    with pytest.raises(Unknown), one.gate(Lane.LIVE, 120.0)("GET", "/", 100.0):
        raise Unknown("the answer was lost")
    time.now = 20.0

    with pytest.raises(Transient):
        call(one, within=15.0)
    call(one, within=110.0)

    assert 120.0 <= time.now < 121.0


def test_a_call_that_was_never_sent_keeps_no_place() -> None:
    time = FakeTime()
    one = door(time, connections=1)
    with pytest.raises(Transient), one.gate(Lane.LIVE, 120.0)("GET", "/", 100.0):
        raise Transient("it cannot be reached")

    call(one, within=5.0)

    assert time.now < 5.0


def waits_until_something_changes(changed: threading.Condition, _: float) -> None:
    changed.wait(PATIENCE)


def test_who_waits_for_a_search_holds_up_no_other_call() -> None:
    time = FakeTime()
    limits = {"calls": Limit(1000, 1.0), "searches": Limit(1, 1000.0)}
    one = Door(Rules(limits, 2, kinds_of, lambda _: NOTHING), time, waits_until_something_changes)
    call(one, target="/search")
    searches = threading.Thread(target=call, args=(one, Lane.LIVE, "/search", 2000.0))
    searches.start()
    assert until(lambda: one.waiting == 1)

    call(one, Lane.IMPORT)
    still_waits = one.waiting
    time.now = 1001.0
    call(one)
    searches.join(PATIENCE)

    assert still_waits == 1
    assert not searches.is_alive()
