"""Our frozen dataclasses as JSON and back, made from their type hints: a new field needs nothing here.

A field that holds its default is left out, an unknown one is passed over, a missing one takes its default: so
rows are short, and those of an older or newer release can be read. Times are written in UTC.
"""

from __future__ import annotations

import dataclasses
import types
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from decimal import Decimal
from enum import StrEnum
from functools import cache
from typing import Any, Final, NamedTuple, TypeVar, Union, get_args, get_origin, get_type_hints

D = TypeVar("D")


class _Codec(NamedTuple):
    encode: Callable[[Any], Any]
    decode: Callable[[Any], Any]


def encode(thing: Any) -> dict[str, Any]:
    """The dataclass as a dictionary that `connector.model.values.dumps` can write."""
    kind: Any = type(thing)
    encoded: dict[str, Any] = _of_dataclass(kind).encode(thing)
    return encoded


def decode(kind: type[D], encoded: Mapping[str, Any]) -> D:
    """The dataclass of this type that `encode` wrote."""
    anything: Any = kind
    decoded: D = _of_dataclass(anything).decode(encoded)
    return decoded


def _same(value: Any) -> Any:
    return value


def _utc(value: datetime) -> str:
    if value.tzinfo is None:
        raise TypeError(f"a time without a zone cannot be stored: {value.isoformat()}")
    return value.astimezone(UTC).isoformat()


_SAME: Final = _Codec(_same, _same)
_SCALARS: Final[Mapping[Any, _Codec]] = {
    object: _SAME,
    str: _SAME,
    int: _SAME,
    bool: _SAME,
    datetime: _Codec(_utc, datetime.fromisoformat),
    Decimal: _Codec(str, Decimal),
}


def _of(hint: Any) -> _Codec:
    """The codec of a type hint. Where a `Value` stands, `dumps` and `loads` know what to do."""
    origin, arguments = get_origin(hint), get_args(hint)
    if hint in _SCALARS:
        return _SCALARS[hint]
    if hasattr(hint, "__dataclass_fields__"):
        return _of_dataclass(hint)
    if isinstance(hint, type) and issubclass(hint, StrEnum):
        return _Codec(str, hint)
    if origin in (Union, types.UnionType):
        return _of_optional(*(one for one in arguments if one is not type(None)))
    if origin is tuple:
        return _of_tuple(_of(arguments[0]))
    if origin is not None and issubclass(origin, Mapping):
        return _of_mapping(_of(arguments[1]))
    raise TypeError(f"no way to store a {hint}")


def _of_optional(hint: Any) -> _Codec:
    inner = _of(hint)
    return _Codec(
        lambda value: None if value is None else inner.encode(value),
        lambda value: None if value is None else inner.decode(value),
    )


def _of_tuple(inner: _Codec) -> _Codec:
    return _Codec(
        lambda values: [inner.encode(one) for one in values],
        lambda values: tuple(inner.decode(one) for one in values),
    )


def _of_mapping(inner: _Codec) -> _Codec:
    return _Codec(
        lambda values: {key: inner.encode(one) for key, one in values.items()},
        lambda values: {key: inner.decode(one) for key, one in values.items()},
    )


@cache
def _of_dataclass(kind: Any) -> _Codec:
    hints = get_type_hints(kind, localns={"Value": object})
    codecs = {one.name: _of(hints[one.name]) for one in dataclasses.fields(kind)}
    defaults = {one.name: _default(one) for one in dataclasses.fields(kind)}

    def encode_fields(thing: Any) -> dict[str, Any]:
        held = ((name, getattr(thing, name)) for name in codecs)
        return {name: codecs[name].encode(value) for name, value in held if value != defaults[name]}

    def decode_fields(encoded: Mapping[str, Any]) -> Any:
        return kind(**{name: codecs[name].decode(one) for name, one in encoded.items() if name in codecs})

    return _Codec(encode_fields, decode_fields)


def _default(one: dataclasses.Field[Any]) -> Any:
    if one.default_factory is not dataclasses.MISSING:
        return one.default_factory()
    return one.default
