"""What a field can hold, and how it is written to JSON and back without loss."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Any, Final, TypeAlias

import orjson

Value: TypeAlias = (
    "bool | int | str | Decimal | datetime | date | Sequence[Value] | Mapping[str, Value] | None"
)
"""Numbers are decimals (or int), times are aware; no floats, so that 0.1 + 0.2 is 0.3."""

_AS_OURS: Final = orjson.OPT_PASSTHROUGH_DATETIME | orjson.OPT_PASSTHROUGH_DATACLASS

_AS_NOUGHTS: Final = bytes.maketrans(b"123456789", b"000000000")
_LONG: Final = b"0" * 19

_TAGGED: Final[Mapping[type, Callable[[Any], object]]] = {
    Decimal: lambda value: {"$number": str(value)},
    datetime: lambda value: {"$time": value.isoformat()},
    date: lambda value: {"$date": value.isoformat()},
}


def dumps(value: Any) -> str:
    """The value as compact JSON; decimals, times and dates are tagged so that `loads` gives them back.

    A mapping that looks like one of our tags is escaped, so that nothing in a payload is taken for a tag.
    What orjson refuses, Python's own module writes: half a surrogate pair, an integer of over 64 bits.
    """
    tags = 0

    def tag(found: object) -> object:
        nonlocal tags
        tagged = _TAGGED.get(type(found))
        tags += tagged is not None or not isinstance(found, Mapping)
        return _tag(found) if tagged is None else tagged(found)

    try:
        text = orjson.dumps(value, default=tag, option=_AS_OURS).decode()
    except TypeError:
        tags = 0
        text = _write(value, tag)
    return text if text.count('{"$') == tags else _write(_escaped(value), _tag)


def loads(text: str) -> Any:
    """The value that `dumps` wrote; tuples come back as lists.

    Most texts hold no tag, and no integer that orjson would make a float of: those are read by orjson.
    """
    if '{"$' not in text and not _is_long_within(text):
        try:
            return orjson.loads(text)
        except orjson.JSONDecodeError:  # what it refuses, Python's own module may read
            pass
    return json.loads(text, object_hook=_untag)


def _is_long_within(text: str) -> bool:
    """Whether it has nineteen digits in a row. A pattern took ten times as long for it."""
    return _LONG in text.encode(errors="replace").translate(_AS_NOUGHTS)


def _write(value: Any, tag: Callable[[object], object]) -> str:
    return json.dumps(value, default=tag, ensure_ascii=False, separators=(",", ":"))


def _tag(value: object) -> object:
    if isinstance(value, Mapping):
        return dict(value)
    for kind, tagged in _TAGGED.items():
        if isinstance(value, kind):
            return tagged(value)
    raise TypeError(f"cannot store a {type(value).__name__}")


def _escaped(value: Any) -> Any:
    match value:
        case Mapping():
            inside = {key: _escaped(item) for key, item in value.items()}
            only = next(iter(inside)) if len(inside) == 1 else ""
            return {"$map": [only, inside[only]]} if only.startswith("$") else inside
        case list() | tuple():
            return [_escaped(item) for item in value]
        case _:
            return value


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
        case ("$map", [str(key), inside]):
            return {key: inside}
        case _:
            return found
