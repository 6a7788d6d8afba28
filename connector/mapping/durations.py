"""Lengths of time, frequencies and moments, as administrators write them: `4h`, `3 per 7d`, `next monday`.

Every reader raises ValueError with one plain sentence that says what was found and what would do.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, time, timedelta
from typing import Final, TypeAlias

from connector.mapping.terms import Frequency

LONGEST: Final = timedelta(days=3660)
"""Ten years: what is longer is a slip of the pen, and would leave the calendar when added to a date."""

_MINUTES: Final = {
    "m": 1,
    "minute": 1,
    "h": 60,
    "hour": 60,
    "d": 1440,
    "day": 1440,
    "w": 10080,
    "week": 10080,
}
_UNITS: Final = "|".join(unit if len(unit) == 1 else f"{unit}s?" for unit in _MINUTES)
LENGTH_PATTERN: Final = f"[0-9]{{1,7}} ?({_UNITS})"
FREQUENCY_PATTERN: Final = f"[0-9]{{1,6}} per ({LENGTH_PATTERN}|{_UNITS})"
_CLOCK_PATTERN: Final = "[0-9]{1,2}:[0-9]{2}"
_WEEK: Final = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
_DAY_PATTERN: Final = f"(tomorrow|next ({'|'.join(_WEEK)}))( {_CLOCK_PATTERN})?"
_DATE_PATTERN: Final = f"[0-9]{{4}}-[0-9]{{2}}-[0-9]{{2}}( {_CLOCK_PATTERN})?( [+-] {LENGTH_PATTERN})?"
MOMENT_PATTERN: Final = (
    f"({LENGTH_PATTERN}|[0-9]{{1,4}} working days?|{_CLOCK_PATTERN}|{_DAY_PATTERN}|{_DATE_PATTERN})"
)
"""What editors accept, as regular expressions of JSON Schema; the readers below also say what is wrong."""

_LENGTH: Final = re.compile(r"([0-9]{1,7}) ?([a-z]+)", re.ASCII)
_WORKING_DAYS: Final = re.compile(r"([0-9]{1,4}) working days?")
_CLOCK: Final = re.compile(r"([0-9]{1,2}):([0-9]{2})")
_FREQUENCY: Final = re.compile(r"([0-9]{1,6}) per (.+)")
_DAY: Final = re.compile(r"(?:tomorrow|next ([a-z]+))(?: ([0-9:]+))?", re.ASCII)
_DATE: Final = re.compile(
    r"([0-9]{4}-[0-9]{2}-[0-9]{2})(?: ([0-9]{1,2}:[0-9]{2}))?(?: ?([+-]) ?([0-9]+ ?[a-z]+))?", re.ASCII
)

BEGIN_OF_DAY: Final = time(9)
"""The local time of a day that is named without one, as in `tomorrow`."""


@dataclass(frozen=True, slots=True)
class Delay:
    """So long after now, by the clock."""

    length: timedelta


@dataclass(frozen=True, slots=True)
class WorkingDaysLater:
    """So many of the company's working days after now."""

    days: int


@dataclass(frozen=True, slots=True)
class At:
    """The next time that the company's local clock shows this."""

    time: time


@dataclass(frozen=True, slots=True)
class OnWeekday:
    """The first such day (Monday is 0) after today, at this local time."""

    weekday: int
    time: time = BEGIN_OF_DAY


@dataclass(frozen=True, slots=True)
class Tomorrow:
    """The day after today, at this local time."""

    time: time = BEGIN_OF_DAY


@dataclass(frozen=True, slots=True)
class OnDate:
    """A day of the calendar, at this local time, and so long after that by the clock (before it where
    negative). It may be past."""

    day: date
    time: time = BEGIN_OF_DAY
    shift: timedelta = timedelta(0)


Moment: TypeAlias = Delay | WorkingDaysLater | At | OnWeekday | Tomorrow | OnDate
"""A moment seen from now; working days and clock times need the mapping's zone to be resolved."""


def parse_duration(text: str) -> timedelta:
    """The length of `30m`, `4h`, `3d` or `2w` (or `3 days`, in words); from one minute to ten years."""
    found = _LENGTH.fullmatch(text.strip())
    if found is None or (minutes := _minutes(found[2])) is None:
        raise ValueError(_not_a_length(text))
    length = timedelta(minutes=int(found[1]) * minutes)
    if not timedelta(0) < length <= LONGEST:
        raise ValueError(
            f'"{text}" is out of range: a length of time is more than nothing and at most ten years'
        )
    return length


def parse_working_days(text: str) -> int | None:
    """How many working days `2 working days` are; None where it says something else."""
    found = _WORKING_DAYS.fullmatch(text.strip())
    if found is None:
        return None
    days = int(found[1])
    if not 1 <= days <= 1000:
        raise ValueError(f'"{days} working days" is out of range: write 1 to 1000')
    return days


def spoken(length: timedelta) -> str:
    """A length for a reader, in its two largest units: `3 days`, `1 day 12 hours`, `20 minutes`."""
    seconds, words = int(length.total_seconds()), []
    for unit, size in (("day", 86_400), ("hour", 3_600), ("minute", 60)):
        count, seconds = divmod(seconds, size)
        if count:
            words.append(f"{count} {unit}{'s' if count != 1 else ''}")
    return " ".join(words[:2]) or "less than a minute"


def as_written(length: timedelta) -> str:
    """The length in its largest whole unit up to days, as in `5m` or `30d`."""
    minutes = length // timedelta(minutes=1)
    unit = next(unit for unit in ("d", "h", "m") if minutes % _MINUTES[unit] == 0)
    return f"{minutes // _MINUTES[unit]}{unit}"


def parse_frequency(text: str) -> Frequency:
    """The count and period of `3 per 7d` or `1 per day`; at least once."""
    found = _FREQUENCY.fullmatch(text.strip())
    if found is None or int(found[1]) == 0:
        raise ValueError(f'"{_short(text)}" is no frequency; write it as "3 per 7d" or "1 per day"')
    period = found[2]
    return Frequency(int(found[1]), parse_duration(f"1 {period}" if _minutes(period) else period))


def parse_moment(text: str) -> Moment:
    """The moment of `4h` (from now), `2 working days`, `18:00` (the next one, local), `tomorrow 09:00`,
    `next monday 10:00`, `2027-03-06 10:00` or a date with a length, `2027-03-06 - 3d`."""
    text = text.strip()
    if (days := parse_working_days(text)) is not None:
        return WorkingDaysLater(days)
    if _CLOCK.fullmatch(text):
        return At(parse_clock(text))
    if found := _DAY.fullmatch(text):
        return _on_day(found[1], found[2])
    if found := _DATE.fullmatch(text):
        return _on_date(*found.groups())
    try:
        return Delay(parse_duration(text))
    except ValueError as error:
        raise ValueError(f'{error}; a moment is also "2 working days", "18:00" or "next monday"') from None


def parse_clock(text: str) -> time:
    """The time of day of `18:00`, from 00:00 to 23:59."""
    found = _CLOCK.fullmatch(text.strip())
    if found is None or int(found[1]) > 23 or int(found[2]) > 59:
        raise ValueError(f'"{_short(text)}" is no time of day; write it as "18:00", from 00:00 to 23:59')
    return time(int(found[1]), int(found[2]))


def _on_day(weekday: str | None, clock: str | None) -> Moment:
    at = parse_clock(clock) if clock else BEGIN_OF_DAY
    if weekday is None:
        return Tomorrow(at)
    if weekday not in _WEEK:
        raise ValueError(f'"{_short(weekday)}" is no day of the week; write it as "next monday 10:00"')
    return OnWeekday(_WEEK.index(weekday), at)


def _on_date(written: str, clock: str | None, sign: str | None, length: str | None) -> OnDate:
    """Whole days are counted on the calendar, so that the time of day stays what was written."""
    shift = parse_duration(length) if length else timedelta(0)
    days, rest = divmod(shift, timedelta(days=1))
    back = -1 if sign == "-" else 1
    try:
        day = date.fromisoformat(written) + timedelta(days=back * days)
    except (ValueError, OverflowError):
        raise ValueError(f'there is no day "{written}"; write it as "2027-03-06"') from None
    if not 1990 <= day.year <= 2999:
        raise ValueError(f'"{written}" is out of range: a year is 1990 to 2999')
    return OnDate(day, parse_clock(clock) if clock else BEGIN_OF_DAY, back * rest)


def _minutes(unit: str) -> int | None:
    return _MINUTES.get(unit) or (_MINUTES.get(unit[:-1]) if len(unit) > 2 and unit.endswith("s") else None)


def _not_a_length(text: str) -> str:
    if "working" in text:
        return f'"{_short(text)}" is not possible here: a plain length of time is wanted, such as "3d"'
    if "month" in text or "year" in text:
        return f'"{_short(text)}" has no fixed length; write it in days, such as "30d"'
    return f'"{_short(text)}" is no length of time; write it as "30m", "4h", "3d" or "2w"'


def _short(text: str) -> str:
    return text if len(text) <= 40 else f"{text[:40]}…"
