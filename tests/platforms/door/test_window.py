"""No stretch of time holds more calls than the platform allows, and hardly fewer."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from connector.platforms.door.window import Limit, Window

LIMITS = st.builds(Limit, calls=st.integers(1, 60), seconds=st.sampled_from([1.0, 10.0]))


def counted(limit: Limit, delays: list[tuple[float, float]]) -> list[float]:
    """When a platform counts calls, one after the other: each is counted and answered after so long."""
    window, now, moments = Window(limit, 0.0), 0.0, []
    for until_counted, until_answered in delays:
        now += window.wait(now)
        window.enter(now)
        moments.append(now + until_counted)
        now += until_counted + until_answered
        window.leave(now)
    return moments


DELAY = st.floats(0.0, 0.7)


@given(LIMITS, st.lists(st.tuples(DELAY, DELAY), min_size=1, max_size=200))
def test_no_stretch_of_time_holds_one_too_many(limit: Limit, delays: list[tuple[float, float]]) -> None:
    moments = counted(limit, delays)

    for one in moments:
        within = [other for other in moments if one - limit.seconds < other <= one]
        assert len(within) <= limit.calls


def test_all_that_a_limit_allows_is_used() -> None:
    moments = counted(Limit(100, 10.0), [(0.01, 0.01)] * 2000)

    assert 2000 / moments[-1] > 0.97 * 10


def test_calls_keep_a_distance_so_that_there_is_no_burst_behind_a_silence() -> None:
    moments = counted(Limit(100, 10.0), [(0.001, 0.001)] * 200)

    assert max(len([one for one in moments if at <= one < at + 1.0]) for at in moments) <= 15


def test_what_others_have_used_is_left_out() -> None:
    window = Window(Limit(100, 10.0), 0.0)
    window.enter(0.0)
    window.leave(0.1)

    window.learn_left(0, 0.1)

    assert window.wait(0.1) > 9.9
    assert window.wait(10.2) == 0.0


def test_a_limit_that_the_platform_tells_holds_at_once() -> None:
    window = Window(Limit(100, 10.0), 0.0)

    window.learn(Limit(1, 10.0), 0.0)
    window.enter(0.0)
    window.leave(0.1)

    assert window.wait(0.1) > 9.0


def test_nothing_goes_before_the_moment_that_the_platform_named() -> None:
    window = Window(Limit(100, 10.0), 0.0)

    window.hold(3.0)

    assert window.wait(1.0) == pytest.approx(2.0)
    assert window.wait(3.0) == 0.0
