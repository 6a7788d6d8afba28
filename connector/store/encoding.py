"""Our frozen dataclasses as JSON and back, made from their type hints: a new field needs nothing here.

A field that holds its default is left out, an unknown one is passed over, a missing one takes its default: so
rows are short, and those of an older or newer release can be read. Times are written in UTC.

As in `dataclasses` itself, the function that encodes a class is written as Python once, field by field: a
batch encodes thousands of things, and a loop over the fields with a call for each takes twice as long.
"""

from __future__ import annotations

import dataclasses
import types
from collections import abc
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from decimal import Decimal
from enum import StrEnum
from functools import cache, lru_cache
from itertools import takewhile
from typing import Any, Final, NamedTuple, TypeAlias, TypeVar, Union, get_args, get_origin, get_type_hints

D = TypeVar("D")
_Expression: TypeAlias = Callable[[str], str]
"""What is written for a variable of this name."""


class _Codec(NamedTuple):
    """`encoding` gives the expression that encodes; what it calls stands in `called`, by its names."""

    encoding: _Expression
    called: Mapping[str, Any]
    decode: Callable[[Any], Any]


def encode(thing: Any) -> dict[str, Any]:
    """The dataclass as a dictionary that `connector.model.values.dumps` can write."""
    kind: Any = type(thing)
    encoded: dict[str, Any] = _encoder(kind)(thing)
    return encoded


def decode(kind: type[D], encoded: Mapping[str, Any]) -> D:
    """The dataclass of this type that `encode` wrote."""
    anything: Any = kind
    decoded: D = _decoder(anything)(encoded)
    return decoded


def _same(value: Any) -> Any:
    return value


@lru_cache(maxsize=4096)
def _written(value: datetime) -> str:
    """A time in UTC as text: a batch tells the same few times thousands of times.

    In UTC only, since times of another zone are equal in the hour that its clocks show twice.
    """
    return value.isoformat()


def _utc(value: datetime) -> str:
    if value.tzinfo is None:
        raise TypeError(f"a time without a zone cannot be stored: {value.isoformat()}")
    return value.astimezone(UTC).isoformat()


def _called(name: str, encode_one: Callable[[Any], Any], decode_one: Callable[[Any], Any]) -> _Codec:
    return _Codec(lambda it: f"{name}({it})", {name: encode_one}, decode_one)


_SAME: Final = _Codec(lambda it: it, {}, _same)
_TIME: Final = _Codec(
    lambda it: f"(written({it}) if {it}.tzinfo is UTC else utc({it}))",
    {"written": _written, "utc": _utc, "UTC": UTC},
    datetime.fromisoformat,
)
_SCALARS: Final[Mapping[Any, _Codec]] = {
    **dict.fromkeys((object, str, int, bool), _SAME),
    datetime: _TIME,
    Decimal: _called("str", str, Decimal),
}


def _of(hint: Any) -> _Codec:
    """The codec of a type hint. Where a `Value` stands, `dumps` and `loads` know what to do."""
    origin, arguments = get_origin(hint), get_args(hint)
    if hint in _SCALARS:
        return _SCALARS[hint]
    if hasattr(hint, "__dataclass_fields__"):
        name = f"encode_{hint.__module__}_{hint.__name__}".replace(".", "_")
        return _called(name, _encoder(hint), _decoder(hint))
    if isinstance(hint, type) and issubclass(hint, StrEnum):
        return _called("str", str, hint)
    if origin in (Union, types.UnionType):
        return _of_optional(_of(*(one for one in arguments if one is not type(None))))
    if origin is tuple:
        return _of_tuple(_of(arguments[0]))
    if origin is not None and issubclass(origin, Mapping):
        return _of_mapping(_of(arguments[1]))
    raise TypeError(f"no way to store a {hint}")


def _of_optional(inner: _Codec) -> _Codec:
    return _Codec(
        lambda it: f"(None if {it} is None else {inner.encoding(it)})",
        inner.called,
        lambda value: None if value is None else inner.decode(value),
    )


def _of_tuple(inner: _Codec) -> _Codec:
    return _Codec(
        lambda it: f"[{inner.encoding('each')} for each in {it}]",
        inner.called,
        lambda values: tuple(map(inner.decode, values)),
    )


def _of_mapping(inner: _Codec) -> _Codec:
    return _Codec(
        lambda it: f"{{key: {inner.encoding('item')} for key, item in {it}.items()}}",
        inner.called,
        lambda values: {key: inner.decode(one) for key, one in values.items()},
    )


@cache
def _hints(kind: Any) -> Mapping[str, Any]:
    return get_type_hints(kind, localns={"Value": object})


@cache
def _codecs(kind: Any) -> Mapping[str, _Codec]:
    return {one.name: _of(_hints(kind)[one.name]) for one in dataclasses.fields(kind)}


@cache
def _encoder(kind: Any) -> Callable[[Any], dict[str, Any]]:
    """What has no default always stands there, and comes first: that much is one literal."""
    codecs, hints, fields = _codecs(kind), _hints(kind), dataclasses.fields(kind)
    always = [one.name for one in takewhile(lambda one: _default(one) is dataclasses.MISSING, fields)]
    known = ", ".join(f"{one!r}: {codecs[one].encoding(f'thing.{one}')}" for one in always)
    names = {name: one for codec in codecs.values() for name, one in codec.called.items()}
    lines = ["def encode_fields(thing):", f" encoded = {{{known}}}"]
    for number, one in enumerate(fields[len(always) :]):
        names[f"default_{number}"] = default = _default(one)
        lines.append(f" value = thing.{one.name}")
        lines.append(f" if {_differs(default, f'default_{number}', hints[one.name])}:")
        lines.append(f"  encoded[{one.name!r}] = {codecs[one.name].encoding('value')}")
    lines.append(" return encoded")
    exec("\n".join(lines), names)  # noqa: S102 the text is made of the names of our own fields
    encoding: Callable[[Any], dict[str, Any]] = names["encode_fields"]
    return encoding


def _differs(default: object, name: str, hint: Any) -> str:
    """That `value` is not the default of its field; where only one value of the type is empty, quickly."""
    if default is None:
        return "value is not None"
    is_plain = hint in {str, bool} or get_origin(hint) in {tuple, abc.Mapping}
    return "value" if is_plain and not default else f"value != {name}"


@cache
def _decoder(kind: Any) -> Callable[[Mapping[str, Any]], Any]:
    decoders = {name: one.decode for name, one in _codecs(kind).items()}

    def decode_fields(encoded: Mapping[str, Any]) -> Any:
        return kind(**{name: decoders[name](one) for name, one in encoded.items() if name in decoders})

    return decode_fields


def _default(one: dataclasses.Field[Any]) -> Any:
    if one.default_factory is not dataclasses.MISSING:
        return one.default_factory()
    return one.default
