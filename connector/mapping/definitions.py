"""What the files of a folder define, by sort and name, whichever file it stands in."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Final

from connector.errors import Problem
from connector.mapping.nodes import Items, Table, Tree, Written
from connector.mapping.part import P, Part, problem_at, read_part, unknown_key
from connector.mapping.scalars import NAME_RULE, is_name
from connector.mapping.schema.sources import SourcePart
from connector.mapping.schema.top import NAMED, TOP_LEVEL
from connector.mapping.schema.triggers import TriggerPart
from connector.mapping.terms import Place

_FILE_PARTS: Final[Mapping[str, type[Part]]] = {"source": SourcePart, "trigger": TriggerPart}
"""Keys that give their file's other keys a name, with what these are."""


@dataclass(frozen=True, slots=True)
class Definition:
    """Something that has a name, and what was written under it."""

    name: Written
    tree: Tree


@dataclass(slots=True)
class Definitions:
    """What all files define, by sort and name; `defaults` of several files are one table,
    and `examples` one list, in the order of the files' names."""

    named: dict[str, dict[str, Definition]] = field(default_factory=dict)
    defaults: Table | None = None
    examples: list[Tree] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)

    def of(self, sort: str) -> Mapping[str, Definition]:
        """What there is of a sort, sorted by name, so that the order of files never matters."""
        return dict(sorted(self.named.get(sort, {}).items()))

    @property
    def trees(self) -> list[Tree]:
        """What was written under every name."""
        return [one.tree for some in self.named.values() for one in some.values()]

    def add_file(self, tree: Tree) -> None:
        """Add what a file defines; what is wrong with its outline becomes problems."""
        if not isinstance(tree, Table):
            hint = f"a file begins with one of: {', '.join(sorted(TOP_LEVEL))}"
            self.problems.append(problem_at(tree.place, "M122", "keys with values are wanted here", hint))
            return
        owners = [key for key in _FILE_PARTS if key in tree]
        if len(owners) > 1:
            hint = "make two files of it"
            self.problems.append(
                problem_at(tree.place_of("trigger"), "M128", "a source and a trigger in one file", hint)
            )
            return
        for key, node in tree.items():
            self._add_key(key, node, tree, owners)
        for owner in owners:
            self._add_rest(owner, tree)

    def _add_key(self, key: str, node: Tree, tree: Table, owners: list[str]) -> None:
        place = tree.place_of(key)
        if key == "defaults":
            self._add_defaults(place, node)
        elif key == "examples":
            self.examples.extend(node if isinstance(node, Items) else [node])
        elif key in NAMED or key == "segments":
            self._add_named(key, place, node)
        elif key not in TOP_LEVEL and not owners:
            self.problems.append(_misplaced(place, key))

    def _add_named(self, sort: str, place: Place, node: Tree) -> None:
        if not isinstance(node, Table):
            self.problems.append(
                problem_at(place, "M122", f'"{sort}": names with values are wanted', "as {name: …}")
            )
            return
        for name, tree in node.items():
            self._define(sort, node.keys_written[name], tree)

    def _add_defaults(self, place: Place, node: Tree) -> None:
        if not isinstance(node, Table):
            self.problems.append(problem_at(place, "M122", '"defaults": keys with values are wanted'))
            return
        self.defaults = self.defaults or Table(node.place)
        for key, value in node.items():
            written = node.keys_written[key]
            if key in self.defaults:
                self._refuse_second(written, self.defaults.place_of(key))
            self.defaults.add(written, value)

    def _add_rest(self, owner: str, tree: Table) -> None:
        name = tree[owner]
        if not isinstance(name, Written) or name.is_nothing:
            self.problems.append(
                problem_at(name.place, "M127", f'"{owner}": a name is wanted', f"as in {owner}: NAME")
            )
            return
        rest = Table(name.place)
        for key, node in tree.items():
            if key not in TOP_LEVEL:
                rest.add(tree.keys_written[key], node)
        self._define(f"{owner}s", name, rest)

    def _define(self, sort: str, name: Written, tree: Tree) -> None:
        if not is_name(name, may_have_hyphens=sort in ("triggers", "sources")):
            self.problems.append(
                problem_at(name.place, "M125", f'"{name[:60]}" cannot be a name here', NAME_RULE)
            )
        known = self.named.setdefault(sort, {})
        if name in known:
            self._refuse_second(name, known[name].name.place)
        known.setdefault(str(name), Definition(name, tree))

    def _refuse_second(self, name: Written, first: Place) -> None:
        message = f'"{name}" is defined twice, first in {first}'
        self.problems.append(problem_at(name.place, "M130", message, "keep one of them, or rename one"))


def _misplaced(place: Place, key: str) -> Problem:
    for owner, part in _FILE_PARTS.items():
        if key in part.keys() | part.later:
            hint = f'it belongs into a file that says "{owner}: NAME"'
            return problem_at(place, "M120", f'"{key}" stands alone here', hint)
    return unknown_key(place, key, TOP_LEVEL)


def read_all(model: type[P], some: Iterable[Definition], problems: list[Problem]) -> dict[Written, P]:
    """The parts of those definitions that can be read; the others are told in `problems`."""
    read = {one.name: read_part(model, one.tree, problems) for one in some}
    return {name: part for name, part in read.items() if part is not None}
