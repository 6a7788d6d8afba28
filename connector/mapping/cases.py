"""The examples of a mapping: what happens to somebody, and what must come of it."""

from __future__ import annotations

from collections import abc
from dataclasses import dataclass, field
from datetime import datetime

from connector.mapping.terms import Place
from connector.model.action import ActionSpec
from connector.model.decision import Answer
from connector.model.event import Event
from connector.model.values import Value


@dataclass(frozen=True, slots=True)
class Given:
    """Something that happens in an example: the event that a source would have made of it."""

    event: Event
    place: Place


@dataclass(frozen=True, slots=True)
class NamedAction:
    """An action that an example speaks of; its arguments in part, as they were written.

    `members` are the connections of the group, where it names one: any of them may have acted.
    """

    connection: str
    spec: ActionSpec
    arguments: abc.Mapping[str, Value]
    place: Place
    members: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Expectation:
    """What must be so after an example, and what must not.

    `stages` are by journey. `actions` are made in this order, with any others between them; none of
    `no_actions` is made, and none at all where `is_silent`. `held_back` is by trigger. `ended` is by trigger
    too: in a word or two why its last run is over, as `Run.ended` has it (`order.placed`, `done`).
    """

    stages: abc.Mapping[str, str] = field(default_factory=dict)
    actions: tuple[NamedAction, ...] = ()
    no_actions: tuple[NamedAction, ...] = ()
    is_silent: bool = False
    held_back: abc.Mapping[str, Answer] = field(default_factory=dict)
    ended: abc.Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Example:
    """A case that proves the mapping: what happens, in the order of arrival, and what must be so at `at`.

    `arms` fixes, by trigger, the arm in which everybody is.
    """

    name: str
    given: tuple[Given, ...]
    at: datetime
    expect: Expectation
    place: Place
    arms: abc.Mapping[str, str] = field(default_factory=dict)
