"""Cutting a text into what is written and the values in `{{ }}`."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

from connector.mapping.expressions.problems import Refused

LONGEST: Final = 10_000
"""Characters that a text may have."""

_BRACES: Final = re.compile(r"\{\{|\{%|\{#")
_INSIDE: Final = re.compile(r"""'(?:[^'\\]|\\.)*'|"(?:[^"\\]|\\.)*"|\}\}""", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Inset:
    """An expression in a text, and the offset at which it begins."""

    source: str
    at: int


def cut(text: str) -> list[str | Inset]:
    """The parts of a text, in order. Raises `Refused` for braces that are not closed, and for blocks."""
    if len(text) > LONGEST:
        raise Refused(0, "M217", f"{len(text)} characters are too many for a text", f"at most {LONGEST}")
    parts: list[str | Inset] = []
    here = 0
    while found := _BRACES.search(text, here):
        _check_opening(text, found)
        end = _end(text, found.end())
        parts += [text[here : found.start()], Inset(text[found.end() : end], found.end())]
        here = end + 2
    return [part for part in [*parts, text[here:]] if part != ""]


def _check_opening(text: str, found: re.Match[str]) -> None:
    if found[0] != "{{":
        raise Refused(
            found.start(), "M216", f"{found[0]} does not exist here", "a text has values in {{ }} only"
        )
    if text[found.end() : found.end() + 1] in {"-", "+"}:
        raise Refused(found.end(), "M216", "blanks cannot be cut off with {{- and -}}", "write {{ and }}")


def _end(text: str, start: int) -> int:
    """Where the expression that begins at `start` ends: at the first `}}` outside of quotes."""
    for found in _INSIDE.finditer(text, start):
        if found[0] == "}}":
            return found.start()
    if (end := text.find("}}", start)) >= 0:
        return end
    raise Refused(start - 2, "M216", "this {{ is not closed", "write }} behind the value")
