"""Triggers: what to do when something happens, for whom, how often, and how far they are let go."""

from __future__ import annotations

from collections import abc
from dataclasses import dataclass, field
from datetime import time, timedelta
from decimal import Decimal
from typing import Literal

from connector.mapping.rules.occasions import Occasion, StageEntered
from connector.mapping.rules.steps import ActionTemplate, Step, Wait
from connector.mapping.terms import Expression, Frequency, Place
from connector.model.action import Kind


@dataclass(frozen=True, slots=True)
class Hours:
    """When something may reach people: by weekday (Monday is 0), from and until local times; `until` may be
    midnight, written as 00:00."""

    open: abc.Mapping[int, tuple[tuple[time, time], ...]]


@dataclass(frozen=True, slots=True)
class Arm:
    """One arm of an experiment: its share of the contacts, from 0 to 1. A held-out arm does nothing."""

    name: str
    share: Decimal
    is_held_out: bool = False


@dataclass(frozen=True, slots=True)
class Goal:
    """What a trigger is to reach: an event within a time of acting, or that none comes (`is_absence`).

    `value` is asked of that event; `named` is the goal of the mapping's `goals` that it serves.
    """

    event: str
    within: timedelta
    is_absence: bool = False
    value: Expression | None = None
    named: str | None = None


@dataclass(frozen=True, slots=True)
class Mode:
    """How far a trigger is let go: `canary` acts on a `share` (0 to 1) of the contacts, `shadow` on none."""

    name: Literal["live", "shadow", "canary", "paused"] = "live"
    share: Decimal = Decimal(1)


@dataclass(frozen=True, slots=True)
class Trigger:
    """What to do when something happens: one of the events `on`, or one of the other `occasions`.

    `wait` comes before the first step. `unless` and `unless_events` end a run. With `arms` that differ in
    what they do, `do_by_arm` has the steps of each by its name; else `do` is for all. `text` is the hash of
    the trigger's own text: a waiting run goes by the text under which it began. `hours` and `pressure` None
    mean those of the defaults, for marketing. `rule` is its name in the trace; `is_by_item`: each item is a
    run of its own. Where it markets, consent has to stand for one of the connections `reaches_by`: those of
    its marketing actions, or of all where none is.
    """

    name: str
    about: str
    angle: str
    kind: Kind
    on: frozenset[str]
    when: Expression | None
    once_per: Literal["subject", "contact", "company", "order item"]
    limit: Frequency | None
    late: timedelta
    do: tuple[Step, ...]
    place: Place
    occasions: tuple[Occasion, ...] = ()
    wait: Wait | None = None
    restart: bool = True
    unless: Expression | None = None
    unless_events: frozenset[str] = frozenset()
    for_each: Expression | None = None
    hours: Hours | None = None
    pressure: Frequency | None = None
    priority: int = 0
    group: str | None = None
    loser: Literal["drop", "postpone", "merge"] = "drop"
    suggest: Expression | None = None
    arms: tuple[Arm, ...] = ()
    do_by_arm: abc.Mapping[str, tuple[Step, ...]] = field(default_factory=dict)
    goal: Goal | None = None
    mode: Mode = Mode()
    blast: int | None = None
    stop_at: Decimal | None = None
    text: str = ""
    rule: str = field(init=False, repr=False, compare=False)
    is_by_item: bool = field(init=False, repr=False, compare=False)
    reaches_by: tuple[str, ...] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        marketing = [one for one in self.actions if one.spec.kind is Kind.MARKETING]
        reaches_by = dict.fromkeys(one.connection for one in marketing or self.actions)
        object.__setattr__(self, "rule", f"trigger:{self.name}")
        object.__setattr__(self, "reaches_by", tuple(reaches_by))
        object.__setattr__(self, "is_by_item", self.for_each is not None or self.once_per == "order item")

    @property
    def on_stages(self) -> frozenset[tuple[str, str]]:
        """The entries of stages that it listens to, as journey and stage."""
        return frozenset((one.journey, one.stage) for one in self.occasions if isinstance(one, StageEntered))

    def steps(self, arm: str = "") -> tuple[Step, ...]:
        """What it does in an arm."""
        return self.do_by_arm.get(arm, self.do)

    @property
    def actions(self) -> tuple[ActionTemplate, ...]:
        """Every action that it may do, of all arms, without the waits between them."""
        every = (self.do, *self.do_by_arm.values())
        return tuple(one for steps in every for one in steps if isinstance(one, ActionTemplate))
