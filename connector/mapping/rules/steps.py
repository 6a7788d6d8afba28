"""What a rule does, step by step: actions, and waits between them."""

from __future__ import annotations

from collections import abc
from dataclasses import dataclass, field
from typing import TypeAlias

from connector.mapping.durations import Moment
from connector.mapping.rendering import Arguments, made_ready
from connector.mapping.terms import Expression, Place, Rendered
from connector.model.action import ActionSpec


@dataclass(frozen=True, slots=True)
class ActionTemplate:
    """One step of `do` or `enter`: which action, with what, and under which condition of its own.

    `connection` may be a group, whose fitting member is found when the step is decided. `name` is what was
    written as the step's name; a waiting run finds its step in a changed text by it. `verify` None is as
    usual for the action. What it made is closed by the events `closed_by`. `ready` has the arguments made
    ready for any number of actions.
    """

    connection: str
    spec: ActionSpec
    arguments: abc.Mapping[str, Rendered]
    condition: Expression | None
    label: str
    place: Place
    name: str = ""
    verify: bool | None = None
    closed_by: frozenset[str] = frozenset()
    ready: Arguments = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "ready", made_ready(self.arguments, self.spec.moments))


@dataclass(frozen=True, slots=True)
class Wait:
    """A step that waits: to a moment, or until a condition or an event, and then at most until a moment.

    Exactly one of `moment`, `until` and `events` is there. Without `at_most` a condition may never come.
    """

    place: Place
    moment: Moment | None = None
    until: Expression | None = None
    events: frozenset[str] = frozenset()
    at_most: Moment | None = None
    condition: Expression | None = None
    name: str = ""


Step: TypeAlias = ActionTemplate | Wait
