"""A YAML file as texts, lists and tables that know where they stand. They are plain `str`, `list` and `dict`
otherwise, so that whatever reads them needs to know nothing of YAML."""

from __future__ import annotations

from typing import TypeAlias

from connector.mapping.mapping import Place


class Written(str):
    """A scalar exactly as written: never a number, a date or a truth value.

    `place` is where it begins, its quote included; `text_place` is where its first character stands.
    """

    __slots__ = ("is_quoted", "place", "text_place")

    place: Place
    text_place: Place
    is_quoted: bool

    def __new__(
        cls, text: str, place: Place, text_place: Place | None = None, *, is_quoted: bool = False
    ) -> Written:
        """The text with its place."""
        written = super().__new__(cls, text)
        written.place = place
        written.text_place = text_place or place
        written.is_quoted = is_quoted
        return written

    @property
    def is_nothing(self) -> bool:
        """Whether nothing was written at all: `key:` and the end of the line."""
        return not self and not self.is_quoted


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
