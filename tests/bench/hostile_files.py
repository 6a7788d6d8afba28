"""Files that nobody means: random bytes, mappings with damage, and one thing repeated up to the limit."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Final

LARGEST: Final = 64 * 1024
ROOT: Final = Path(__file__).parents[2]
SEEDS: Final = (
    *sorted((ROOT / "mappings").glob("*.yaml")),
    *sorted((ROOT / "connector/sources/shipped").glob("*.yaml")),
)
SPLINTERS: Final = (
    *(
        b"\x00",
        b"\xff",
        b"\xed\xa0\x80",
        b"\xe2\x80\xae",
        b"\t",
        b"\r",
        b"\n",
        b": ",
        b" #",
        b"- ",
        b"&a ",
        b"*a",
    ),
    *(
        b"!!python/object:os.system ",
        b"<<: ",
        b"---\n",
        b"...\n",
        b"|\n",
        b">-\n",
        b"{",
        b"}",
        b"[",
        b"]",
        b"'",
        b'"',
    ),
    *(
        b"%YAML 9.9\n",
        b"? ",
        b"\\",
        b"{{",
        b"}}",
        b"x" * 5_000,
        b"9" * 5_000,
        b"[" * 50,
        b" " * 400,
        b"\xf0\x9f\x98\x80",
    ),
)

REPEATED: Final[Mapping[str, str]] = {
    "items": "- a\n" * 20_000,
    "keys": "".join(f"k{n}: v\n" for n in range(9_000)),
    "one key": "a: 1\n" * 13_000,
    "one table": "{" + "".join(f"k{n}: v, " for n in range(7_000)) + "}",
    "brackets": "[" * LARGEST,
    "braces": "{" * LARGEST,
    "question marks": "? " * 32_000,
    "blocks": "".join(f"k{n}: |\n  x\n" for n in range(5_000)),
    "blocks of blanks": "".join(f"k{n}: |\n\n\n\n  x\n" for n in range(4_000)),
    "one long line": "a: " + "x" * 65_000,
    "escapes": 'a: "' + "\\n" * 32_000 + '"',
    "anchors": "- &a x\n" * 9_000,
    "aliases": "- *a\n" * 13_000,
    "laughs": "".join(f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 9)}]\n" for n in range(1, 300)),
    "tags": "- !t x\n" * 9_000,
    "documents": "--- a\n" * 10_000,
    "comments": "a: #x\n" * 10_000,
    "missing colons": "- {a b}\n" * 8_000,
    "line ends": "a: b\r\n" * 10_000,
    "nothing": "\x00" * LARGEST,
    "surrogates": "\ud800" * 20_000,
    "tabs": "\t" * LARGEST,
    "a triggers' file": "triggers:\n"
    + "".join(f"  t{n}: {{on: order.pad, wen: 5, do: {{a.b: {{}}}}}}\n" for n in range(900)),
    "unknown keys": "".join(f"connectios{n}: v\n" for n in range(3_500)),
    "one long condition": "segments: {s: " + "contact.city and " * 3_500 + "contact.city}",
}
"""One thing over and over; what is longer than a file may be is cut there."""


def files(seed: int, count: int) -> Iterator[bytes]:
    """So many broken files; the same for the same seed."""
    chance, sound = random.Random(seed), [path.read_bytes() for path in SEEDS]
    for _ in range(count):
        yield chance.choice(_MAKERS)(chance, sound)[:LARGEST]


def repeated() -> Iterator[tuple[str, bytes]]:
    """Every kind of repetition, with its name."""
    for name, text in REPEATED.items():
        yield name, text.encode("utf-8", "surrogatepass")[:LARGEST]


def _noise(chance: random.Random, _: list[bytes]) -> bytes:
    return chance.randbytes(chance.choice((1, 40, 1_000, LARGEST)))


def _splinters(chance: random.Random, _: list[bytes]) -> bytes:
    return b"".join(chance.choices((*SPLINTERS, b"a", b"trigger", b"on: ", b"  "), k=chance.randint(1, 900)))


def _damaged(chance: random.Random, sound: list[bytes]) -> bytes:
    """A sound file with some pieces lost, doubled or replaced."""
    raw = chance.choice(sound)
    for _ in range(chance.choice((1, 3, 30))):
        at, size = chance.randrange(len(raw) + 1), chance.randint(0, 40)
        raw = (
            raw[:at]
            + chance.choice((b"", raw[at : at + size] * 2, chance.choice(SPLINTERS)))
            + raw[at + size :]
        )
    return raw


def _shuffled(chance: random.Random, sound: list[bytes]) -> bytes:
    """Lines of sound files in any order."""
    lines = [line for raw in sound for line in raw.splitlines(keepends=True)]
    return b"".join(chance.choices(lines, k=chance.choice((5, 60, 900))))


_MAKERS: Final[tuple[Callable[[random.Random, list[bytes]], bytes], ...]] = (
    _noise,
    _splinters,
    _damaged,
    _damaged,
    _shuffled,
)
