"""What time itself brings a contact: dates of their own, moments of the calendar, and falling quiet.

Each occasion has the key of the run that it starts, so that it happens once, and an event made up for it,
which is never stored or counted. Whole days before or after a day are counted on the calendar, the rest by
the clock.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from itertools import chain
from typing import Final
from zoneinfo import ZoneInfo

from connector.errors import ExpressionFailed
from connector.journey import calendar_dates, quiet
from connector.journey.hours import zone_of
from connector.journey.runs import own_key
from connector.journey.timing import at_local
from connector.journey.view import View
from connector.mapping.rules import DateComes, FallsQuiet, MomentComes, Trigger
from connector.mapping.scoring import NamedMoment, OnDates
from connector.model.contact import Contact
from connector.model.event import Event
from connector.model.light import light

LOOKED_BACK: Final = timedelta(days=400)
"""How far back occasions are asked that nobody looked at: what is older than a year is no news."""

_DAY: Final = timedelta(days=1)
_DATE: Final = re.compile(r"(?:(\d{4})|-)-(\d{2})-(\d{2})", re.ASCII)
_LEAP_DAY: Final = (2, 29)
_COMES: Final = range(1900, 3000)
"""The years of which a day may come; beyond them a date is what some system writes for none."""


@light
class Due:
    """An occasion that comes: for which trigger, the key of its run, and when.

    `name` and `occasion` are the name and the key of the event made up for it. With `segment` it is only for
    who belongs to that.
    """

    trigger: Trigger
    key: str
    at: datetime
    name: str
    occasion: str
    segment: str | None = None

    @property
    def event(self) -> Event:
        """The event made up for it: of most that are ahead nobody asks for that."""
        return happening(self.name, self.occasion, self.at)


def happening(name: str, key: str, at: datetime) -> Event:
    """The event that stands for an occasion of this name (`date`, `score` …)."""
    return Event(key=key, name=name, occurred_at=at, connection="", source="")


def due(view: View, after: datetime, fired: Mapping[str, datetime]) -> list[Due]:
    """What has come since `after`, up to the view's now, in the order of time; whatever has run is left out.

    `fired` are moments that somebody fired by hand, and when: these come whatever `after` is.
    """
    begin = max(after, view.now - LOOKED_BACK)
    came = chain(
        (one for one in _expected(view, begin) if begin < one.at <= view.now and _is_for(view, one)),
        (one for one in _by_hand(view, fired) if one.at <= view.now and _is_for(view, one)),
    )
    runs = view.contact.runs
    new = (one for one in came if one.key not in runs.get(one.trigger.name, {}))
    return sorted(new, key=lambda one: (one.at, -one.trigger.priority, one.trigger.name, one.key))


def next_after(view: View, after: datetime) -> datetime | None:
    """When the next occasion comes after `after`, if nothing happens before.

    It may be past, where nobody has looked since; one for which it is too late is not looked for.
    """
    runs = view.contact.runs
    ahead = (
        one.at
        for one in _expected(view, max(after, view.now - LOOKED_BACK))
        if one.at > max(after, view.now - one.trigger.late) and one.key not in runs.get(one.trigger.name, {})
    )
    return min(ahead, default=None)


def _expected(view: View, begin: datetime) -> Iterator[Due]:
    """Every occasion of the years around a moment and now; which of them are meant is for the caller."""
    years = range(begin.year - 1, view.now.year + 3)
    yield from _dates(view, years)
    yield from _moments(view, years)
    for trigger, occasion in view.mapping.listening(FallsQuiet):
        if last := quiet.since(view.contact, occasion.since):
            at, name = last
            key = f"quiet:{name}:{at.astimezone(UTC).isoformat()}"
            yield _due(view, trigger, "quiet", key, at + occasion.quiet)


def _due(view: View, trigger: Trigger, name: str, key: str, at: datetime, segment: str | None = None) -> Due:
    return Due(trigger, own_key(trigger, view.contact, key), at, name, key, segment)


def _dates(view: View, years: range) -> Iterator[Due]:
    zone = zone_of(view.contact, view.mapping.defaults)
    for trigger, occasion in view.mapping.listening(DateComes):
        day = _told(view, occasion, zone)
        if day is None:
            continue
        year, month, number = day
        named = f"date:{occasion.date.text}"
        for one in years if occasion.is_yearly else [year] if year and year in _COMES else []:
            if found := _day_in(one, (month, number), occasion.leap_day):
                key = f"{named}:{one}" if occasion.is_yearly else f"{named}:{found.isoformat()}"
                yield _due(view, trigger, "date", key, _moment(found, occasion.at, occasion.shift, zone))


def _told(view: View, occasion: DateComes, zone: ZoneInfo) -> tuple[int | None, int, int] | None:
    """Year (of a birthday it may be unknown), month and day that the expression gives, if it gives any."""
    try:
        value = occasion.date(view.scope)
    except ExpressionFailed:
        return None
    match value:
        case datetime():
            value = value.astimezone(zone) if value.year in _COMES else value
            return value.year, value.month, value.day
        case date():
            return value.year, value.month, value.day
        case str() if found := _DATE.fullmatch(value.strip()):
            return int(found[1]) if found[1] else None, int(found[2]), int(found[3])
        case _:
            return None


def _day_in(year: int, day: tuple[int, int], leap_day: tuple[int, int]) -> date | None:
    """The month and day in a year; `leap_day` for a 29 February that it does not have. None for no day."""
    try:
        return date(year, *day)
    except ValueError:
        return date(year, *leap_day) if day == _LEAP_DAY else None


def _moments(view: View, years: range) -> Iterator[Due]:
    zone = zone_of(view.contact, view.mapping.defaults)
    for trigger, occasion in view.mapping.listening(MomentComes):
        moment = view.mapping.calendar.get(occasion.moment)
        if moment is None or not _lives_there(view.contact, moment):
            continue
        country = _country(view.contact) or view.mapping.defaults.working_days.holidays
        for day in _days(moment, years.start, years.stop, country):
            key = f"moment:{moment.name}:{day.isoformat()}"
            at = _moment(day, occasion.at, occasion.shift, zone)
            yield _due(view, trigger, "moment", key, at, occasion.segment)


@lru_cache(maxsize=1024)
def _days(moment: NamedMoment, first: int, end: int, country: str | None) -> tuple[date, ...]:
    listed = {day.year for day in moment.when.dates} if isinstance(moment.when, OnDates) else set()
    years = sorted({*range(first, end), *listed})
    return tuple(chain.from_iterable(calendar_dates.dates(moment, year, country) for year in years))


def _by_hand(view: View, fired: Mapping[str, datetime]) -> Iterator[Due]:
    for trigger, occasion in view.mapping.listening(MomentComes):
        at = fired.get(occasion.moment)
        moment = view.mapping.calendar.get(occasion.moment)
        if at is not None and moment is not None and _lives_there(view.contact, moment):
            key = f"moment:{moment.name}:fired:{at.astimezone(UTC).isoformat()}"
            yield _due(view, trigger, "moment", key, at, occasion.segment)


def _is_for(view: View, one: Due) -> bool:
    """Whether an occasion that is for a segment is for this contact, as they are now."""
    if one.segment is None:
        return True
    segments = view.person["segments"]
    return isinstance(segments, Mapping) and segments.get(one.segment) is True


def _lives_there(contact: Contact, moment: NamedMoment) -> bool:
    return not moment.countries or _country(contact) in moment.countries


def _country(contact: Contact) -> str | None:
    stated = contact.fields.get("country")
    return stated.value.upper() if stated and isinstance(stated.value, str) else None


def _moment(day: date, clock: time, shift: timedelta, zone: ZoneInfo) -> datetime:
    days, rest = divmod(shift, _DAY) if shift >= timedelta(0) else _before(shift)
    return at_local(day + days * _DAY, clock, zone) + rest


def _before(shift: timedelta) -> tuple[int, timedelta]:
    """Whole days and the rest of a shift that goes back, both negative."""
    days, rest = divmod(-shift, _DAY)
    return -days, -rest
