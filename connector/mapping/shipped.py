"""The sources of a mapping: those of its own folder, and those that come with Loods and are used by name."""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Mapping
from pathlib import Path
from typing import Final

from connector.errors import Problem
from connector.mapping.build.company import stated_of_company
from connector.mapping.build.source import build_source
from connector.mapping.checker import Checker
from connector.mapping.definitions import Definition, Definitions
from connector.mapping.folder import read_file
from connector.mapping.nodes import Table, Written
from connector.mapping.part import read_part
from connector.mapping.reading.reader import read_bytes
from connector.mapping.scalars import did_you_mean
from connector.mapping.schema.sources import SourcePart
from connector.mapping.source import Source

MOST_KEPT: Final = 64
"""Shipped sources that are kept compiled at most, before all are let go of."""

_compiled: Final[dict[Hashable, Source]] = {}
"""Shipped sources that had no problems, by their bytes and all else that a source is compiled with: they are
most of what a mapping takes to check, and the same each time."""


class Sources:
    """Builds sources when they are asked for: `built` so far, `files` the shipped ones among them."""

    def __init__(self, own: Mapping[str, Definition], shipped: Path, checker: Checker) -> None:
        self._own = own
        self._shipped = {path.stem: path for path in sorted(shipped.glob("*.yaml"))}
        self._checker = checker
        self.built: dict[str, Source] = {}
        self.files: dict[str, bytes] = {}
        self._instead: dict[str, Definition] = {}
        for one in own.values():
            self._place(one)

    @property
    def names(self) -> frozenset[str]:
        """Every source that there is."""
        return frozenset({*self._own, *self._shipped})

    def find(self, name: Written, fields: Iterable[str]) -> Source | None:
        """The source of that name; None where there is none, or it has problems, told to the checker.

        `fields` are the company's own fields of a contact, which it may fill.
        """
        if name not in self.names:
            hint = did_you_mean(name, self.names) or "add a source file"
            self._checker.refuse(name.place, "M134", f'there is no source "{name}"', hint)
            return None
        own = self._instead.get(name) or self._own.get(name)
        known = str(own.name if own else name)
        if known not in self.built:
            if own is not None:
                self._build(own, fields)
            else:
                self._take(known, frozenset(fields))
        return self.built.get(known)

    def build_own(self, fields: Iterable[str]) -> None:
        """Build those of the folder that no connection uses yet: they are checked too."""
        for name, definition in self._own.items():
            if name not in self.built:
                self._build(definition, fields)

    def _place(self, own: Definition) -> None:
        """Put a source of the folder into the place of the shipped one that it replaces."""
        replaced = own.tree.get("replaces") if isinstance(own.tree, Table) else None
        if isinstance(replaced, Written) and not replaced.is_nothing:
            self._replace(own, replaced)
        elif own.name in self._shipped:
            hint = f'say "replaces: {own.name}" to use yours in its place, or give yours another name'
            self._checker.refuse(own.name.place, "M130", f'a source "{own.name}" comes with Loods', hint)

    def _replace(self, own: Definition, replaced: Written) -> None:
        before = self._instead.setdefault(str(replaced), own)
        if replaced not in self._shipped:
            hint = did_you_mean(replaced, self._shipped)
            message = f'no source "{replaced[:60]}" comes with Loods'
            self._checker.refuse(replaced.place, "M134", message, hint)
        elif before is not own:
            message = f'"{replaced}" is replaced twice, first in {before.name.place}'
            self._checker.refuse(replaced.place, "M130", message, "keep one of them")
        elif own.name in self._shipped and own.name != replaced:
            hint = "give yours another name, or replace that one"
            self._checker.refuse(own.name.place, "M130", f'a source "{own.name}" comes with Loods', hint)

    def _build(self, definition: Definition, fields: Iterable[str]) -> None:
        part = read_part(SourcePart, definition.tree, self._checker.problems)
        if part is not None:
            self.built[str(definition.name)] = build_source(definition.name, part, fields, self._checker)

    def _take(self, name: str, fields: frozenset[str]) -> None:
        """Have a shipped source built, unless the very same was compiled before."""
        file = f"shipped/{name}.yaml"
        try:
            raw = read_file(self._shipped[name])
        except OSError as error:
            self._checker.problems.append(Problem(file, 0, 0, "M101", f"cannot be read: {error.strerror}"))
            return
        self.files[f"shipped:{name}"] = raw
        key = (name, raw, fields, *_surroundings(self._checker))
        if key in _compiled:
            self.built[name] = _compiled[key]
            return
        told = len(self._checker.problems)
        if definition := self._read(name, raw, file):
            self._build(definition, fields)
        if name in self.built and len(self._checker.problems) == told:
            _keep(key, self.built[name])

    def _read(self, name: str, raw: bytes, file: str) -> Definition | None:
        tree, problems = read_bytes(raw, file)
        definitions = Definitions(problems=list(problems))
        if tree is not None:
            definitions.add_file(tree)
        self._checker.problems.extend(definitions.problems)
        return definitions.of("sources").get(name)


def _surroundings(checker: Checker) -> tuple[Hashable, ...]:
    """What of a mapping its sources are compiled with, besides the fields of a contact."""
    return checker.zone, checker.locale, checker.week, frozenset(stated_of_company(checker)), checker.made


def _keep(key: Hashable, source: Source) -> None:
    if len(_compiled) >= MOST_KEPT:
        _compiled.clear()
    _compiled[key] = source
