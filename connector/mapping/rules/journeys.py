"""Journeys: ordered stages, and what takes a contact from one to another."""

from __future__ import annotations

from collections import abc
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Literal, Protocol, TypeVar

from connector.mapping.listening import listeners
from connector.mapping.rules.steps import ActionTemplate
from connector.mapping.terms import Expression, Place


@dataclass(frozen=True, slots=True)
class Stage:
    """One stage of a journey."""

    name: str
    label: str
    about: str = ""


@dataclass(frozen=True, slots=True)
class Move:
    """What takes a contact to stage `to`; `from_stage` None means: forward from wherever it stands.

    A move by quiet has no `on`: it is made when none of `since` has happened for `quiet`. `begins_cycle`: the
    stages begin anew, and the standing's cycle is one more.
    """

    on: frozenset[str]
    to: str
    from_stage: str | None
    when: Expression | None
    place: Place
    quiet: timedelta | None = None
    since: frozenset[str] = frozenset()
    begins_cycle: bool = False


class _Listening(Protocol):
    @property
    def on(self) -> frozenset[str]: ...


_Rule = TypeVar("_Rule", bound=_Listening)


def numbered_by_event(rules: abc.Iterable[_Rule]) -> abc.Mapping[str, tuple[tuple[int, _Rule], ...]]:
    """The rules that listen to each event, numbered from 1 as they were written."""
    return listeners((name, (number, rule)) for number, rule in enumerate(rules, start=1) for name in rule.on)


@dataclass(frozen=True, slots=True)
class Journey:
    """Ordered stages, the moves between them (the first that fits decides), what entering a stage does.

    `moves_on` finds the moves that listen to an event, each with its number from 1. `order` has the names of
    the stages, first to last.
    """

    name: str
    label: str
    stages: tuple[Stage, ...]
    moves: tuple[Move, ...]
    enter: abc.Mapping[str, tuple[ActionTemplate, ...]]
    subject: Literal["contact", "company"] = "contact"
    moves_on: abc.Mapping[str, tuple[tuple[int, Move], ...]] = field(init=False, repr=False, compare=False)
    order: tuple[str, ...] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "moves_on", numbered_by_event(self.moves))
        object.__setattr__(self, "order", tuple(stage.name for stage in self.stages))
