"""How two consecutive actions about one contact become one that does what both do."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from connector.errors import Rejected
from connector.model.action import Arguments
from connector.model.values import Value


def with_later_values(first: Arguments, then: Arguments) -> Arguments:
    """One update instead of two: where both name a property, the later value counts.

    An argument or a property that is None leaves alone what the earlier one says. What is said later stands
    last, and so it counts too where a model takes two ways to write a name for the same. Raises `Rejected`
    where names differ by capitals only: whether they are the same the platform decides.
    """
    later = _told(then.get("fields"))
    _require_told_apart(_told(first.get("fields")), later)
    fields = {name: one for name, one in _told(first.get("fields")).items() if name not in later} | later
    return {**_told(first), **_told(then), "fields": fields}


def with_later_tags(first: Arguments, then: Arguments) -> Arguments:
    """One change of tags instead of two: a tag that both name is added or removed as the later one says.

    Raises `Rejected` where tags differ by capitals only: whether they are the same the platform decides.
    """
    added, removed = _names(then, "add"), _names(then, "remove")
    said = {*added, *removed}
    _require_told_apart([*_names(first, "add"), *_names(first, "remove")], said)
    return {
        "add": [*(one for one in _names(first, "add") if one not in said), *added],
        "remove": [*(one for one in _names(first, "remove") if one not in said), *removed],
    }


def _require_told_apart(first: Iterable[object], then: Iterable[object]) -> None:
    known = {str(one).strip().casefold(): str(one).strip() for one in first}
    for one in map(str, then):
        if known.get(one.strip().casefold(), one.strip()) != one.strip():
            raise Rejected(f"{known[one.strip().casefold()]} and {one.strip()} may be the same")


def _told(arguments: Any) -> dict[str, Value]:
    return {name: value for name, value in (arguments or {}).items() if value is not None}


def _names(arguments: Arguments, name: str) -> list[Any]:
    listed: Any = arguments.get(name) or ()
    return list(dict.fromkeys(listed))
