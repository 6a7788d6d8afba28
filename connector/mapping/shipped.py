"""The sources of a mapping: those of its own folder, and those that come with Loods and are used by name."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path

from connector.errors import Problem
from connector.mapping.build.source import build_source
from connector.mapping.checker import Checker
from connector.mapping.definitions import Definition, Definitions
from connector.mapping.folder import read_file
from connector.mapping.nodes import Written
from connector.mapping.part import read_part
from connector.mapping.reader import read_bytes
from connector.mapping.scalars import did_you_mean, not_built
from connector.mapping.schema.sources import SourcePart
from connector.mapping.source import Source


class Sources:
    """Builds sources when they are asked for: `built` so far, `files` the shipped ones among them."""

    def __init__(self, own: Mapping[str, Definition], shipped: Path, checker: Checker) -> None:
        self._own = own
        self._shipped = {path.stem: path for path in sorted(shipped.glob("*.yaml"))}
        self._checker = checker
        self.built: dict[str, Source] = {}
        self.files: dict[str, bytes] = {}
        for name, one in own.items():
            if name in self._shipped:
                _, message, _ = not_built("replaces")
                hint = f'a source "{name}" comes with Loods; give yours another name'
                checker.refuse(one.name.place, "M190", message, hint)

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
        if name not in self.built:
            definition = self._own.get(name) or self._read(str(name))
            if definition is not None:
                self._build(definition, fields)
        return self.built.get(name)

    def build_own(self, fields: Iterable[str]) -> None:
        """Build those of the folder that no connection uses yet: they are checked too."""
        for name, definition in self._own.items():
            if name not in self.built:
                self._build(definition, fields)

    def _build(self, definition: Definition, fields: Iterable[str]) -> None:
        part = read_part(SourcePart, definition.tree, self._checker.problems)
        if part is not None:
            self.built[str(definition.name)] = build_source(definition.name, part, fields, self._checker)

    def _read(self, name: str) -> Definition | None:
        file = f"shipped/{name}.yaml"
        try:
            raw = read_file(self._shipped[name])
        except OSError as error:
            self._checker.problems.append(Problem(file, 0, 0, "M101", f"cannot be read: {error.strerror}"))
            return None
        self.files[f"shipped:{name}"] = raw
        tree, problems = read_bytes(raw, file)
        definitions = Definitions(problems=list(problems))
        if tree is not None:
            definitions.add_file(tree)
        self._checker.problems.extend(definitions.problems)
        return definitions.of("sources").get(name)
