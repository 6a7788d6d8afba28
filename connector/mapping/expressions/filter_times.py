"""The filters on times and dates: `date`, `days_since`, `hours_since`, `plus`. Days are those of the zone."""

from __future__ import annotations

import datetime as calendar
import re
from collections.abc import Callable
from datetime import UTC, datetime, time, timedelta, tzinfo
from typing import Final, TypeAlias

from babel.dates import format_datetime

from connector.errors import ExpressionFailed
from connector.mapping.durations import parse_duration, parse_working_days
from connector.mapping.expressions import paths
from connector.mapping.expressions.filter import Use, derived, mapped
from connector.mapping.expressions.problems import Refused
from connector.mapping.expressions.terms import Culture, Term
from connector.mapping.expressions.values import as_day, as_moment, describe, moment_in
from connector.mapping.terms import CannotTell, Scope
from connector.mapping.working_days import nth_working_day
from connector.model.types import Sort, Type

_NUMBER: Final = Type(Sort.NUMBER)
_USUAL: Final = "d MMMM yyyy"
_WITHOUT_YEAR: Final = re.compile(r"--([0-9]{2}-[0-9]{2})")
_FORMAT: Final = re.compile(r"(?:[yMLdEHhmsa]{1,4}|[ ,./:-]|'[^']*')+")
_DAY: Final = timedelta(days=1)

_Shift: TypeAlias = Callable[[calendar.date], calendar.date]
"""Moves a day by whole days."""


def date(use: Use) -> Term:
    """The local date, as the locale writes it: `2 november 2026`; a birthday without a year has none.

    An argument is a pattern in Unicode's letters (UTS 35): `date('EEEE d MMMM HH:mm')`.
    """
    pattern, culture = use.text(_USUAL), use.culture
    if len(pattern) > 40 or not _FORMAT.fullmatch(pattern):
        raise Refused(
            use.arguments[0].at, "M209", f'"{pattern[:40]}" is no form of a date', "such as 'd MMMM yyyy'"
        )
    return mapped(use.operand, Type(Sort.TEXT), lambda value: _written(value, pattern, culture))


def days_since(use: Use) -> Term:
    """Whole days until now: from a date by the calendar, from a time in full 24 hours; negative before."""
    zone = use.culture.zone

    def days(then: object, now: datetime) -> int | None:
        if _is_moment(then):
            return (now - as_moment(then, zone)) // _DAY
        day = as_day(then, zone)
        return None if day is None else (now.astimezone(zone).date() - day).days

    return _since(use, days)


def hours_since(use: Use) -> Term:
    """Whole hours until now; a date counts from its first instant."""
    zone = use.culture.zone

    def hours(then: object, now: datetime) -> int | None:
        has_year = not _WITHOUT_YEAR.fullmatch(str(then))
        return (now - as_moment(then, zone)) // timedelta(hours=1) if has_year else None

    return _since(use, hours)


def plus(use: Use) -> Term:
    """The time or date that much later, `plus('3d')`, or earlier, `plus('-2w')`.

    Days, weeks and `2 working days` keep the local time of day; a date takes whole days only.
    """
    written = use.text("")
    words, sign = written.removeprefix("-"), -1 if written.startswith("-") else 1
    try:
        shift = _shift(words, sign, use.culture)
    except ValueError as error:
        message, _, hint = str(error).partition("; ")
        raise Refused(use.arguments[0].at, "M209", message, hint) from None
    if use.operand.type.sort is Sort.DATE and shift is None:
        raise Refused(use.arguments[0].at, "M209", "a date moves by whole days", "such as '3d' or '2w'")
    zone = use.culture.zone
    gives = Type(use.operand.type.sort if use.operand.type.sort is not Sort.ANY else Sort.TIME)
    if gives.sort is Sort.DATE and shift is not None:
        return mapped(use.operand, gives, lambda value: (day := as_day(value, zone)) and shift(day))
    if shift is not None:
        return mapped(use.operand, gives, lambda value: _on_day(as_moment(value, zone), shift, zone))
    length = sign * parse_duration(words)
    return mapped(use.operand, gives, lambda value: as_moment(value, zone).astimezone(UTC) + length)


def _shift(words: str, sign: int, culture: Culture) -> _Shift | None:
    """What moves a day by so many whole days or working days; None for hours and minutes."""
    if (days := parse_working_days(words)) is not None:
        return lambda day: nth_working_day(day, sign * days, culture.week)
    length = sign * parse_duration(words)
    return None if length % _DAY else lambda day: day + length


def _on_day(moment: datetime, shift: _Shift, zone: tzinfo) -> datetime:
    local = moment.astimezone(zone)
    return datetime.combine(shift(local.date()), local.time(), zone).astimezone(UTC)


def _since(use: Use, function: Callable[[object, datetime], int | None]) -> Term:
    now = paths.name("now", use.names, use.operand.at).run
    run, unknown = use.operand.run, CannotTell("now")

    def passed(scope: Scope) -> object:
        then = run(scope)
        if then is None or then.__class__ is CannotTell:
            return then
        present = now(scope)
        return function(then, present) if isinstance(present, datetime) else unknown

    term = derived(use.operand, _NUMBER)
    return Term(_NUMBER, passed, term.at, term.path)


def _is_moment(value: object) -> bool:
    return isinstance(moment_in(value) if isinstance(value, str) else value, datetime)


def _written(value: object, pattern: str, culture: Culture) -> str:
    if isinstance(value, str) and (found := _WITHOUT_YEAR.fullmatch(value.strip())):
        value, pattern = f"2000-{found[1]}", "d MMMM" if pattern == _USUAL else pattern
    if _is_moment(value):
        local = as_moment(value, culture.zone).astimezone(culture.zone)
    elif day := as_day(value, culture.zone):
        local = datetime.combine(day, time(), culture.zone)
    else:
        raise ExpressionFailed(f"{describe(value)} is no date")
    return format_datetime(local.replace(tzinfo=None), pattern, locale=culture.locale)
