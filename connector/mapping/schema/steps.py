"""The keys of a step of `do` and `enter`."""

from __future__ import annotations

from typing import Annotated, ClassVar

from pydantic import ConfigDict, Field

from connector.mapping.nodes import Tree
from connector.mapping.part import Part
from connector.mapping.scalars import Code, Text
from connector.mapping.terms import Place


class StepPart(Part):
    """One step of `do` or `enter`: an action under its own name, and what stands beside it."""

    model_config = ConfigDict(extra="allow")
    later: ClassVar[frozenset[str]] = frozenset({"wait", "verify"})

    if_: Annotated[Code | None, Field(alias="if")] = None
    """The step is done only where this is yes."""
    name: Text | None = None
    """What the step is called in histories; without it, its action."""

    @property
    def actions(self) -> dict[str, tuple[Place, Tree]]:
        """Every other key: an action's name, with its place and its arguments."""
        known = self.keys() | self.later
        table = self._written
        return {key: (table.place_of(key), node) for key, node in table.items() if key not in known}

    @property
    def has_later(self) -> bool:
        """Whether it is a step that this version cannot do, and has refused."""
        return not self.later.isdisjoint(self._written)
