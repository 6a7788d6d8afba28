"""From what a source's file says of a field to the function that reads it: found out once for all deliveries.

Where in the payload a complaint points, and how a value is converted, depends on no body.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import datetime
from decimal import Decimal
from typing import Final, TypeVar

from connector.errors import ExpressionFailed, TranslationError
from connector.mapping.terms import CannotTell, Expression
from connector.model.types import Sort, Type
from connector.model.values import Value
from connector.sources.convert import Unreadable, converter
from connector.sources.moments import is_plausible, read_moment
from connector.sources.part import Part, Read

_Told = TypeVar("_Told")

_OF_TIME: Final = frozenset({Sort.TIME, Sort.DATE})
_MEMBER: Final = re.compile(r"(body|item)\.([A-Za-z]\w*)", re.ASCII)
_ASTRAY: Final = (AttributeError, Unreadable)
"""What comes of looking into something that is no record, and of a value of another type."""
_PLAIN: Final = re.compile(r"(?:body|item)\.([A-Za-z_]\w*(?:\.\w+|\[\d+\])*)")


def value_of(expression: Expression, name: str = "") -> Read[Value]:
    """Reads the value as it is; `name` is for the path of a failure."""
    return converted(expression, _as_it_is, name)


def converted(expression: Expression, convert: Callable[[Value], _Told], name: str) -> Read[_Told | None]:
    """Reads the value and converts it, None where it is missing. What cannot be converted fails."""
    return _shortcut(expression, convert, _plainly(expression, convert, name))


def answer_of(condition: Expression, name: str) -> Read[Value]:
    """Reads what a condition says."""
    return _plainly(condition, _as_it_is, name)


def _plainly(expression: Expression, convert: Callable[[Value], _Told], name: str) -> Read[_Told | None]:
    path = path_of(expression, name)

    def read(part: Part) -> _Told | None:
        try:
            value = expression(part.view)
            return None if value is None or isinstance(value, CannotTell) else convert(value)
        except ExpressionFailed as error:
            raise TranslationError(path, str(error)) from error
        except Unreadable as error:
            raise TranslationError(path, f"{name} {error}") from error

    return read


def _as_it_is(value: Value) -> Value:
    return value


def _shortcut(
    expression: Expression, convert: Callable[[Value], _Told], plain: Read[_Told | None]
) -> Read[_Told | None]:
    """The same for what fields mostly are: a value right below `body` or `item`, taken out of it by hand.

    An expression refuses none there but decimals: these, and all that goes wrong, are left to the plain way.
    """
    found = _MEMBER.fullmatch(expression.text.strip())
    if found is None:
        return plain
    whole, key = found.groups()

    def read(part: Part) -> _Told | None:
        try:
            value = part.view[whole].get(key)  # type: ignore[union-attr]
            if value is None:
                return None
            if value.__class__ is not Decimal:
                return convert(value)
        except _ASTRAY:
            pass
        return plain(part)

    return read


def typed(expression: Expression, type_: Type, name: str) -> Read[Value]:
    """Reads the value in its type. A time that is none is noted and missing."""
    if type_.sort not in _OF_TIME:
        return converted(expression, converter(type_), name)
    told, convert = value_of(expression, name), converter(type_)

    def read(part: Part) -> Value:
        try:
            return convert(told(part))
        except Unreadable as error:
            part.note(f"{name} {error}")
            return None

    return read


def moment_of(*expressions: Expression | None) -> Read[datetime]:
    """Reads the first time that is told; when it came, if none is, or none that can be meant."""
    times = [value_of(one) for one in expressions if one is not None]

    def read(part: Part) -> datetime:
        for time in times:
            told = time(part)
            if not is_empty(told):
                return _meant(told, part)
        return part.received_at

    return read


def _meant(told: Value, part: Part) -> datetime:
    moment = read_moment(told)
    if moment is not None and is_plausible(moment, part.received_at):
        return moment
    part.note("its time cannot be right" if moment else "its time cannot be read")
    return part.received_at


def forgiving(told: Read[Value]) -> Read[Value]:
    """Reads the same; what fails is noted and missing."""

    def read(part: Part) -> Value:
        try:
            return told(part)
        except TranslationError as error:
            part.note(error.reason)
            return None

    return read


def once(told: Read[_Told]) -> Read[_Told]:
    """Reads the same, and of each part only once."""
    return lambda part: part.once(told)


def is_empty(value: Value) -> bool:
    """Whether nothing was said: a missing value or a blank text."""
    return value is None or (isinstance(value, str) and not value.strip())


def key_below(whole: str, expression: Expression) -> str | None:
    """The key of a value right below `body` or `item`, which is the whole; None for any other."""
    found = _MEMBER.fullmatch(expression.text.strip())
    return found[2] if found and found[1] == whole else None


def path_of(expression: Expression | None, name: str) -> str:
    """Where in the payload an expression looks, where that is one place; else the name of what it is for."""
    found = _PLAIN.fullmatch(expression.text.strip()) if expression else None
    return found[1] if found else name


def below(path: str, error: TranslationError) -> TranslationError:
    """The same failure, with a path before its own."""
    inner = f".{error.path}" if error.path and not error.path.startswith("[") else error.path
    return TranslationError(path + inner, error.reason)
