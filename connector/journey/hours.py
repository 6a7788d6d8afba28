"""When something may reach a person: by the hours that a trigger or the defaults allow, on local clocks."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from typing import Final
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from connector.journey.timing import at_local
from connector.mapping.mapping import Defaults
from connector.mapping.rules import Hours, Trigger
from connector.model.action import Kind
from connector.model.contact import Contact

_MIDNIGHT: Final = time(0)
_DAY: Final = timedelta(days=1)
_AHEAD: Final = 8


def hours_of(trigger: Trigger, defaults: Defaults) -> Hours | None:
    """The hours that hold for a trigger: its own, for any kind; else the usual ones, for marketing."""
    if trigger.hours is not None:
        return trigger.hours
    return defaults.hours if trigger.kind is Kind.MARKETING else None


def next_open(hours: Hours, now: datetime, zone: ZoneInfo) -> datetime:
    """`now` where that is allowed, else the next moment that is, in UTC; looked for a week ahead.

    Both ends are read on the local clocks of their own day, so a night on which clocks change has its hours
    too; the end itself is not within.
    """
    today = now.astimezone(zone).date()
    for days in range(-1, _AHEAD):
        for begin, end in _openings(hours, today + days * _DAY, zone):
            if now < end:
                return max(begin, now.astimezone(UTC))
    return now.astimezone(UTC) + 7 * _DAY


def zone_of(contact: Contact, defaults: Defaults) -> ZoneInfo:
    """The zone in which the contact lives, where it is known, else the company's."""
    stated = contact.fields.get("time_zone")
    found = _zone(stated.value) if stated and isinstance(stated.value, str) else None
    return found or defaults.time_zone


def _openings(hours: Hours, day: date, zone: ZoneInfo) -> list[tuple[datetime, datetime]]:
    spans = []
    for begin, end in sorted(hours.open.get(day.weekday(), ())):
        last = day + _DAY if end == _MIDNIGHT or end <= begin else day
        spans.append((at_local(day, begin, zone), at_local(last, end, zone)))
    return [(begin, end) for begin, end in spans if begin < end]


@lru_cache(maxsize=256)
def _zone(name: str) -> ZoneInfo | None:
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return None
