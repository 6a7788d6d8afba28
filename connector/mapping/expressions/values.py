"""What values count as while an expression runs: as a number, a text, a moment, a day; yes or no.

Typed values come in their own kind. Those of a source's payload (`ANY`) come as JSON had them, where shops
write numbers as texts (`"19.95"`) and yes as `true`, `"true"` or `1`.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime, time, tzinfo
from decimal import Context, Decimal, DivisionByZero, InvalidOperation, Overflow
from typing import Any, Final, cast

from connector.errors import ExpressionFailed

LONGEST_TEXT: Final = 10_000
"""Characters that a result may have."""
EXACT: Final = Context(prec=40, Emin=-60, Emax=60, traps=[InvalidOperation, DivisionByZero, Overflow])
"""How numbers are reckoned with: forty digits, and an error rather than a special value."""

_NUMBER: Final = re.compile(r"[+-]?[0-9]{1,40}(?:\.[0-9]{1,40})?", re.ASCII)
_NO: Final = frozenset({"", "false", "no", "off", "0"})
_WIDEST: Final = 60
_PLAIN: Final = 2**63
"""Whole numbers up to here are within all bounds."""


def is_yes_in_payload(value: object) -> bool:
    """Whether there is a value: `"false"`, `"no"`, `"off"` and `"0"` are what forms make of no."""
    return value.strip().lower() not in _NO if isinstance(value, str) else bool(value)


def as_number(value: object) -> Decimal | int:
    """The value as a number. Raises `ExpressionFailed` for what is none."""
    is_number = value.__class__ is int or (isinstance(value, Decimal) and value.is_finite())
    number = value if is_number else number_in(value)
    if number is None:
        raise ExpressionFailed(f"{describe(value)} is no number")
    return cast("Decimal | int", number)


def number_in(value: object) -> Decimal | int | None:
    """The number that a value is or spells (`1234.50`, never with a comma), or None."""
    match value:
        case bool():
            return None
        case int():
            return value
        case float() | Decimal():
            number = Decimal(str(value))
            return number if number.is_finite() else None
        case str() if _NUMBER.fullmatch(value.strip()):
            return Decimal(value.strip())
        case _:
            return None


def exact(value: object) -> Decimal:
    """The value as a number to reckon with, of a size that can be written down."""
    number = as_number(value)
    if isinstance(number, int):
        number = Decimal(number)
    return bounded_number(number)


def bounded_number(number: Decimal) -> Decimal:
    """The number itself. Raises `ExpressionFailed` for one that is too large or too fine to be meant."""
    if not number.is_finite():
        raise ExpressionFailed(f"{number} is no number")
    digits = number.as_tuple()
    if (number and abs(number.adjusted()) > _WIDEST) or abs(int(digits.exponent)) > 2 * _WIDEST:
        raise ExpressionFailed("a number is too large or too fine")
    return number


def as_text(value: object, zone: tzinfo = UTC) -> str:
    """The value as it is written in a text. Raises `ExpressionFailed` for what cannot be written."""
    match value:
        case str():
            return value
        case bool():
            return "true" if value else "false"
        case int() | float() | Decimal():
            return format(exact(value), "f")
        case datetime():
            return as_moment(value, zone).astimezone(zone).isoformat()
        case date():
            return value.isoformat()
        case Sequence() if not isinstance(value, bytes):
            return bounded_text(", ".join(as_text(element, zone) for element in value if element is not None))
        case _:
            raise ExpressionFailed(f"{describe(value)} cannot be written as a text")


def bounded_text(text: str) -> str:
    """The text itself. Raises `ExpressionFailed` for one that is longer than 10,000 characters."""
    if len(text) > LONGEST_TEXT:
        raise ExpressionFailed(f"the result has {len(text)} characters; at most {LONGEST_TEXT} are possible")
    return text


def bounded(value: object) -> Any:
    """A result, if it keeps within the bounds. Raises `ExpressionFailed` otherwise."""
    match value:
        case str():
            return bounded_text(value)
        case Decimal():
            return bounded_number(value)
        case int():
            if not -_PLAIN < value < _PLAIN:
                exact(int(value))
            return value
        case _:
            return value


def as_moment(value: object, zone: tzinfo) -> datetime:
    """The value as a moment: of a date its first instant, and a time without offset is in the zone."""
    if isinstance(value, str):
        value = moment_in(value)
    match value:
        case datetime():
            return value if value.tzinfo else value.replace(tzinfo=zone)
        case date():
            return datetime.combine(value, time(), zone)
        case _:
            raise ExpressionFailed(f"{describe(value)} is no time")


def as_day(value: object, zone: tzinfo) -> date | None:
    """The day of the value in the zone; None for a birthday without a year, which has no place in time."""
    if isinstance(value, str):
        if value.startswith("--"):
            return None
        value = moment_in(value)
    match value:
        case datetime():
            return as_moment(value, zone).astimezone(zone).date()
        case date():
            return value
        case _:
            raise ExpressionFailed(f"{describe(value)} is no date")


def moment_in(written: str) -> datetime | date | None:
    """The moment, or without a time of day the date, that a text spells in the ISO way."""
    written = written.strip()
    try:
        return date.fromisoformat(written) if len(written) <= 10 else datetime.fromisoformat(written)
    except ValueError:
        return None


def describe(value: object) -> str:
    """The value for a message. Texts with letters are not repeated: they may be about a person."""
    if isinstance(value, str):
        is_telling = len(value) <= 40 and not any(letter.isalpha() for letter in value)
        return f'"{value}"' if is_telling else "a text"
    if isinstance(value, (bool, Decimal)):
        return str(value).lower()[:40]
    nouns = {Mapping: "a record", datetime: "a time", date: "a date", Sequence: "a list", int: "a number"}
    return next((noun for kind, noun in nouns.items() if isinstance(value, kind)), "this value")
