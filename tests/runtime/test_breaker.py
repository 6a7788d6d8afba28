"""A platform that does not serve is left alone for longer and longer; one call shows that it does again."""

from __future__ import annotations

import itertools
from datetime import UTC, datetime, timedelta
from random import Random

import pytest

from connector.errors import Rejected, Transient, Unauthorized, Unknown
from connector.platforms.base import Done, Outcome
from connector.runtime.breaker import FAILURES, LONGEST, Breaker

NOON = datetime(2026, 11, 23, 12, tzinfo=UTC)
DOWN = Transient("it cannot be reached")


def broken(calls: int = FAILURES) -> Breaker:
    """After so many calls in a row that were not served."""
    breaker = Breaker(Random(7))
    for _ in range(calls):
        breaker.heard([DOWN, DOWN], NOON)
    return breaker


def test_a_call_or_two_without_service_change_nothing() -> None:
    assert not broken(FAILURES - 1).is_resting(NOON)


def test_a_platform_that_is_down_is_left_alone_and_then_tried_once() -> None:
    breaker = broken()

    assert breaker.is_resting(NOON + timedelta(seconds=3))
    later = NOON + timedelta(seconds=5)
    assert not breaker.is_resting(later)
    assert breaker.is_trying


def test_each_rest_is_longer_up_to_five_minutes() -> None:
    breaker = broken()
    rests = []
    for _ in range(20):
        assert breaker.rests_until is not None
        rests.append((breaker.rests_until - NOON).total_seconds())
        breaker.heard([DOWN], NOON)

    assert rests[0] <= 5.0
    assert all(later >= 1.5 * earlier for earlier, later in itertools.pairwise(rests[:6]))
    assert 0.75 * LONGEST <= rests[-1] <= LONGEST


def test_a_day_of_outage_takes_few_calls() -> None:
    breaker, now, calls = broken(), NOON, 0
    while now < NOON + timedelta(days=1):
        assert breaker.rests_until is not None
        now = breaker.rests_until
        breaker.heard([DOWN], now)
        calls += 1

    assert calls < 400


def test_a_clock_that_is_set_back_prolongs_no_rest() -> None:
    breaker = broken()

    assert not breaker.is_resting(NOON - timedelta(days=1))
    assert breaker.is_trying


def test_an_answer_to_a_question_parts_calls_that_were_not_served() -> None:
    breaker = broken(FAILURES - 1)

    breaker.answered()
    breaker.heard([DOWN], NOON)

    assert not breaker.is_trying


def test_only_an_action_shows_that_actions_are_served_again() -> None:
    breaker = broken()

    breaker.answered()

    assert breaker.is_trying


@pytest.mark.parametrize(
    "served",
    [
        Done(),
        Rejected("no such list", status=404),
        Transient("too many", status=429, retry_after=1.0),
        Transient("locked", status=423),
        Unknown("an answer that proves nothing", status=200),
        Unauthorized("who are you", status=401),
    ],
)
def test_whoever_refuses_serves(served: Outcome) -> None:
    breaker = broken()

    breaker.heard([DOWN, served], NOON)

    assert not breaker.is_trying


@pytest.mark.parametrize("code", ["untried", "ours"])
def test_what_the_platform_did_not_cause_tells_nothing_of_it(code: str) -> None:
    breaker, whole = broken(), Breaker()

    for _ in range(FAILURES):
        breaker.heard([Transient("not called", code=code)], NOON)
        whole.heard([Transient("not called", code=code)], NOON)

    assert breaker.is_trying
    assert not whole.is_trying


@pytest.mark.parametrize(
    "missed",
    [
        DOWN,
        Transient("unavailable", status=503),
        Transient("too late", status=408),
        Unknown("the answer was lost"),
        Unknown("bad gateway", status=502),
    ],
)
def test_whoever_is_broken_does_not_serve(missed: Outcome) -> None:
    breaker = Breaker()

    for _ in range(FAILURES):
        breaker.heard([missed], NOON)

    assert breaker.is_trying
