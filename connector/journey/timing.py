"""When a moment is: working days, local clocks and daylight saving, all as UTC.

Arithmetic is in UTC; a local time is looked up anew for its own day. A local time that does not exist (the
clock springs forward) is the first instant after the gap; one that comes twice is the first of the two.
"""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from typing import Final
from zoneinfo import ZoneInfo

from connector.mapping.durations import At, Delay, Moment, OnDate, OnWeekday, Tomorrow, WorkingDaysLater
from connector.mapping.mapping import Defaults
from connector.mapping.working_days import nth_working_day

END_OF_WORK: Final = time(17)
"""The local time at which something is due that is due on a working day."""


def resolve(moment: Moment, now: datetime, defaults: Defaults) -> datetime:
    """The instant that a moment means, in UTC.

    `1 working day` is the end (17:00) of the next working day after today's local date: a task that is
    made on Friday at 16:00, or on Saturday, is due on Monday at 17:00. `18:00` is the next time that the
    clock shows it, today or tomorrow; `next monday` is never today. A date may be past.
    """
    match moment:
        case Delay(length):
            return now.astimezone(UTC) + length
        case WorkingDaysLater(days):
            today = now.astimezone(defaults.time_zone).date()
            day = nth_working_day(today, days, defaults.working_days)
            return at_local(day, END_OF_WORK, defaults.time_zone)
        case At(clock):
            return _next(clock, now, defaults.time_zone)
        case OnDate(day, clock, shift):
            return at_local(day, clock, defaults.time_zone) + shift
        case OnWeekday() | Tomorrow():
            today = now.astimezone(defaults.time_zone).date()
            return at_local(today + timedelta(days=_days_to(moment, today)), moment.time, defaults.time_zone)


def _days_to(moment: OnWeekday | Tomorrow, today: date) -> int:
    """How many days after today it is; one week where today is such a day."""
    return 1 if isinstance(moment, Tomorrow) else (moment.weekday - today.weekday() - 1) % 7 + 1


@lru_cache(maxsize=4096)
def at_local(day: date, clock: time, zone: ZoneInfo) -> datetime:
    """The instant at which the zone's clocks show this time on this day, in UTC.

    Every event asks for the same few days of the calendar anew.
    """
    wanted = datetime.combine(day, clock)
    before, after = (wanted.replace(tzinfo=zone, fold=fold).astimezone(UTC) for fold in (0, 1))
    if before <= after:
        return before
    return _transition(after, before, zone)


def working_days_later(days: int, since: datetime, defaults: Defaults) -> datetime:
    """The same time of day so many working days later, in UTC."""
    local = since.astimezone(defaults.time_zone)
    day = nth_working_day(local.date(), days, defaults.working_days)
    return at_local(day, local.time(), defaults.time_zone)


def _next(clock: time, now: datetime, zone: ZoneInfo) -> datetime:
    today = now.astimezone(zone).date()
    first = at_local(today, clock, zone)
    return first if first > now else at_local(today + timedelta(days=1), clock, zone)


def _transition(low: datetime, high: datetime, zone: ZoneInfo) -> datetime:
    """The instant between two at which the zone's offset changes, to the second."""
    offset = high.astimezone(zone).utcoffset()
    while high - low > timedelta(seconds=1):
        middle = low + (high - low) // 2
        low, high = (low, middle) if middle.astimezone(zone).utcoffset() == offset else (middle, high)
    return high.replace(microsecond=0)
