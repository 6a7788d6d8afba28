"""From the schema's defaults to what holds where a rule says nothing else."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from datetime import timedelta
from typing import Final
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError, available_timezones

from babel import Locale, UnknownLocaleError, localedata

from connector.mapping.build.hours import build_hours
from connector.mapping.build.rhythm import build_expected, build_rfm
from connector.mapping.checker import Checker
from connector.mapping.mapping import Defaults, WorkingDays
from connector.mapping.nodes import Written
from connector.mapping.public_holidays import countries
from connector.mapping.scalars import did_you_mean
from connector.mapping.schema.defaults import DefaultsPart, WorkingDaysPart
from connector.model.action import Kind

TIME_ZONE: Final = ZoneInfo("Europe/Amsterdam")
LOCALE: Final = "nl_NL"
CONSENT: Final[Mapping[str, str]] = {"email": "newsletter.confirmed"}
LATE: Final[Mapping[Kind, timedelta]] = {
    Kind.MARKETING: timedelta(hours=24),
    Kind.SERVICE: timedelta(days=7),
    Kind.INTERNAL: timedelta(days=30),
}

_NO_CONSENT: Final = frozenset(
    {"newsletter.unsubscribed", "email.bounced", "complaint.received", "contact.erased"}
)
"""Events that say the opposite."""

_AS_IN: Final = {"time zone": "Europe/Amsterdam", "locale": "nl_NL", "country": "NL"}


def build_defaults(part: DefaultsPart, segments: Collection[str], checker: Checker) -> Defaults:
    """The defaults, beside segments of these names; what is wrong is told to the checker."""
    for event in (part.consent or {}).values():
        if checker.event(event) and event in _NO_CONSENT:
            hint = "name the event by which somebody agrees, as in newsletter.confirmed"
            checker.refuse(event.place, "M144", f"nobody consents by {event}", hint)
    return Defaults(
        time_zone=_zone(part.time_zone, checker),
        locale=_locale(part.locale, checker),
        working_days=_working_days(part.working_days, checker),
        consent={
            str(one): str(event) for one, event in (CONSENT if part.consent is None else part.consent).items()
        },
        late={**LATE, **part.late},
        hours=build_hours(part, checker),
        pressure=part.pressure,
        rfm=build_rfm(part.rfm, checker),
        expected_by=build_expected(part.expected, segments, checker),
        most_new=part.most_new,
    )


def _zone(written: Written | None, checker: Checker) -> ZoneInfo:
    try:
        return ZoneInfo(written) if written is not None else TIME_ZONE
    except (ZoneInfoNotFoundError, ValueError, OSError):
        _refuse(written, "time zone", available_timezones, checker)
        return TIME_ZONE


def _locale(written: Written | None, checker: Checker) -> str:
    try:
        return str(Locale.parse(written)) if written is not None else LOCALE
    except (UnknownLocaleError, ValueError):
        _refuse(written, "locale", lambda: set(localedata.locale_identifiers()), checker)
        return LOCALE


def _working_days(part: WorkingDaysPart | None, checker: Checker) -> WorkingDays:
    if part is None:
        return WorkingDays()
    country = str(part.holidays) if part.holidays is not None else None
    if country is not None and country not in countries():
        _refuse(part.holidays, "country", lambda: set(countries()), checker)
    return WorkingDays(frozenset().union(*part.days) or WorkingDays().days, country)


def _refuse(written: Written | None, what: str, known: Callable[[], set[str]], checker: Checker) -> None:
    if written is not None:
        message = f'there is no {what} "{written[:60]}"'
        hint = did_you_mean(written, known()) or f"as in {_AS_IN[what]}"
        checker.refuse(written.place, "M145", message, hint)
