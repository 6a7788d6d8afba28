"""Our frozen dataclasses as JSON and back, made from their type hints: a new field needs nothing here.

A field that holds its default is left out, an unknown one is passed over, a missing one takes its default: so
rows are short, and those of an older or newer release can be read. Times are written in UTC.

As in `dataclasses` itself, the functions that encode and decode a class are written as Python once, field by
field: a batch deals with thousands of things, and a loop over the fields with a call for each takes twice as
long.
"""

from __future__ import annotations

import dataclasses
import types
from collections import abc
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime
from decimal import Decimal
from enum import StrEnum
from functools import cache, lru_cache
from itertools import takewhile
from typing import Any, Final, NamedTuple, TypeAlias, TypeVar, Union, get_args, get_origin, get_type_hints

D = TypeVar("D")
_Expression: TypeAlias = Callable[[str], str]
"""What is written for a variable of this name."""
_Function: TypeAlias = Callable[[Any], Any]


class _Codec(NamedTuple):
    """The expressions that encode and decode; what they call stands in `called`, by its names."""

    encoding: _Expression
    decoding: _Expression
    called: Mapping[str, Any]


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


@lru_cache(maxsize=4096)
def _written(value: datetime) -> str:
    """A time in UTC as text: a batch tells the same few times thousands of times.

    In UTC only, since times of another zone are equal in the hour that its clocks show twice.
    """
    return value.isoformat()


@lru_cache(maxsize=4096)
def _read(text: str) -> datetime:
    """A time out of its text; what reads as the same time is written again as one that is known."""
    return datetime.fromisoformat(text)


def _utc(value: datetime) -> str:
    if value.tzinfo is None:
        raise TypeError(f"a time without a zone cannot be stored: {value.isoformat()}")
    return value.astimezone(UTC).isoformat()


def _called(name: str, encode_one: Callable[[Any], Any], decode_one: Callable[[Any], Any]) -> _Codec:
    return _Codec(
        lambda it: f"encode_{name}({it})",
        lambda it: f"decode_{name}({it})",
        {f"encode_{name}": encode_one, f"decode_{name}": decode_one},
    )


_SAME: Final = _Codec(lambda it: it, lambda it: it, {})
_TIME: Final = _Codec(
    lambda it: f"(written({it}) if {it}.tzinfo is UTC else utc({it}))",
    lambda it: f"read_time({it})",
    {"written": _written, "utc": _utc, "UTC": UTC, "read_time": _read},
)
_SCALARS: Final[Mapping[Any, _Codec]] = {
    **dict.fromkeys((object, str, int, bool), _SAME),
    datetime: _TIME,
    Decimal: _called("decimal", str, Decimal),
}


def _of(hint: Any) -> _Codec:
    """The codec of a type hint. Where a `Value` stands, `dumps` and `loads` know what to do."""
    origin, arguments = get_origin(hint), get_args(hint)
    if hint in _SCALARS:
        return _SCALARS[hint]
    if hasattr(hint, "__dataclass_fields__"):
        return _called(_name(hint), _encoder(hint), _decoder(hint))
    if isinstance(hint, type) and issubclass(hint, StrEnum):
        return _called(_name(hint), str, hint)
    if origin in (Union, types.UnionType):
        return _of_optional(_of(*(one for one in arguments if one is not type(None))))
    if origin is tuple:
        return _of_tuple(_of(arguments[0]))
    if origin is not None and issubclass(origin, Mapping):
        return _of_mapping(_of(arguments[1]))
    raise TypeError(f"no way to store a {hint}")


def _name(kind: Any) -> str:
    return f"{kind.__module__}_{kind.__name__}".replace(".", "_")


def _of_optional(inner: _Codec) -> _Codec:
    return _Codec(
        lambda it: f"(None if {it} is None else {inner.encoding(it)})",
        lambda it: f"(None if {it} is None else {inner.decoding(it)})",
        inner.called,
    )


def _of_tuple(inner: _Codec) -> _Codec:
    return _Codec(
        lambda it: f"[{inner.encoding('each')} for each in {it}]",
        lambda it: f"tuple([{inner.decoding('each')} for each in {it}])",
        inner.called,
    )


def _of_mapping(inner: _Codec) -> _Codec:
    return _Codec(
        lambda it: f"{{key: {inner.encoding('item')} for key, item in {it}.items()}}",
        lambda it: f"{{key: {inner.decoding('item')} for key, item in {it}.items()}}",
        inner.called,
    )


@cache
def _hints(kind: Any) -> Mapping[str, Any]:
    return get_type_hints(kind, localns={"Value": object})


@cache
def _codecs(kind: Any) -> Mapping[str, _Codec]:
    return {one.name: _of(_hints(kind)[one.name]) for one in dataclasses.fields(kind)}


@cache
def _encoder(kind: Any) -> _Function:
    """What has no default always stands there, and comes first: that much is one literal."""
    codecs, hints, fields = _codecs(kind), _hints(kind), dataclasses.fields(kind)
    always = [one.name for one in takewhile(lambda one: _default(one) is dataclasses.MISSING, fields)]
    known = ", ".join(f"{one!r}: {codecs[one].encoding(f'thing.{one}')}" for one in always)
    lines, defaults = [f" encoded = {{{known}}}"], {}
    for number, one in enumerate(fields[len(always) :]):
        defaults[f"default_{number}"] = default = _default(one)
        lines.append(f" value = thing.{one.name}")
        lines.append(f" if {_differs(default, f'default_{number}', hints[one.name])}:")
        lines.append(f"  encoded[{one.name!r}] = {codecs[one.name].encoding('value')}")
    return _made("thing", [*lines, " return encoded"], codecs, defaults)


def _differs(default: object, name: str, hint: Any) -> str:
    """That `value` is not the default of its field; where only one value of the type is empty, quickly."""
    if default is None:
        return "value is not None"
    is_plain = hint in {str, bool} or get_origin(hint) in {tuple, abc.Mapping}
    return "value" if is_plain and not default else f"value != {name}"


@cache
def _decoder(kind: Any) -> _Function:
    codecs, told, defaults = _codecs(kind), [], {"kind": kind}
    for number, one in enumerate(dataclasses.fields(kind)):
        found = codecs[one.name].decoding(f"encoded[{one.name!r}]")
        if _default(one) is not dataclasses.MISSING:
            is_made = one.default_factory is not dataclasses.MISSING
            defaults[f"default_{number}"] = one.default_factory if is_made else one.default
            otherwise = f"default_{number}()" if is_made else f"default_{number}"
            found = f"{found} if {one.name!r} in encoded else {otherwise}"
        told.append(f"{one.name}={found}")
    return _made("encoded", [f" return kind({', '.join(told)})"], codecs, defaults)


def _made(
    given: str, lines: Sequence[str], codecs: Mapping[str, _Codec], names: Mapping[str, Any]
) -> _Function:
    """The function of one thing that these lines are, written with the names of our own fields."""
    known = {name: one for codec in codecs.values() for name, one in codec.called.items()} | {**names}
    exec("\n".join([f"def of_fields({given}):", *lines]), known)  # noqa: S102 nothing else stands in them
    made: _Function = known["of_fields"]
    return made


def _default(one: dataclasses.Field[Any]) -> Any:
    if one.default_factory is not dataclasses.MISSING:
        return one.default_factory()
    return one.default
