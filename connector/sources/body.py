"""Bodies of webhooks, read strictly into plain values: one parse for the receiver and for translation.

Two parsers that disagree about the same bytes are a hole (RFC 8259 leaves repeated keys, NaN and big numbers
open), so what is ambiguous is refused. Reading costs time in proportion to the bytes, and nothing recurses
deeper than `DEPTH`. Nearly all bodies are plain: these are read in haste, and what is not sure to be plain is
read once more with care.
"""

from __future__ import annotations

import json
import re
from codecs import BOM_UTF8
from collections import Counter
from decimal import Decimal
from functools import cache
from itertools import accumulate
from typing import Any, Final, Literal
from urllib.parse import parse_qsl

import orjson

from connector.errors import BodyError
from connector.model.values import Value

DEPTH: Final = 64
"""How deep objects and lists may nest."""

ITEMS: Final = 20_000
"""How many members, elements and containers a body may have in all."""

DIGITS: Final = 100
"""How many characters a number may have."""

EXPONENT: Final = 308
"""Numbers beyond 1e308 are infinite for other readers of the same body."""

_LONG: Final = 19
"""Characters from which on an integer may have more than 64 bits."""

_STRING = re.compile(r'"[^"\\]*+(?:\\.[^"\\]*+)*+"?', re.DOTALL)
_HIGH, _LOW = r"\\u[dD][89abAB][0-9a-fA-F]{2}", r"\\u[dD][c-fC-F][0-9a-fA-F]{2}"
_ESCAPE = re.compile(rf"{_HIGH}{_LOW}|({_HIGH}|{_LOW}|\\u0000)|\\.")
_SUSPECT = re.compile(r"\\u(?:[dD][89a-fA-F]|0000)")
_ESCAPED: Final = "\0"
"""Stands for an escape while a body is measured; there is no other in it by then."""

_BRACKETS = re.compile(r"[\[\]{}]")
_DEEPER: Final = {"[": 1, "{": 1, "]": -1, "}": -1}
_FIELD = re.compile(r"([^\[\]]+)((?:\[[^\[\]]*\])*)")
_PART = re.compile(r"\[([^\[\]]*)\]")


def read_body(raw: bytes, parse: Literal["json", "form"]) -> Value:
    """What the body says: fractions as decimals, integers beyond 64 bit as text, forms as nested groups.

    A byte order mark is passed over; lone surrogates and NUL, which no database takes, become U+FFFD.
    Raises `BodyError` with a stable code, whatever the bytes are.
    """
    text = _decoded(raw)
    return _read_json(text, quotes_in(raw)) if parse == "json" else _read_form(text)


def quotes_in(raw: bytes) -> int:
    """How many quotes begin or end a text in this JSON.

    Of a key that stands twice in an object only one is read: what is written of it again has fewer quotes.
    """
    if b"\\" in raw:
        raw = raw.replace(b"\\\\", b"").replace(b'\\"', b"")
    return raw.count(b'"')


def _decoded(raw: bytes) -> str:
    try:
        text = raw.removeprefix(BOM_UTF8).decode()
    except UnicodeDecodeError as error:
        raise BodyError("encoding", "the body is not UTF-8") from error
    if "\x00" in text:
        raise BodyError("encoding", "the body holds NUL bytes, as UTF-16 does")
    return text


def _read_json(text: str, quotes: int) -> Value:
    _measure(text)
    text = _mended(text)
    read = _in_haste(text)
    return read if read is not None and _is_plain(read, quotes) else _with_care(text)


def _in_haste(text: str) -> Any:
    """What it says, None where it is no JSON. Keys that stand twice and long whole numbers are not seen."""
    try:
        return _hasty().decode(text)
    except (BodyError, ValueError):
        return None


def _is_plain(read: Any, quotes: int) -> bool:
    """Whether all keys were read, and no whole number is too long to be sure of."""
    try:
        again = orjson.dumps(read, default=_nothing, option=orjson.OPT_STRICT_INTEGER)
    except orjson.JSONEncodeError:
        return False
    return quotes_in(again) == quotes


def _nothing(_: object) -> None:
    """Written for a decimal, which has no quotes."""


def _with_care(text: str) -> Value:
    try:
        read: Value = _careful().decode(text)
    except json.JSONDecodeError as error:
        where = f"{error.msg.removesuffix(' at')} at character {error.pos + 1}"
        raise BodyError("json_invalid", f"the body is not JSON: {where}") from error
    return read


@cache
def _hasty() -> json.JSONDecoder:
    """One for all bodies: to make it takes a sixth of what reading one does."""
    return json.JSONDecoder(parse_float=_fraction, parse_constant=_constant)


@cache
def _careful() -> json.JSONDecoder:
    """The same for what is not plain."""
    return json.JSONDecoder(
        object_pairs_hook=_unique, parse_int=_integer, parse_float=_fraction, parse_constant=_constant
    )


def _measure(text: str) -> None:
    """Refuse depth and size before parsing, by the brackets and commas outside of strings.

    Of most bodies a glance tells that they are neither: each item takes a character, each level a bracket.
    """
    if len(text) <= ITEMS and text.count("[") + text.count("{") <= DEPTH:
        return
    bare = _bare(text)
    opened = bare.count("[") + bare.count("{")
    if opened + bare.count(",") > ITEMS:
        raise BodyError("json_too_big", f"the body has more than {ITEMS:,} items")
    if opened > DEPTH and max(accumulate(map(_DEEPER.__getitem__, _BRACKETS.findall(bare)))) > DEPTH:
        raise BodyError("json_too_deep", f"the body nests deeper than {DEPTH} levels")


def _bare(text: str) -> str:
    """What stands outside of strings.

    That is every other piece between quotes, apart from those that a backslash escapes. Where one stands
    outside of a string, which no JSON has, the strings are looked for one by one.
    """
    plain = text.replace("\\\\", _ESCAPED).replace('\\"', _ESCAPED) if "\\" in text else text
    bare = "".join(plain.split('"')[::2])
    return _STRING.sub("", text) if _ESCAPED in bare else bare


def _mended(text: str) -> str:
    """The same JSON without escapes of NUL and of half a surrogate pair."""
    if "\\" not in text or not _SUSPECT.search(text):
        return text
    return _ESCAPE.sub(lambda found: r"\ufffd" if found[1] else found[0], text)


def _unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    members = dict(pairs)
    if len(members) < len(pairs):
        repeated = Counter(name for name, _ in pairs).most_common(1)[0][0]
        raise BodyError("json_duplicate_key", "an object has the same key twice", repeated[:100])
    return members


def _integer(digits: str) -> int | str:
    if len(digits) < _LONG:
        return int(digits)
    if len(digits) > DIGITS:
        raise BodyError("json_number", f"a number has more than {DIGITS} digits")
    number = int(digits)
    return number if -(2**63) <= number < 2**63 else digits


def _fraction(digits: str) -> Decimal:
    if len(digits) > DIGITS:
        raise BodyError("json_number", f"a number has more than {DIGITS} digits")
    try:
        number = Decimal(digits)
    except ArithmeticError as error:
        raise BodyError("json_number", "a number is out of range") from error
    if number and abs(number.adjusted()) > EXPONENT:
        raise BodyError("json_number", "a number is out of range")
    return number if number else Decimal(0)


def _constant(name: str) -> None:
    raise BodyError("json_number", f"{name} is not a number of JSON")


def _read_form(text: str) -> dict[str, Value]:
    try:
        fields = parse_qsl(text.strip(), keep_blank_values=True, max_num_fields=ITEMS)
    except ValueError as error:
        raise BodyError("form_too_big", f"the form has more than {ITEMS:,} fields") from error
    if not fields:
        raise BodyError("form_invalid", "the form has no fields")
    form: dict[str, Any] = {}
    for name, value in fields:
        _put(form, _steps(_clean(name)), _clean(value))
    return form


def _clean(text: str) -> str:
    return text.replace("\x00", "\ufffd")


def _steps(name: str) -> list[str]:
    """`data[merges][FNAME]` as PHP reads it: data, merges, FNAME. What is not balanced is a plain name."""
    found = _FIELD.fullmatch(name)
    if not found:
        return [name]
    steps = [found[1], *_PART.findall(found[2])]
    if len(steps) > DEPTH:
        raise BodyError("form_too_deep", f"a field nests deeper than {DEPTH} levels")
    return steps


def _put(form: dict[str, Any], steps: list[str], value: str) -> None:
    """Set the value at its place; `[]` is the next number, as in PHP."""
    place = form
    for step in steps[:-1]:
        place = place.setdefault(step or str(len(place)), {})
        if not isinstance(place, dict):
            raise BodyError("form_duplicate_key", "a field is a text and a group at once", step[:100])
    last = steps[-1] or str(len(place))
    if last in place:
        raise BodyError("form_duplicate_key", "the form has the same field twice", last[:100])
    place[last] = value
