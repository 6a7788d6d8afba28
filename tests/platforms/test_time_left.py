"""Who does not get their turn in a dispatch of many is untried, and somebody always is tried."""

from __future__ import annotations

import time

import pytest

from connector.errors import DispatchError, Transient, Unauthorized
from connector.platforms.base import UNTRIED, Done
from connector.platforms.time_left import OutOfTime, Pace, with_one_tried

UNKNOWN_TO_IT = Unauthorized("no such key", status=401)
ASKED_TO_WAIT = Transient("too many", status=429, retry_after=7.0)
NOT_SERVED = Transient("cannot be reached")


def test_the_first_may_begin_while_there_is_any_time() -> None:
    assert Pace(lambda: 0.001).has_time()
    assert not Pace(lambda: 0.0).has_time()


def test_another_may_begin_where_the_slowest_so_far_would_end_in_time() -> None:
    left = [10.0]
    pace = Pace(lambda: left[0])
    with pace.one():
        time.sleep(0.01)
    with pace.one():
        pass

    assert pace.has_time()
    left[0] = 0.009
    assert not pace.has_time()


@pytest.mark.parametrize("stopped", [UNKNOWN_TO_IT, ASKED_TO_WAIT])
def test_what_the_platform_asks_for_comes_before_lack_of_time(stopped: DispatchError) -> None:
    assert Pace(lambda: 0.0).stop(stopped) is stopped


@pytest.mark.parametrize("stopped", [None, NOT_SERVED])
def test_when_the_time_is_over_the_others_are_untried(stopped: DispatchError | None) -> None:
    told = Pace(lambda: 0.0).stop(stopped)

    assert isinstance(told, Transient)
    assert told.code == UNTRIED
    assert Pace(lambda: 1.0).stop(stopped) is stopped


def test_where_nobody_was_tried_each_has_failed() -> None:
    some, none = with_one_tried([Done(), OutOfTime()]), with_one_tried([OutOfTime(), OutOfTime()])

    assert [getattr(one, "code", None) for one in some] == [None, UNTRIED]
    assert [(type(one), getattr(one, "code", None)) for one in none] == [(Transient, "")] * 2
