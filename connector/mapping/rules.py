"""The rules of a mapping: steps, journeys and triggers, compiled."""

from __future__ import annotations

from collections import abc
from dataclasses import dataclass
from datetime import timedelta
from typing import Literal

from connector.mapping.terms import Expression, Frequency, Place, Rendered
from connector.model.action import ActionSpec, Kind


@dataclass(frozen=True, slots=True)
class ActionTemplate:
    """One step of `do` or `enter`: which action, with what, and under which condition of its own."""

    connection: str
    spec: ActionSpec
    arguments: abc.Mapping[str, Rendered]
    condition: Expression | None
    label: str
    place: Place


@dataclass(frozen=True, slots=True)
class Stage:
    """One stage of a journey."""

    name: str
    label: str
    about: str = ""


@dataclass(frozen=True, slots=True)
class Move:
    """What takes a contact to stage `to`; `from_stage` None means: forward from wherever it stands."""

    on: frozenset[str]
    to: str
    from_stage: str | None
    when: Expression | None
    place: Place


@dataclass(frozen=True, slots=True)
class Journey:
    """Ordered stages, the moves between them (the first that fits decides), what entering a stage does."""

    name: str
    label: str
    stages: tuple[Stage, ...]
    moves: tuple[Move, ...]
    enter: abc.Mapping[str, tuple[ActionTemplate, ...]]

    @property
    def order(self) -> tuple[str, ...]:
        """The names of the stages, first to last."""
        return tuple(stage.name for stage in self.stages)


@dataclass(frozen=True, slots=True)
class Trigger:
    """What to do when something happens. `on` are events, `on_stages` entries of `(journey, stage)`."""

    name: str
    about: str
    angle: str
    kind: Kind
    on: frozenset[str]
    on_stages: frozenset[tuple[str, str]]
    when: Expression | None
    once_per: Literal["subject", "contact"]
    limit: Frequency | None
    late: timedelta
    do: tuple[ActionTemplate, ...]
    place: Place
