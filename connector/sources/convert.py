"""From what a shop writes to values of a declared type: exact decimals, aware times, ids as text.

What is missing (nothing, an empty text) is None. What is there but wrong raises `Unreadable`, which says of
what kind it is and never what it holds.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from decimal import Decimal
from typing import Final, NoReturn, TypeAlias

from connector.model.identities import LONGEST_ID
from connector.model.types import Sort, Type
from connector.model.values import Value
from connector.sources.moments import read_moment

LONGEST: Final = 10_000
"""Characters that are kept of a text."""

Convert: TypeAlias = Callable[[Value], Value]
"""From a value to the same in its declared type, None where it is missing. Raises Unreadable."""

_TEXT: Final = Type(Sort.TEXT)
_PLAIN_NUMBER: Final = re.compile(r"[+-]?[0-9]{1,15}(?:\.[0-9]{1,40})?")
"""Numbers as most are written, none of which is too large."""
_NUMBER: Final = re.compile(r"[+-]?[0-9]{1,40}(?:\.[0-9]{1,40})?(?:[eE][+-]?[0-9]{1,2})?")
_LARGEST: Final = 10**15
_YES: Final = frozenset({"yes", "true", "on", "y", "1"})
_NO: Final = frozenset({"no", "false", "off", "n", "0"})
_BIRTHDAY: Final = re.compile(r"--(?:0[1-9]|1[0-2])-(?:0[1-9]|[12][0-9]|3[01])")


class Unreadable(ValueError):
    """A value that is there, and is not of its type. The message goes on from the name of a field."""


def convert(value: Value, type_: Type) -> Value:
    """The value in its declared type, None where it is missing. Raises Unreadable."""
    return converter(type_)(value)


def converter(type_: Type) -> Convert:
    """The same for many values of one type: how to read them is found out once."""
    match type_.sort:
        case Sort.LIST:
            return _of_some(_list_of(converter(type_.item or _TEXT)))
        case Sort.RECORD:
            return _of_some(_record_of(type_))
        case sort:
            return _of_some(_PLAIN[sort]) if sort in _PLAIN else as_text


def as_text(value: Value) -> str | None:
    """The value as text without blanks around it; numbers in full, so that ids stay as they are."""
    if isinstance(value, str):
        return value.strip()[:LONGEST] or None
    if value.__class__ is int:
        return str(value)
    match value:
        case None:
            return None
        case bool():
            return "true" if value else "false"
        case Decimal():
            whole = value.to_integral_value()
            return format(whole if whole == value else value, "f")
        case _:
            return _refuse(value, "text")


def as_id(value: Value) -> str | None:
    """The value as an id: like a text, but yes and no name nothing, and it is short."""
    found = _refuse(value, "id") if isinstance(value, bool) else as_text(value)
    if found is not None and len(found) > LONGEST_ID:
        raise Unreadable(f"is too long for an id, which has {LONGEST_ID} characters at most")
    return found


def kept(value: Value) -> Value:
    """The value with every text in it cut to what is kept of it."""
    match value:
        case str():
            return value[:LONGEST]
        case Mapping():
            return {name: kept(one) for name, one in value.items()}
        case list() | tuple():
            return [kept(one) for one in value]
        case _:
            return value


def as_number(value: Value) -> Decimal:
    """The value as a number, exactly as written; a comma could mean two things. Raises Unreadable."""
    plain = plain_number(value)
    if plain is not None:
        return plain
    match value:
        case bool():
            _refuse(value, "number")
        case int() | Decimal():
            number = Decimal(value)
        case str() if _NUMBER.fullmatch(value.strip()):
            number = Decimal(value.strip())
        case _:
            _refuse(value, "number")
    if abs(number) >= _LARGEST:
        raise Unreadable("is a number too large to be meant")
    return number


def plain_number(value: Value) -> Decimal | None:
    """The same, of a number as most are written; None for anything else."""
    if value.__class__ is int and -_LARGEST < value < _LARGEST:
        return Decimal(value)
    return Decimal(value) if isinstance(value, str) and _PLAIN_NUMBER.fullmatch(value) else None


def as_elements(value: Value) -> Sequence[Value]:
    """The elements of a list; anything else is the only one."""
    return value if isinstance(value, (list, tuple)) else (value,)


def is_yes(value: Value) -> bool:
    """Whether the value clearly says yes, as a ticked box does; anything else says nothing."""
    return value is True or value == 1 or (isinstance(value, str) and value.strip().lower() in _YES)


def kind_of(value: Value) -> str:
    """What kind of value it is, in words."""
    match value:
        case bool():
            return "yes or no"
        case str():
            return "a text"
        case int() | Decimal():
            return "a number"
        case Mapping():
            return "an object"
        case Sequence():
            return "a list"
        case _:
            return "a date"


def _refuse(value: Value, wanted: str) -> NoReturn:
    raise Unreadable(f"is {kind_of(value)} and no {wanted}")


def _as_time(value: Value) -> datetime:
    return read_moment(value) or _refuse(value, "time")


def _as_yes_no(value: Value) -> bool:
    if isinstance(value, bool):
        return value
    said = str(value).strip().lower()
    if said not in _YES | _NO:
        _refuse(value, "yes or no")
    return said in _YES


def _as_date(value: Value) -> Value:
    """A date; a birthday without a year stays the text that it is."""
    if isinstance(value, str) and _BIRTHDAY.fullmatch(value.strip()):
        return value.strip()
    moment = read_moment(value)
    return moment.date() if moment else _refuse(value, "date")


def _of_some(read: Convert) -> Convert:
    """What is missing or blank stays missing."""

    def converted(value: Value) -> Value:
        if value is None or (isinstance(value, str) and not value.strip()):
            return None
        return read(value)

    return converted


def _list_of(read: Convert) -> Convert:
    def converted(value: Value) -> list[Value]:
        if isinstance(value, Mapping):
            _refuse(value, "list")
        found = [read(element) for element in as_elements(value)]
        return [element for element in found if element is not None]

    return converted


def _record_of(type_: Type) -> Convert:
    """An object with the fields of the type, or any names where it is open; the rest of it is left out."""
    fields = {name: converter(one) for name, one in type_.fields.items()}
    others = None if type_.item is None else _answer_of(type_.item)

    def converted(value: Value) -> dict[str, Value]:
        if not isinstance(value, Mapping):
            raise Unreadable(f"is {kind_of(value)} and no object")
        known = {name: read(value[name]) for name, read in fields.items() if name in value}
        if others is not None:
            known |= {name: others(one) for name, one in value.items() if name not in known}
        return {name: one for name, one in known.items() if one is not None}

    return converted


def _answer_of(type_: Type) -> Convert:
    """One field of a form, where several may be ticked."""
    return _as_answer if type_.sort is Sort.TEXT else converter(type_)


def _as_answer(value: Value) -> Value:
    return ", ".join(filter(None, map(as_text, as_elements(value)))) or None


_PLAIN: Final[Mapping[Sort, Callable[[Value], Value]]] = {
    Sort.NUMBER: as_number,
    Sort.YES_NO: _as_yes_no,
    Sort.TIME: _as_time,
    Sort.DATE: _as_date,
}
"""How the sorts that hold one value are read; all others are text."""
