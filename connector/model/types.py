"""The types that expressions know: what can be compared with what, and what absence means."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from enum import StrEnum
from typing import Final

from connector.model.values import Value


class Sort(StrEnum):
    """The sorts of value. `ANY` is the untyped payload of a source; a dot in it always means a key."""

    TEXT = "text"
    NUMBER = "number"
    YES_NO = "yes_no"
    TIME = "time"
    DATE = "date"
    STAGE = "stage"
    RECORD = "record"
    LIST = "list"
    ANY = "any"


@dataclass(frozen=True, slots=True)
class Type:
    """One type. `fields` are a record's; `item` is a list's element, or every value of an open record.

    `absent` is what a value that was never touched counts as (0 for counters, an empty list); None means that
    it is missing, and that comparing with it cannot be told. `stages` is a stage's order. `least` and `most`
    are the bounds of a number, `choices` all that a text can be where that is known. `about` says in a
    sentence what it holds, with its unit; the reference is made of it.
    """

    sort: Sort
    about: str = ""
    fields: Mapping[str, Type] = field(default_factory=dict)
    item: Type | None = None
    absent: Value = None
    stages: tuple[str, ...] = ()
    least: int | None = None
    most: int | None = None
    choices: tuple[str, ...] = ()


def text(about: str = "", choices: tuple[str, ...] = ()) -> Type:
    """A text."""
    return Type(Sort.TEXT, about, choices=choices)


def number(
    about: str = "", absent: Value = None, *, least: int | None = None, most: int | None = None
) -> Type:
    """A number; money too, whose currency stands in a field beside it."""
    return Type(Sort.NUMBER, about, absent=absent, least=least, most=most)


def yes_no(about: str = "", absent: Value = None) -> Type:
    """Yes or no."""
    return Type(Sort.YES_NO, about, absent=absent)


def time(about: str = "") -> Type:
    """A moment in time, aware."""
    return Type(Sort.TIME, about)


def date(about: str = "") -> Type:
    """A date."""
    return Type(Sort.DATE, about)


def record(about: str = "", item: Type | None = None, **fields: Type) -> Type:
    """A record; with `item`, any other name holds a value of that type."""
    return Type(Sort.RECORD, about, fields=fields, item=item)


def with_fields(whole: Type, fields: Mapping[str, Type]) -> Type:
    """The record with further fields, whatever they are called."""
    return replace(whole, fields={**whole.fields, **fields})


def list_of(item: Type, about: str = "") -> Type:
    """A list, empty where nothing was said."""
    return Type(Sort.LIST, about, item=item, absent=())


BY_NAME: Final[Mapping[str, Callable[[str], Type]]] = {
    "text": text,
    "number": number,
    "yes/no": yes_no,
    "date": date,
    "time": time,
}
"""The types that a mapping may name; each takes what the value is about."""

ANY = Type(Sort.ANY)
