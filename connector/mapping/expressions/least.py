"""A scope with what is surely there and nothing else: what prints a gap in it may print a gap."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any, Final

from connector.mapping.expressions.presence import Path, Paths
from connector.mapping.terms import Scope
from connector.model.types import Sort, Type

_MOMENT: Final = datetime(2000, 1, 1, tzinfo=UTC)
_SOMETHING: Final[Mapping[Sort, object]] = {
    Sort.TEXT: "-",
    Sort.NUMBER: Decimal(1),
    Sort.YES_NO: True,
    Sort.TIME: _MOMENT,
    Sort.DATE: date(2000, 1, 1),
    Sort.LIST: ("-",),
}
"""A value of each sort that stands for any other; a record or a payload has none."""


def least_scope(names: Mapping[str, Type], present: Paths) -> Scope:
    """What every rule has, and some value at each of the paths `present`."""
    event: dict[str, Any] = {"name": "-", "occurred_at": _MOMENT, "connection": "-", "source": "-"}
    scope: dict[str, Any] = {"now": _MOMENT, "event": event}
    for path in sorted(present, key=len):
        value = _something(names, path)
        if value is not None:
            *outer, last = path
            record = scope
            for key in outer:
                record = record.setdefault(key, {})
            record[last] = value
    return scope


def _something(names: Mapping[str, Type], path: Path) -> object:
    """A value such as may stand at the path; None where there is no such path, or a record."""
    found = names.get(path[0])
    for key in path[1:]:
        found = found and (found.fields.get(key) or found.item)
    if found is None:
        return None
    return found.stages[0] if found.sort is Sort.STAGE else _SOMETHING.get(found.sort)
