"""Presets: journeys that come with Loods, by name, with their words in Dutch and English.

A journey that names a preset begins with its stages and moves. What the journey says itself comes first: its
moves are read before those of the preset, and its name and stages replace those of the preset.
"""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import Final

from connector.errors import Problem
from connector.mapping.checker import Checker
from connector.mapping.folder import read_file
from connector.mapping.nodes import Items, Table, Tree, Written
from connector.mapping.reading.reader import read_bytes
from connector.mapping.schema.journeys import PRESETS

FOLDER: Final = Path(__file__).with_name("presets")
LANGUAGES: Final = frozenset({"nl", "en"})

_KEY: Final = "preset"


class Presets:
    """Writes presets out where they are named; `files` are the bytes of those that were."""

    def __init__(self, checker: Checker) -> None:
        self._checker = checker
        self.files: dict[str, bytes] = {}

    def expanded(self, journey: Tree) -> Tree:
        """The journey with its preset's parts; as it is where it names none that there is."""
        name = journey.get(_KEY) if isinstance(journey, Table) else None
        if not isinstance(journey, Table) or not isinstance(name, Written) or name not in PRESETS:
            return journey
        preset = self._read(str(name))
        return _joined(journey, preset) if preset is not None else journey

    def _read(self, name: str) -> Table | None:
        file = f"shipped/presets/{name}.yaml"
        try:
            raw = read_file(FOLDER / f"{name}.yaml")
        except OSError as error:
            self._checker.problems.append(Problem(file, 0, 0, "M101", f"cannot be read: {error.strerror}"))
            return None
        self.files[f"preset:{name}"] = raw
        self._checker.settled.add(file)
        tree, problems = read_bytes(raw, file)
        self._checker.problems.extend(problems)
        language = "nl" if self._checker.locale.startswith("nl") else "en"
        read = _in_language(tree, language) if tree is not None else None
        return read if isinstance(read, Table) else None


def _in_language(tree: Tree, language: str) -> Tree:
    """The tree with one text in place of each table of the same text in several languages."""
    match tree:
        case Items():
            return tree
        case Table() if tree.keys() == LANGUAGES:
            return tree[language]
        case Table():
            return _table(tree, ((key, _in_language(node, language)) for key, node in _pairs(tree)))
    return tree


def _joined(own: Table, preset: Table) -> Table:
    """What was written and what the preset adds to it, key by key."""
    joined = _table(own, _pairs(own))
    for key, node in _pairs(preset):
        mine = own.get(key)
        if mine is None:
            joined.add(key, node)
        elif isinstance(mine, Table) and isinstance(node, Table):
            joined[key] = _in_order(mine, node)
        elif isinstance(mine, Items) and isinstance(node, Items):
            joined[key] = _behind(mine, node)
    return joined


def _in_order(own: Table, preset: Table) -> Table:
    """The preset's names in their order, replaced by own ones; a new one stands behind the one before it."""
    order = [key for key, _ in _pairs(preset)]
    previous = len(order) - 1
    for key, _ in _pairs(own):
        if key not in order:
            order.insert(previous + 1, key)
        previous = order.index(key)
    keys = {**preset.keys_written, **own.keys_written}
    return _table(own, ((keys[key], own[key] if key in own else preset[key]) for key in order))


def _behind(own: Items, preset: Items) -> Items:
    joined = Items(own.place)
    joined.extend([*own, *preset])
    return joined


def _pairs(table: Table) -> Iterable[tuple[Written, Tree]]:
    return ((table.keys_written[key], node) for key, node in table.items())


def _table(like: Table, pairs: Iterable[tuple[Written, Tree]]) -> Table:
    """A table at the same place, with these keys."""
    table = Table(like.place)
    for key, node in pairs:
        table.add(key, node)
    return table
