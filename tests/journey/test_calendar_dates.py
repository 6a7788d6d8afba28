"""When the moments of the calendar come, over leap years, Easters and public holidays."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from connector.journey.calendar_dates import dates, easter
from connector.mapping.scoring import (
    EveryYear,
    FromEaster,
    NamedMoment,
    NthWeekday,
    OnDates,
    PublicHoliday,
    When,
)
from connector.mapping.terms import Place


def moment(when: When | None, *countries: str) -> NamedMoment:
    return NamedMoment("m", when, frozenset(countries), "", Place("calendar.yaml", 1, 1))


@pytest.mark.parametrize(
    ("year", "day"),
    [
        (2024, (3, 31)), (2025, (4, 20)), (2026, (4, 5)), (2027, (3, 28)), (2028, (4, 16)), (2029, (4, 1)),
        (2030, (4, 21)), (2031, (4, 13)), (2032, (3, 28)), (2033, (4, 17)), (2034, (4, 9)), (2035, (3, 25)),
    ],
)  # fmt: skip
def test_easter_is_when_the_churches_have_it(year: int, day: tuple[int, int]) -> None:
    assert easter(year) == date(year, *day)


@given(st.integers(1900, 2999))
def test_easter_is_a_sunday_of_march_or_april(year: int) -> None:
    assert easter(year).weekday() == 6
    assert date(year, 3, 22) <= easter(year) <= date(year, 4, 25)


@pytest.mark.parametrize(
    ("when", "year", "days"),
    [
        (FromEaster(0), 2027, [date(2027, 3, 28)]),
        (FromEaster(-49), 2027, [date(2027, 2, 7)]),
        (FromEaster(39), 2027, [date(2027, 5, 6)]),
        (NthWeekday(4, 4, 11), 2026, [date(2026, 11, 27)]),
        (NthWeekday(1, 0, 9), 2025, [date(2025, 9, 1)]),
        (NthWeekday(-1, 0, 5), 2027, [date(2027, 5, 31)]),
        (NthWeekday(-1, 6, 2), 2032, [date(2032, 2, 29)]),
        (NthWeekday(5, 0, 2), 2027, []),
        (EveryYear(12, 5), 2026, [date(2026, 12, 5)]),
        (EveryYear(2, 29), 2028, [date(2028, 2, 29)]),
        (EveryYear(2, 29), 2027, [date(2027, 2, 28)]),
        (EveryYear(2, 29), 2100, [date(2100, 2, 28)]),
        (
            OnDates((date(2027, 3, 6), date(2027, 3, 7), date(2028, 3, 4))),
            2027,
            [date(2027, 3, 6), date(2027, 3, 7)],
        ),
        (OnDates((date(2027, 3, 6),)), 2026, []),
        (PublicHoliday("King's Day", "NL"), 2027, [date(2027, 4, 27)]),
        (PublicHoliday("koningsdag", "NL"), 2025, [date(2025, 4, 26)]),
        (PublicHoliday("Koningsdag", "XX"), 2025, []),
        (PublicHoliday("Kings Day", "NL"), 2025, []),
        (None, 2027, []),
    ],
)
def test_a_moment_comes_on_these_days(when: When | None, year: int, days: list[date]) -> None:
    """Moments are fixed dates, rules (`4th friday of november`, `easter - 2d`), public holidays per country,
    dated lists, and now"""
    assert dates(moment(when), year, None) == tuple(days)


def test_a_moment_of_some_countries_comes_for_their_contacts_only() -> None:
    carnival = moment(FromEaster(-49), "NL", "BE")

    assert dates(carnival, 2027, "BE") == (date(2027, 2, 7),)
    assert dates(carnival, 2027, "FR") == ()
    assert dates(carnival, 2027, None) == ()


def test_a_holiday_is_that_of_the_country_of_the_contact() -> None:
    """public holidays per country, dated lists"""
    labour_day = moment(PublicHoliday("Labor Day"), "BE", "US")

    assert dates(labour_day, 2027, "BE") == (date(2027, 5, 1),)
    assert dates(labour_day, 2027, "US") == (date(2027, 9, 6),)


@given(st.integers(1, 4), st.integers(0, 6), st.integers(1, 12), st.integers(1990, 2999))
def test_the_nth_weekday_is_that_weekday_with_so_many_before_it(
    nth: int, weekday: int, month: int, year: int
) -> None:
    [day] = dates(moment(NthWeekday(nth, weekday, month)), year, None)

    assert (day.month, day.weekday()) == (month, weekday)
    assert (day - timedelta(days=7 * (nth - 1))).month == month
    assert (day - timedelta(days=7 * nth)).month != month
