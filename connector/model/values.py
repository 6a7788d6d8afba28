"""What a field can hold, and how it is written to JSON and back without loss."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Any, TypeAlias

Value: TypeAlias = (
    "None | bool | int | str | Decimal | datetime | date | Sequence[Value] | Mapping[str, Value]"
)
"""Numbers are decimals (or int), times are aware; no floats, so that 0.1 + 0.2 is 0.3."""


def dumps(value: Any) -> str:
    """The value as compact JSON; decimals, times and dates are tagged so that `loads` gives them back."""
    return json.dumps(value, default=_tag, ensure_ascii=False, separators=(",", ":"))


def loads(text: str | bytes) -> Any:
    """The value that `dumps` wrote."""
    return json.loads(text, object_hook=_untag)


def _tag(value: object) -> dict[str, str]:
    match value:
        case Decimal():
            return {"$number": str(value)}
        case datetime():
            return {"$time": value.isoformat()}
        case date():
            return {"$date": value.isoformat()}
        case _:
            raise TypeError(f"cannot store a {type(value).__name__}")


def _untag(found: dict[str, Any]) -> Any:
    if len(found) != 1:
        return found
    match next(iter(found.items())):
        case ("$number", str(text)):
            return Decimal(text)
        case ("$time", str(text)):
            return datetime.fromisoformat(text)
        case ("$date", str(text)):
            return date.fromisoformat(text)
        case _:
            return found
