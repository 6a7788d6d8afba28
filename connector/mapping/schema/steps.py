"""The keys of a step of `do` and `enter`, and of a wait."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, ClassVar

from pydantic import ConfigDict, Discriminator, Field, Tag

from connector.mapping.nodes import Tree
from connector.mapping.part import Part
from connector.mapping.scalars import ONE_OR_MORE, Code, Text, YesNo, shape
from connector.mapping.schema.values import MomentText, Until
from connector.mapping.terms import Place


class WaitPart(Part):
    """A wait that ends with an event or a condition."""

    until: Annotated[tuple[Until, ...], ONE_OR_MORE]
    """A moment, an event or a list of events, or a condition."""
    at_most: MomentText | None = None
    """When it goes on, though that has not come."""


Waited = Annotated[
    Annotated[MomentText, Tag("_text")] | Annotated[WaitPart, Tag("_table")], Discriminator(shape)
]


class StepPart(Part):
    """One step of `do` or `enter`: an action under its own name, and what stands beside it."""

    model_config = ConfigDict(extra="allow")
    meant: ClassVar[Mapping[str, str]] = {
        "else": "make it a step of its own, with if: not (…)",
        "unless": "write if: not (…)",
        "when": "write if:, and a condition",
        "do": "each action is a step of its own, with its own if:",
        "then": "each action is a step of its own, with its own if:",
        "delay": "write wait:, and a length of time",
    }

    if_: Annotated[Code | None, Field(alias="if")] = None
    """The step is done only where this is yes."""
    name: Text | None = None
    """What the step is called in histories; without it, its action. A waiting run finds its step in a
    changed text by it."""
    wait: Waited | None = None
    """Instead of an action, in a trigger: how long it waits before it goes on."""
    verify: YesNo | None = None
    """Whether the action is done only when a later read at the platform shows it; without it, as usual for
    the action."""

    @property
    def actions(self) -> dict[str, tuple[Place, Tree]]:
        """Every other key: an action's name, with its place and its arguments."""
        known, table = self.keys() | self.meant.keys(), self._written
        return {key: (table.place_of(key), node) for key, node in table.items() if key not in known}
