"""Texts of an SVG picture: how each kind of line looks, how it is cut to a width, and how it is escaped.

An SVG cannot measure text, and which font a reader has is not known; widths are those of the widest usual
fonts.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from html import escape
from typing import Final

from connector.model.showing import inert

_MONO: Final = 0.605
_SANS: Final = 0.56
_PIECES: Final = re.compile(r"\S+\s*")
_BREAKS: Final = re.compile(r"[^._/,=]*[._/,=]|[^._/,=]+")


@dataclass(frozen=True, slots=True)
class Style:
    """A kind of line: its class in the style sheet, its size and line height in pixels."""

    name: str
    size: float
    leading: float
    is_mono: bool = False
    is_chip: bool = False

    def width(self, text: str) -> float:
        """About how wide the text is."""
        return len(text) * self.size * (_MONO if self.is_mono else _SANS)


TITLE: Final = Style("title", 20, 30)
HEADING: Final = Style("heading", 16, 22)
NAME: Final = Style("name", 14, 20)
ABOUT: Final = Style("about", 12, 17)
EVENT: Final = Style("event", 12, 26, is_mono=True, is_chip=True)
CONDITION: Final = Style("condition", 11.5, 17, is_mono=True)
BOUND: Final = Style("bound", 11.5, 18)
ACTION: Final = Style("action", 12, 18, is_mono=True)
ARGUMENTS: Final = Style("arguments", 11.5, 16, is_mono=True)
SPACE: Final = Style("space", 0, 8)


@dataclass(frozen=True, slots=True)
class Line:
    """One line of a block."""

    text: str
    style: Style


@dataclass(frozen=True, slots=True)
class Block:
    """Lines below each other."""

    lines: tuple[Line, ...]

    @property
    def height(self) -> float:
        """How high all lines are."""
        return sum(line.style.leading for line in self.lines)

    def drawn(self, x: float, y: float) -> Iterator[str]:
        """The elements of the block with its upper left corner there."""
        for line in self.lines:
            if line.text:
                yield from _drawn(line, x, y)
            y += line.style.leading


def lines(text: str, style: Style, width: float) -> Iterator[Line]:
    """The text in lines that are not wider than that; nothing for an empty text."""
    inside = width - 2 * CHIP_PADDING if style.is_chip else width
    row = ""
    for piece in _pieces(inert(text), style, inside):
        if row and style.width((row + piece).rstrip()) > inside:
            yield Line(row.rstrip(), style)
            row = ""
        row += piece
    if row.strip():
        yield Line(row.rstrip(), style)


CHIP_PADDING: Final = 8


def _pieces(text: str, style: Style, width: float) -> Iterator[str]:
    """The words of the text; one that is wider than a line in parts."""
    most = max(int(width / style.width("x")), 1)
    for word in _PIECES.findall(text):
        if len(word.rstrip()) <= most:
            yield word
            continue
        for part in _BREAKS.findall(word):
            yield from (part[at : at + most] for at in range(0, len(part), most))


def _drawn(line: Line, x: float, y: float) -> Iterator[str]:
    style = line.style
    baseline = y + (style.leading + style.size * 0.7) / 2
    if style.is_chip:
        wide = style.width(line.text) + 2 * CHIP_PADDING
        high = style.leading - 5
        yield f'<rect class="chip" x="{x:g}" y="{y + 2:g}" width="{wide:.0f}" height="{high:g}" rx="10"/>'
        x, baseline = x + CHIP_PADDING, baseline - 0.5
    yield text_element(line.text, style, x, baseline)


def text_element(text: str, style: Style, x: float, y: float) -> str:
    """One line of text, escaped, with its baseline at y."""
    return f'<text class="{style.name}" x="{x:g}" y="{y:.1f}">{escape(inert(text))}</text>'


def block(parts: Iterable[Iterable[Line]]) -> Block:
    """The lines of all parts as one block."""
    return Block(tuple(line for part in parts for line in part))
