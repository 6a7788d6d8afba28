"""A YAML file as texts, lists and tables that know where they stand. They are plain `str`, `list` and `dict`
otherwise, so that whatever reads them needs to know nothing of YAML."""

from __future__ import annotations

import re
from typing import Final, TypeAlias

from connector.mapping.terms import Place

_BLANK: Final = re.compile(r"\s+")


class Written(str):
    """A scalar exactly as written: never a number, a date or a truth value.

    `place` is where it begins, its quote included; `text_place` is where its first character stands. `style`
    is its quote, `|` or `>` for a block, empty for a plain text. `raw` is how it stands in the file, from its
    first character on, with its line ends and escapes.
    """

    __slots__ = ("place", "raw", "style", "text_place")

    place: Place
    text_place: Place
    style: str
    raw: str

    def __new__(
        cls, text: str, place: Place, text_place: Place | None = None, style: str = "", raw: str = ""
    ) -> Written:
        """The text with its place."""
        written = super().__new__(cls, text)
        written.place = place
        written.text_place = text_place or place
        written.style = style
        written.raw = raw or text
        return written

    @property
    def is_nothing(self) -> bool:
        """Whether nothing was written at all: `key:` and the end of the line."""
        return not self and not self.style

    def place_at(self, offset: int) -> Place:
        """Where the character at `offset` of the text stands in the file, over folded lines and escapes."""
        at = 0
        for character in self[:offset]:
            at += self._width(at, character)
        before, begins = self.raw[:at], self.text_place
        if lines := before.count("\n"):
            return Place(begins.file, begins.line + lines, at - before.rfind("\n"))
        return Place(begins.file, begins.line, begins.column + at)

    def _width(self, at: int, character: str) -> int:
        """How much of `raw` stands for one character: a folded line end, an escape, or itself."""
        here = self.raw[at : at + 2]
        if character.isspace() and (blank := _BLANK.match(self.raw, at)) and "\n" in blank[0]:
            return len(blank[0])
        return 2 if (self.style, here) == ("'", "''") or (self.style == '"' and here[:1] == "\\") else 1


class Items(list["Tree"]):
    """A list, in its order."""

    def __init__(self, place: Place) -> None:
        super().__init__()
        self.place = place


class Table(dict[str, "Tree"]):
    """Keys with their values, in the order of the file; a repeated key keeps its first value."""

    def __init__(self, place: Place) -> None:
        super().__init__()
        self.place = place
        self.keys_written: dict[str, Written] = {}

    def add(self, key: Written, node: Tree) -> None:
        """Put a value under its key, unless the key has one."""
        self.keys_written.setdefault(key, key)
        self.setdefault(key, node)

    def place_of(self, key: str) -> Place:
        """Where the key stands; the table's own place where it has no such key."""
        return self.keys_written[key].place if key in self.keys_written else self.place


Tree: TypeAlias = Written | Items | Table


def place_at(tree: Tree, path: tuple[int | str, ...]) -> Place:
    """Where the value at `path` begins: the deepest node of the path that exists."""
    return node_at(tree, path).place


def node_at(tree: Tree, path: tuple[int | str, ...]) -> Tree:
    """The deepest node of the path that exists; steps that the tree does not have are passed over."""
    for step in path:
        match tree:
            case Table() if step in tree:
                tree = tree[str(step)]
            case Items() if isinstance(step, int) and step < len(tree):
                tree = tree[step]
    return tree
