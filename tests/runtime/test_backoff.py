"""When a failed action is tried again."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from random import Random

from hypothesis import given
from hypothesis import strategies as st

from connector.runtime.backoff import FIRST, GIVE_UP_AFTER, LONGEST, next_attempt

NOW = datetime(2026, 11, 22, 9, tzinfo=UTC)


class Always(Random):
    """A random source that always draws the same share of the range."""

    def __init__(self, share: float) -> None:
        super().__init__()
        self.share = share

    def uniform(self, a: float, b: float) -> float:
        return a + (b - a) * self.share


@given(st.integers(1, GIVE_UP_AFTER - 1), st.integers())
def test_a_wait_is_never_next_to_nothing_and_never_longer_than_six_hours(failures: int, seed: int) -> None:
    due = next_attempt(failures, NOW, Random(seed))

    assert due is not None
    assert NOW + timedelta(seconds=FIRST / 2) <= due <= NOW + timedelta(seconds=LONGEST)


def test_waits_double_from_half_a_minute_up_to_six_hours() -> None:
    waits = [next_attempt(failures, NOW, Always(1.0)) for failures in range(1, GIVE_UP_AFTER)]

    seconds = [(due - NOW).total_seconds() for due in waits if due]
    assert seconds[:3] == [FIRST, 2 * FIRST, 4 * FIRST]
    assert seconds == sorted(seconds)
    assert seconds[-1] == LONGEST


def test_a_platform_that_is_down_overnight_loses_nothing() -> None:
    waits = [next_attempt(failures, NOW, Always(0.0)) for failures in range(1, GIVE_UP_AFTER)]

    assert sum((due - NOW for due in waits if due), timedelta()) > timedelta(hours=12)


def test_it_gives_up_in_the_end() -> None:
    assert next_attempt(GIVE_UP_AFTER, NOW, Random()) is None
