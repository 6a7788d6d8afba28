"""Bodies: JSON by a grammar of its own, which also writes what is not JSON, and forms; then accidents."""

from __future__ import annotations

import json
from collections.abc import Callable
from random import Random
from typing import Final
from urllib.parse import quote_plus

from tests.faults.fuzz.texts import EMAILS, NAMES, NASTY, NUMBERS, text

_JUST_OVER: Final = 1024 * 1024 + 1
_DEEPEST: Final = 100_000
_PLACES: Final = 1_000
"""How many letters of a body a nasty text may take the place of: all of a megabyte's would make gigabytes."""


def json_body(chance: Random) -> bytes:
    """A JSON text, mostly an object such as a sender would post; nearly always well-formed."""
    drawn = chance.random()
    if drawn < 0.05:
        return chance.choice(_EXTREMES)(chance)
    written = _value(chance, 0) if drawn < 0.1 else _object(chance, 0)
    return written.encode("utf-8", "surrogatepass")


def hubspot_body(chance: Random) -> bytes:
    """A list of events, from none to more than HubSpot ever sends at once."""
    if chance.random() < 0.15:
        return json_body(chance)
    count = chance.choice((0, 1, 1, 1, 2, 5, 100, 101))
    return ("[" + ",".join(_change(chance) for _ in range(count)) + "]").encode("utf-8", "surrogatepass")


def form_body(chance: Random) -> bytes:
    """A form with brackets, some of them never closed."""
    drawn = chance.random()
    if drawn < 0.03:
        return b"&".join(b"a%d=1" % number for number in range(chance.choice((1_000, 19_999, 60_000))))
    if drawn < 0.05:
        return b"a" + b"[b]" * chance.choice((10, 64, 65, 5_000)) + b"=1"
    pairs = (_pair(chance) for _ in range(chance.randrange(0, 12)))
    kind = chance.choice(("subscribe", "unsubscribe", "upemail", "cleaned", "signed_up", text(chance)[:20]))
    return "&".join((f"type={quote_plus(kind, errors='replace')}", *pairs)).encode("utf-8", "surrogatepass")


def slipped(chance: Random, body: bytes) -> bytes:
    """The body after an accident: cut, doubled, bits flipped, encoded otherwise, with bytes around it."""
    return chance.choice(_ACCIDENTS)(chance, body)


def _value(chance: Random, depth: int) -> str:
    drawn = chance.random()
    if depth < 5 and drawn < 0.15:
        return _object(chance, depth + 1)
    if depth < 5 and drawn < 0.3:
        return "[" + ",".join(_value(chance, depth + 1) for _ in range(chance.randrange(0, 5))) + "]"
    if drawn < 0.5:
        return _number(chance)
    if drawn < 0.6:
        return chance.choice(("true", "false", "null"))
    return _quoted(chance, text(chance))


def _object(chance: Random, depth: int) -> str:
    count = chance.choice((0, 1, 3, 8, 12))
    names = [chance.choice(NAMES) for _ in range(count)]
    if chance.random() > 0.03:
        names = list(dict.fromkeys(names))
    return "{" + ",".join(f"{_quoted(chance, name)}:{_field(chance, name, depth)}" for name in names) + "}"


def _field(chance: Random, name: str, depth: int) -> str:
    """Mostly what a sender would write there, so that much of it is really read."""
    if chance.random() < 0.5:
        return _value(chance, depth)
    if "mail" in name.lower():
        return _quoted(chance, chance.choice(EMAILS))
    if name.lower().endswith(("id", "number", "total", "price")):
        return str(chance.randrange(0, 10**9))
    if "_at" in name or "date" in name or name == "occurredAt":
        return _quoted(chance, "2026-11-22T09:30:00Z")
    return _value(chance, depth)


def _number(chance: Random) -> str:
    """Strange numbers are few: each refuses the whole body."""
    if chance.random() < 0.1:
        return chance.choice(NUMBERS)
    return repr(chance.choice((chance.randrange(-(10**12), 10**12), round(chance.uniform(-1e6, 1e6), 3))))


def _quoted(chance: Random, words: str) -> str:
    """A JSON string; rarely with control characters and surrogates as they are, which JSON does not allow."""
    if chance.random() < 0.02:
        return '"' + words.replace("\\", "\\\\").replace('"', '\\"') + '"'
    return json.dumps(words, ensure_ascii=chance.random() < 0.8)


def _change(chance: Random) -> str:
    kind = chance.choice(
        ("contact.propertyChange", "contact.creation", "contact.deletion", "contact.merge", "x")
    )
    if chance.random() < 0.05:
        return _value(chance, 3)
    return (
        f'{{"subscriptionType":"{kind}","eventId":{_number(chance)},"objectId":{_number(chance)},'
        f'"occurredAt":{chance.choice(("1763804400000", _number(chance)))},"attemptNumber":0,'
        f'"propertyName":{_quoted(chance, text(chance))},"propertyValue":{_value(chance, 4)}}}'
    )


def _pair(chance: Random) -> str:
    name = chance.choice(
        ("data[email]", "data[id]", "data[merges][FNAME]", "fired_at", "data[", "a]b[", "email", "")
    )
    words = text(chance).encode("utf-8", "surrogatepass")
    written = quote_plus(words) if chance.random() < 0.8 else words.decode("latin-1")
    return f"{name}={written}"


def _deep(chance: Random) -> bytes:
    depth = chance.choice((10, 63, 64, 65, 1_000, _DEEPEST))
    opened, closed = chance.choice(((b"[", b"]"), (b'{"a":', b"}")))
    return opened * depth + b"1" + (closed * depth if chance.random() < 0.7 else b"")


def _wide(chance: Random) -> bytes:
    count = chance.choice((1_000, 19_999, 20_001, 100_000))
    if chance.random() < 0.5:
        return b"[" + b"1," * count + b"1]"
    return b"{" + b",".join(b'"k%d":1' % number for number in range(count)) + b"}"


def _long(chance: Random) -> bytes:
    size = chance.choice((100_000, 1_000_000, _JUST_OVER - 30, _JUST_OVER, _JUST_OVER + 70_000))
    return b'{"id":1,"email":"' + b"a" * size + b'"}'


def _flipped(chance: Random, body: bytes) -> bytes:
    changed = bytearray(body)
    for _ in range(chance.randrange(1, 6) if changed else 0):
        changed[chance.randrange(len(changed))] ^= 1 << chance.randrange(8)
    return bytes(changed)


_EXTREMES: Final[tuple[Callable[[Random], bytes], ...]] = (_deep, _deep, _wide, _long)

_ACCIDENTS: Final[tuple[Callable[[Random, bytes], bytes], ...]] = (
    lambda chance, body: body[: chance.randrange(0, len(body) + 1)],
    lambda chance, body: body + body,
    lambda chance, body: b"\xef\xbb\xbf" + body,
    lambda chance, body: body + chance.choice((b"x", b"\x00", b"\n\n", b"//", b",")),
    lambda chance, body: body.decode("utf-8", "replace").encode(
        chance.choice(("utf-16", "utf-16-le", "utf-32"))
    ),
    lambda chance, body: body.replace(b'"', b"'"),
    lambda chance, body: chance.randbytes(chance.randrange(0, 300)),
    lambda chance, body: b"",
    _flipped,
    lambda chance, body: body.replace(b"a", chance.choice(NASTY).encode("utf-8", "surrogatepass"), _PLACES),
)
