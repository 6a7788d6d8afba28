"""The days of a year on which a named moment of the calendar comes."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Final

from connector.mapping import public_holidays
from connector.mapping.scoring import EveryYear, FromEaster, NamedMoment, NthWeekday, OnDates, PublicHoliday

_WEEK: Final = 7


def dates(moment: NamedMoment, year: int, country: str | None) -> tuple[date, ...]:
    """The days, the earliest first, for a contact of this country (two letters, ISO 3166).

    There are none for a moment that is only fired by hand, and none for a contact of another country than
    those of the moment, or of no known one.
    """
    is_meant = not moment.countries or country in moment.countries
    match moment.when if is_meant else None:
        case OnDates(days):
            return tuple(day for day in days if day.year == year)
        case EveryYear(month, day):
            return (_day_of(year, month, day),)
        case NthWeekday() as rule:
            return _nth_weekday(rule, year)
        case FromEaster(days):
            return (easter(year) + timedelta(days=days),)
        case PublicHoliday(name, own):
            return public_holidays.days(name, own or country or "", year)
    return ()


def easter(year: int) -> date:
    """Easter Sunday of the western churches, by the anonymous Gregorian algorithm (Meeus, Astronomical
    Algorithms, chapter 8)."""
    golden, (century, rest) = year % 19, divmod(year, 100)
    leaps, over = divmod(century, 4)
    correction = (century - (century + 8) // 25 + 1) // 3
    moon = (19 * golden + century - leaps - correction + 15) % 30
    quarter, remainder = divmod(rest, 4)
    weekday = (32 + 2 * over + 2 * quarter - moon - remainder) % _WEEK
    shift = (golden + 11 * moon + 22 * weekday) // 451
    month, day = divmod(moon + weekday - 7 * shift + 114, 31)
    return date(year, month, day + 1)


def _day_of(year: int, month: int, day: int) -> date:
    """The day of a year; 29 February is the 28th in years that have none."""
    try:
        return date(year, month, day)
    except ValueError:
        return date(year, month, day - 1)


def _nth_weekday(rule: NthWeekday, year: int) -> tuple[date, ...]:
    """The nth such weekday of the month; none where the month has no fifth."""
    first = date(year, rule.month, 1)
    every = [first + timedelta(days=n) for n in range(31)]
    fitting = [day for day in every if day.month == rule.month and day.weekday() == rule.weekday]
    place = rule.nth - 1 if rule.nth > 0 else rule.nth
    return (fitting[place],) if -len(fitting) <= place < len(fitting) else ()
