"""From the schema's examples to cases that can be played: what is given, and what must come of it."""

from __future__ import annotations

from datetime import datetime

from connector.mapping.build.actions import ActionBuilder
from connector.mapping.build.expectations import ExpectationBuilder
from connector.mapping.build.given import GivenBuilder
from connector.mapping.cases import Example, Given
from connector.mapping.checker import Checker
from connector.mapping.definitions import Definitions
from connector.mapping.example_values import read_time
from connector.mapping.mapping import Mapping
from connector.mapping.nodes import Tree, Written
from connector.mapping.part import read_part
from connector.mapping.schema.examples import ExamplePart
from connector.mapping.terms import Place


def build_examples(
    definitions: Definitions, mapping: Mapping, actions: ActionBuilder, checker: Checker
) -> tuple[Example, ...]:
    """The examples, in the order of their files; what is wrong is told to the checker."""
    builder = _Builder(definitions, mapping, actions, checker)
    return tuple(one for tree in definitions.examples if (one := builder.example(tree)) is not None)


class _Builder:
    """Builds the examples of a mapping that is whole but for them."""

    def __init__(
        self, definitions: Definitions, mapping: Mapping, actions: ActionBuilder, checker: Checker
    ) -> None:
        self._checker = checker
        broken = frozenset(definitions.of("connections").keys() - mapping.connections.keys())
        self._given = GivenBuilder(mapping, broken, checker)
        self._expected = ExpectationBuilder(definitions, mapping, actions, checker)
        self._names: dict[str, Place] = {}

    def example(self, tree: Tree) -> Example | None:
        part = read_part(ExamplePart, tree, self._checker.problems)
        if part is None:
            return None
        self._note(part.name)
        if not part.given:
            place = part.place_of_value("given")
            self._checker.refuse(place, "M121", '"given" is empty', "write what happens")
            return None
        given = self._given.all(part.given)
        at = self._looked_at(part, given)
        arms, expect = self._expected.arms(part.arms), self._expected.build(part.expect)
        return Example(str(part.name), given, at, expect, part.name.place, arms)

    def _note(self, name: Written) -> None:
        if name in self._names:
            message = f'"{name[:60]}" is the name of two examples, first in {self._names[name]}'
            self._checker.refuse(name.place, "M130", message, "keep one of them, or rename one")
        self._names.setdefault(str(name), name.place)

    def _looked_at(self, part: ExamplePart, given: tuple[Given, ...]) -> datetime:
        last = max(one.event.occurred_at for one in given)
        at = read_time(part.at, self._checker) if part.at is not None else None
        if part.at is not None and at is not None and at < last:
            hint = "an example is looked at when everything in it has happened"
            self._checker.refuse(part.at.place, "M123", '"at" is before the last that is given', hint)
        return at or last
