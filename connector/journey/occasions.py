"""What time itself brings a contact: dates of their own, moments of the calendar, and falling quiet.

Each occasion has the key of the run that it starts, so that it happens once, and an event made up for it,
which is never stored or counted. Whole days before or after a day are counted on the calendar, the rest by
the clock.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache, partial
from itertools import chain
from typing import Any, Final, TypeAlias
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


_Day: TypeAlias = "tuple[int | None, int, int]"
"""Year (of a birthday it may be unknown), month and day."""

_Clock: TypeAlias = "tuple[time, timedelta, ZoneInfo]"
"""At which local time something comes, how long after it, and where."""


@light
class Due:
    """An occasion that comes: for which trigger, the key of its run, and when.

    `name` and `occasion` are the name and the key of the event made up for it.
    """

    trigger: Trigger
    key: str
    at: datetime
    name: str
    occasion: str

    @property
    def event(self) -> Event:
        """The event made up for it."""
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
        (one for some in _expected(view, begin) for one in some.between(view, begin)),
        (one for some in _by_hand(view, fired) for one in some.between(view, None)),
    )
    runs = view.contact.runs
    new = (one for one in came if one.key not in runs.get(one.trigger.name, {}))
    return sorted(new, key=lambda one: (one.at, -one.trigger.priority, one.trigger.name, one.key))


def next_after(view: View, after: datetime) -> datetime | None:
    """When the next occasion comes after `after`, if nothing happens before.

    It may be past, where nobody has looked since; one for which it is too late is not looked for.
    """
    expected = _expected(view, max(after, view.now - LOOKED_BACK))
    ahead = [some.first(view, max(after, view.now - some.trigger.late)) for some in expected]
    return min((at for at in ahead if at is not None), default=None)


def _expected(view: View, begin: datetime) -> Iterator[_Comings]:
    """Every occasion of the years around a moment and now; which of them are meant is for the caller."""
    years = range(begin.year - 1, view.now.year + 3)
    mapping, zone = view.mapping, zone_of(view.contact, view.mapping.defaults)
    for trigger, date_ in mapping.listening(DateComes):
        if day := _told(view, date_, zone):
            yield _Comings(trigger, "date", _dates(date_, day, years, zone), partial(_key_of_date, date_))
    for trigger, of_moment in mapping.listening(MomentComes):
        moments = _moments(view, of_moment, years, zone)
        yield _Comings(trigger, "moment", moments, str, of_moment.segment)
    for trigger, occasion in mapping.listening(FallsQuiet):
        if last := quiet.since(view.contact, occasion.since):
            yield _Comings(trigger, "quiet", [(last[0] + occasion.quiet, last)], _key_of_quiet)


@light
class _Comings:
    """The moments, in order, at which an occasion of a trigger comes, each with what its key is made of.

    Nearly always it is only asked when something comes, of contacts for whom nothing has run: no key is made.
    """

    trigger: Trigger
    name: str
    moments: Iterable[tuple[datetime, Any]]
    key_of: Callable[[Any], str]
    segment: str | None = None

    def between(self, view: View, begin: datetime | None) -> Iterator[Due]:
        """What has come since, up to the view's now, and is for the contact."""
        for at, what in self.moments:
            if (begin is None or begin < at) and at <= view.now and self._is_for(view):
                key = self.key_of(what)
                run = own_key(self.trigger, view.contact, key)
                yield Due(self.trigger, run, at, self.name, key)

    def first(self, view: View, after: datetime) -> datetime | None:
        """The first moment after another that has not run; for whom it is nobody asks before it comes."""
        ran = view.contact.runs.get(self.trigger.name)
        for at, what in self.moments:
            if at > after and not (ran and own_key(self.trigger, view.contact, self.key_of(what)) in ran):
                return at
        return None

    def _is_for(self, view: View) -> bool:
        """Whether an occasion that is for a segment is for this contact, as they are now."""
        if self.segment is None:
            return True
        segments = view.person["segments"]
        return isinstance(segments, Mapping) and segments.get(self.segment) is True


def _dates(occasion: DateComes, day: _Day, years: range, zone: ZoneInfo) -> Iterator[tuple[datetime, date]]:
    year, month, number = day
    for one in years if occasion.is_yearly else [year] if year and year in _COMES else []:
        if found := _day_in(one, (month, number), occasion.leap_day):
            yield _moment(found, occasion.at, occasion.shift, zone), found


def _key_of_date(occasion: DateComes, day: date) -> str:
    return f"date:{occasion.date.text}:{day.year if occasion.is_yearly else day.isoformat()}"


def _key_of_quiet(last: tuple[datetime, str]) -> str:
    at, name = last
    return f"quiet:{name}:{at.astimezone(UTC).isoformat()}"


def _told(view: View, occasion: DateComes, zone: ZoneInfo) -> _Day | None:
    """The day that the expression gives, if it gives any."""
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


def _moments(
    view: View, occasion: MomentComes, years: range, zone: ZoneInfo
) -> Sequence[tuple[datetime, str]]:
    moment = view.mapping.calendar.get(occasion.moment)
    if moment is None or not _lives_there(view.contact, moment):
        return ()
    country = _country(view.contact) or view.mapping.defaults.working_days.holidays
    return _in_years(moment, years, country, (occasion.at, occasion.shift, zone))


@lru_cache(maxsize=1024)
def _in_years(
    moment: NamedMoment, years: range, country: str | None, clock: _Clock
) -> tuple[tuple[datetime, str], ...]:
    """The moments at which it comes in these years, and on the dates that it names; they are those of very
    many contacts."""
    listed = {day.year for day in moment.when.dates} if isinstance(moment.when, OnDates) else set()
    days = [day for year in {*years, *listed} for day in calendar_dates.dates(moment, year, country)]
    return tuple((_moment(day, *clock), f"moment:{moment.name}:{day.isoformat()}") for day in sorted(days))


def _by_hand(view: View, fired: Mapping[str, datetime]) -> Iterator[_Comings]:
    for trigger, occasion in view.mapping.listening(MomentComes):
        at = fired.get(occasion.moment)
        moment = view.mapping.calendar.get(occasion.moment)
        if at is not None and moment is not None and _lives_there(view.contact, moment):
            key = f"moment:{moment.name}:fired:{at.astimezone(UTC).isoformat()}"
            yield _Comings(trigger, "moment", [(at, key)], str, occasion.segment)


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
