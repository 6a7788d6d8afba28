"""A source is silent against its habit where the weeks before, or its longest pause, say so."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from connector.store.habits import Habit
from connector.telemetry.silence import SOONEST, silence

MONDAY = datetime(2027, 3, 1, tzinfo=UTC)
HOUR = timedelta(hours=1)


def shop(weeks: int, comes: Callable[[datetime], int], until: datetime) -> Habit:
    """What a source brought in so many weeks before `until`, by the hour."""
    hours = [until - number * HOUR for number in range(1, weeks * 168 + 1)]
    return Habit({hour: comes(hour) for hour in hours if comes(hour)}, until)


def by_day(hour: datetime) -> int:
    """Sixty an hour between eight and six on working days, else nothing."""
    return 60 if 8 <= hour.hour < 18 and hour.weekday() < 5 else 0


def test_a_busy_shop_that_says_nothing_on_a_working_morning_is_silent() -> None:
    at_nine = MONDAY + 9 * HOUR

    assert not silence(shop(4, by_day, at_nine), at_nine + timedelta(minutes=29))
    said = silence(shop(4, by_day, at_nine), at_nine + timedelta(minutes=45))

    assert said == ("nothing for 45 min; in this time at least 45 deliveries came in each of 4 weeks before")


@pytest.mark.parametrize("hours", [10, 14, 38, 60])
def test_nights_and_weekends_are_no_silence(hours: int) -> None:
    friday_evening = MONDAY + timedelta(days=4, hours=18)

    assert not silence(shop(4, by_day, friday_evening), friday_evening + hours * HOUR)


def test_a_weekend_that_does_not_end_is_told_on_monday() -> None:
    friday_evening = MONDAY + timedelta(days=4, hours=18)

    assert silence(shop(4, by_day, friday_evening), friday_evening + timedelta(days=2, hours=14, minutes=20))


def test_a_source_with_few_deliveries_a_day_is_given_days() -> None:
    seldom = shop(4, lambda hour: 1 if hour.hour in {9, 15} else 0, MONDAY)

    assert not silence(seldom, MONDAY + timedelta(days=3))
    assert silence(seldom, MONDAY + timedelta(days=6))


def test_one_quiet_week_among_those_before_is_enough_to_be_plausible() -> None:
    at_nine = MONDAY + 9 * HOUR
    holiday = MONDAY - timedelta(weeks=1)

    habit = shop(4, lambda hour: 0 if hour.date() == holiday.date() else by_day(hour), at_nine)

    assert not silence(habit, at_nine + 8 * HOUR)


def test_a_new_source_is_compared_with_its_longest_pause() -> None:
    started = {MONDAY + number * 2 * HOUR: 5 for number in range(30)}
    last = max(started)
    habit = Habit(started, last)

    assert not silence(habit, last + 5 * HOUR)
    assert (
        silence(habit, last + 6 * HOUR) == "nothing for 6 h 0 min; its longest pause until now was 2 h 0 min"
    )


def test_of_a_source_that_has_hardly_begun_nothing_is_said() -> None:
    few = Habit({MONDAY + number * HOUR: 500 for number in range(10)}, MONDAY + 9 * HOUR)

    assert not silence(few, MONDAY + timedelta(days=30))


def test_a_source_that_is_silent_for_weeks_stays_silent_and_its_silence_becomes_no_habit() -> None:
    at_nine = MONDAY + 9 * HOUR

    assert silence(shop(4, by_day, at_nine), at_nine + timedelta(days=9))


@pytest.mark.parametrize("weeks", [4, 6, 20])
def test_a_source_that_is_silent_for_longer_than_is_remembered_stays_silent(weeks: int) -> None:
    at_nine = MONDAY + 9 * HOUR

    assert silence(shop(5, by_day, at_nine), at_nine + timedelta(weeks=weeks))


@given(
    counts=st.dictionaries(st.integers(0, 840), st.integers(1, 500), max_size=200),
    quiet=st.integers(0, 60 * 24 * 20),
)
def test_whatever_came_it_is_told_without_a_fault_and_never_too_soon(
    counts: dict[int, int], quiet: int
) -> None:
    by_hour = {MONDAY - number * HOUR: count for number, count in counts.items()}
    last = max(by_hour, default=MONDAY)

    said = silence(Habit(by_hour, last), last + timedelta(minutes=quiet))

    assert not said or timedelta(minutes=quiet) >= SOONEST
