"""From the schema's defaults to what holds where a rule says nothing else."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import timedelta
from typing import Final
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError, available_timezones

import holidays
from babel import Locale, UnknownLocaleError, localedata

from connector.mapping.checker import Checker
from connector.mapping.mapping import Defaults, WorkingDays
from connector.mapping.nodes import Written
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
WEEK: Final = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")

_AS_IN: Final = {"time zone": "Europe/Amsterdam", "locale": "nl_NL", "country": "NL"}


def build_defaults(part: DefaultsPart, checker: Checker) -> Defaults:
    """The defaults; what is wrong is told to the checker."""
    for event in (part.consent or {}).values():
        checker.event(event)
    return Defaults(
        time_zone=_zone(part.time_zone, checker),
        locale=_locale(part.locale, checker),
        working_days=_working_days(part.working_days, checker),
        consent={
            str(one): str(event) for one, event in (CONSENT if part.consent is None else part.consent).items()
        },
        late={**LATE, **part.late},
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
    if country is not None and country not in holidays.list_supported_countries():
        _refuse(part.holidays, "country", lambda: set(holidays.list_supported_countries()), checker)
    days = frozenset(day for written in part.days for day in _days(written, checker))
    return WorkingDays(days or WorkingDays().days, country)


def _days(written: Written, checker: Checker) -> frozenset[int]:
    """The weekdays of `mon-fri` or `sat`; Monday is 0."""
    first, _, last = written.lower().partition("-")
    if first not in WEEK or (last or first) not in WEEK:
        hint = "write the first and the last day, as in mon-fri, or a list of days"
        checker.refuse(written.place, "M145", f'"{written[:60]}" are no days of the week', hint)
        return frozenset()
    begin, length = WEEK.index(first), (WEEK.index(last or first) - WEEK.index(first)) % 7
    return frozenset((begin + day) % 7 for day in range(length + 1))


def _refuse(written: Written | None, what: str, known: Callable[[], set[str]], checker: Checker) -> None:
    if written is not None:
        message = f'there is no {what} "{written[:60]}"'
        hint = did_you_mean(written, known()) or f"as in {_AS_IN[what]}"
        checker.refuse(written.place, "M145", message, hint)
