"""Reads what an example says of a subject or a person: each field by its declared type."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from datetime import date, datetime
from decimal import Decimal
from typing import Final

from connector.mapping.checker import Checker
from connector.mapping.local_time import parse_local
from connector.mapping.nodes import Items, Table, Tree, Written
from connector.mapping.scalars import did_you_mean
from connector.model.types import Sort, Type
from connector.model.values import Value

YES: Final = frozenset({"yes", "true"})
NO: Final = frozenset({"no", "false"})

_NUMBER: Final = re.compile(r"[+-]?[0-9]{1,15}(\.[0-9]{1,15})?", re.ASCII)
_YEARLESS: Final = re.compile(r"--(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])", re.ASCII)


def read_fields(table: Table, type_: Type, what: str, checker: Checker) -> dict[str, Value]:
    """The fields of a record; `what` names it (`order`). What is wrong is told to the checker."""
    known = {key: type_.fields.get(key) or type_.item for key in table}
    for key, kind in known.items():
        if kind is None:
            hint = did_you_mean(key, type_.fields)
            checker.refuse(table.place_of(key), "M146", f'"{what}" has no "{key[:60]}"', hint)
    return {
        str(key): read_value(table[key], kind, key, checker)
        for key, kind in known.items()
        if kind is not None
    }


def read_value(node: Tree, type_: Type, name: str, checker: Checker) -> Value:
    """The value in its declared type, or None where it is wrong, which is told to the checker."""
    match type_.sort:
        case Sort.LIST:
            item, nodes = type_.item or Type(Sort.TEXT), node if isinstance(node, Items) else [node]
            return [read_value(one, item, name, checker) for one in nodes]
        case Sort.RECORD if isinstance(node, Table):
            return read_fields(node, type_, name, checker)
        case Sort.RECORD:
            checker.refuse(node.place, "M122", f'"{name}": keys with values are wanted', "as in {key: value}")
        case sort if isinstance(node, Written) and not node.is_nothing:
            return _scalar(node, sort, name, checker)
        case _ if isinstance(node, Written):
            checker.refuse(
                node.place, "M127", f'"{name}": there is no value', "write one, or leave the key out"
            )
        case sort:
            checker.refuse(node.place, "M122", f'"{name}": a {sort.value} is wanted, not a list or a table')
    return None


def read_time(written: Written, checker: Checker) -> datetime | None:
    """The moment, in UTC, that the mapping's clocks show so; None where it is wrong."""
    try:
        return parse_local(written, checker.zone)
    except ValueError as error:
        _refuse(written, str(error), checker)
        return None


def _scalar(written: Written, sort: Sort, name: str, checker: Checker) -> Value:
    if sort is Sort.TIME:
        return read_time(written, checker)
    try:
        return _READERS.get(sort, str)(written.strip())
    except ValueError as error:
        _refuse(written, f'"{name}": {error}', checker)
        return None


def _refuse(written: Written, sentence: str, checker: Checker) -> None:
    message, _, hint = sentence.partition("; ")
    checker.refuse(written.place, "M123", message, hint)


def _number(text: str) -> Decimal:
    if not _NUMBER.fullmatch(text):
        raise ValueError(f'"{text[:40]}" is no number; write digits, with a point as in 99.95')
    return Decimal(text)


def _yes_no(text: str) -> bool:
    if text.lower() not in YES | NO:
        raise ValueError(f'"{text[:40]}" is neither yes nor no; write yes or no')
    return text.lower() in YES


def _date(text: str) -> Value:
    if _YEARLESS.fullmatch(text):
        return text
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise ValueError(f'"{text[:40]}" is no date; write it as "2026-11-02"') from None


_READERS: Final[Mapping[Sort, Callable[[str], Value]]] = {
    Sort.NUMBER: _number,
    Sort.YES_NO: _yes_no,
    Sort.DATE: _date,
}
"""How the sorts that one text can hold are read; all others are text. They raise ValueError."""
