"""Moments in local time: working days, holidays, and the two nights on which clocks change."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from connector.journey.timing import at_local, resolve
from connector.mapping.durations import At, Delay, Moment, OnDate, OnWeekday, Tomorrow, WorkingDaysLater
from connector.mapping.mapping import Defaults, WorkingDays
from connector.mapping.working_days import is_working_day

AMSTERDAM = ZoneInfo("Europe/Amsterdam")
DUTCH = WorkingDays(holidays="NL")


def defaults(days: WorkingDays = DUTCH, zone: ZoneInfo = AMSTERDAM) -> Defaults:
    return Defaults(zone, "nl_NL", days, {}, {})


def local(text: str, zone: ZoneInfo = AMSTERDAM) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=zone)


@pytest.mark.parametrize(
    ("now", "moment", "then"),
    [
        ("2026-11-02 10:00", WorkingDaysLater(1), "2026-11-03 17:00"),
        ("2026-11-06 16:00", WorkingDaysLater(1), "2026-11-09 17:00"),
        ("2026-11-07 11:00", WorkingDaysLater(1), "2026-11-09 17:00"),
        ("2026-11-06 16:00", WorkingDaysLater(5), "2026-11-13 17:00"),
        ("2026-12-24 09:00", WorkingDaysLater(1), "2026-12-28 17:00"),
        ("2026-12-31 23:30", WorkingDaysLater(1), "2027-01-04 17:00"),
        ("2026-11-02 10:00", At(time(18)), "2026-11-02 18:00"),
        ("2026-11-02 18:00", At(time(18)), "2026-11-03 18:00"),
        ("2026-11-02 23:59", At(time(0, 0)), "2026-11-03 00:00"),
        ("2026-11-02 10:00", Delay(timedelta(hours=4)), "2026-11-02 14:00"),
        ("2026-11-02 08:00", OnWeekday(0, time(10)), "2026-11-09 10:00"),
        ("2026-11-08 23:00", OnWeekday(0, time(10)), "2026-11-09 10:00"),
        ("2026-11-02 08:00", OnWeekday(4), "2026-11-06 09:00"),
        ("2026-11-02 23:59", Tomorrow(time(0, 0)), "2026-11-03 00:00"),
        ("2026-11-02 10:00", OnDate(date(2027, 3, 6), time(10), timedelta(hours=-2)), "2027-03-06 08:00"),
        ("2026-11-02 10:00", OnDate(date(2026, 11, 1)), "2026-11-01 09:00"),
    ],
)
def test_a_moment_is_what_a_colleague_means_by_it(now: str, moment: Moment, then: str) -> None:
    assert resolve(moment, local(now), defaults()) == local(then)


def test_today_is_the_day_on_the_companys_clocks() -> None:
    monday_in_amsterdam = datetime(2026, 11, 1, 23, 30, tzinfo=UTC)

    assert resolve(WorkingDaysLater(1), monday_in_amsterdam, defaults()) == local("2026-11-03 17:00")


def test_a_night_with_a_change_of_clocks_keeps_the_local_hour() -> None:
    assert resolve(WorkingDaysLater(1), local("2026-10-23 12:00"), defaults()).hour == 16
    assert resolve(WorkingDaysLater(1), local("2026-10-22 12:00"), defaults()).hour == 15


def test_a_delay_is_counted_in_real_hours_over_a_change_of_clocks() -> None:
    """Arithmetic is in UTC, where a day is 24 hours"""
    before = local("2026-10-25 01:00")

    assert resolve(Delay(timedelta(hours=24)), before, defaults()) == local("2026-10-26 00:00")


@pytest.mark.parametrize("minute", [0, 10, 30, 59])
def test_an_hour_that_does_not_exist_becomes_the_first_instant_after_the_gap(minute: int) -> None:
    """a gap takes the first valid instant, a fold the first."""
    assert at_local(date(2026, 3, 29), time(2, minute), AMSTERDAM) == datetime(2026, 3, 29, 1, 0, tzinfo=UTC)


def test_an_hour_that_comes_twice_is_the_first_of_the_two() -> None:
    """a gap takes the first valid instant, a fold the first."""
    assert at_local(date(2026, 10, 25), time(2, 30), AMSTERDAM) == datetime(2026, 10, 25, 0, 30, tzinfo=UTC)


def test_a_day_that_a_zone_skipped_becomes_the_first_instant_after_it() -> None:
    samoa = ZoneInfo("Pacific/Apia")

    assert at_local(date(2011, 12, 30), time(9), samoa) == local("2011-12-31 00:00", samoa)


def test_holidays_are_those_of_the_country_that_was_named() -> None:
    kings_day = date(2027, 4, 27)

    assert not is_working_day(kings_day, DUTCH)
    assert is_working_day(kings_day, WorkingDays(holidays="BE"))
    assert is_working_day(kings_day, WorkingDays())


def test_without_any_working_day_every_day_counts() -> None:
    nobody_works = WorkingDays(days=frozenset())

    assert resolve(WorkingDaysLater(1), local("2026-11-07 10:00"), defaults(nobody_works)) == local(
        "2026-11-08 17:00"
    )


@given(
    now=st.integers(631_152_000, 3_471_292_800).map(lambda seconds: datetime.fromtimestamp(seconds, UTC)),
    clock=st.times(),
    zone=st.sampled_from(
        ["Europe/Amsterdam", "America/New_York", "Australia/Lord_Howe", "Asia/Kathmandu", "UTC"]
    ),
)
def test_the_next_time_on_the_clock_is_ahead_and_within_two_days(
    now: datetime, clock: time, zone: str
) -> None:
    clock = clock.replace(microsecond=0)

    then = resolve(At(clock), now, defaults(zone=ZoneInfo(zone)))

    assert now < then <= now + timedelta(hours=49)
