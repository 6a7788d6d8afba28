"""From what a shop writes to values of a declared type: exact decimals, aware times, ids as text.

What is missing (nothing, an empty text) is None. What is there but wrong raises `Unreadable`, which says of
what kind it is and never what it holds.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from decimal import Decimal
from typing import Final, NoReturn

from connector.model.identities import LONGEST_ID
from connector.model.types import Sort, Type
from connector.model.values import Value
from connector.sources.moments import read_moment

LONGEST: Final = 10_000
"""Characters that are kept of a text."""

_TEXT: Final = Type(Sort.TEXT)
_NUMBER: Final = re.compile(r"[+-]?[0-9]{1,40}(?:\.[0-9]{1,40})?(?:[eE][+-]?[0-9]{1,2})?")
_LARGEST: Final = Decimal(10) ** 15
_YES: Final = frozenset({"yes", "true", "on", "y", "1"})
_NO: Final = frozenset({"no", "false", "off", "n", "0"})
_BIRTHDAY: Final = re.compile(r"--(?:0[1-9]|1[0-2])-(?:0[1-9]|[12][0-9]|3[01])")


class Unreadable(ValueError):
    """A value that is there, and is not of its type. The message goes on from the name of a field."""


def convert(value: Value, type_: Type) -> Value:
    """The value in its declared type, None where it is missing. Raises Unreadable."""
    if value is None or (isinstance(value, str) and not value.strip()):
        return None
    if read := _WHOLE.get(type_.sort):
        return read(value, type_)
    return _PLAIN.get(type_.sort, as_text)(value)


def as_text(value: Value) -> str | None:
    """The value as text without blanks around it; numbers in full, so that ids stay as they are."""
    match value:
        case None:
            return None
        case str():
            return value.strip()[:LONGEST] or None
        case bool():
            return "true" if value else "false"
        case int():
            return str(value)
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


def _as_list(value: Value, type_: Type) -> list[Value]:
    if isinstance(value, Mapping):
        _refuse(value, "list")
    item = type_.item or _TEXT
    found = [convert(element, item) for element in as_elements(value)]
    return [element for element in found if element is not None]


def _as_record(value: Value, type_: Type) -> dict[str, Value]:
    """An object with the fields of the type, or any names where it is open; the rest of it is left out."""
    if not isinstance(value, Mapping):
        raise Unreadable(f"is {kind_of(value)} and no object")
    known = {name: convert(value[name], one) for name, one in type_.fields.items() if name in value}
    if type_.item is not None:
        known |= {name: _as_answer(one, type_.item) for name, one in value.items() if name not in known}
    return {name: one for name, one in known.items() if one is not None}


def _as_answer(value: Value, type_: Type) -> Value:
    """One field of a form, where several may be ticked."""
    if type_.sort is not Sort.TEXT:
        return convert(value, type_)
    return ", ".join(filter(None, map(as_text, as_elements(value)))) or None


_WHOLE: Final[Mapping[Sort, Callable[[Value, Type], Value]]] = {
    Sort.LIST: _as_list,
    Sort.RECORD: _as_record,
}
"""How the sorts are read that hold others."""

_PLAIN: Final[Mapping[Sort, Callable[[Value], Value]]] = {
    Sort.NUMBER: as_number,
    Sort.YES_NO: _as_yes_no,
    Sort.TIME: _as_time,
    Sort.DATE: _as_date,
}
"""How the sorts that hold one value are read; all others are text."""
