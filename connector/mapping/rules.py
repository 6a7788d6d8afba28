"""The rules of a mapping: steps, journeys and triggers, compiled.

Long because it is one contract: the engine reads it from the top, and nothing of it works alone.
"""

from __future__ import annotations

from collections import abc
from dataclasses import dataclass, field
from datetime import time, timedelta
from decimal import Decimal
from typing import Literal, Protocol, TypeAlias, TypeVar

from connector.mapping.durations import Moment
from connector.mapping.rendering import Arguments, made_ready
from connector.mapping.terms import Expression, Frequency, Place, Rendered
from connector.model.action import ActionSpec, Kind


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
    listening: dict[str, list[tuple[int, _Rule]]] = {}
    for number, rule in enumerate(rules, start=1):
        for name in rule.on:
            listening.setdefault(name, []).append((number, rule))
    return {name: tuple(some) for name, some in listening.items()}


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


@dataclass(frozen=True, slots=True)
class StageEntered:
    """The contact enters a stage."""

    journey: str
    stage: str


@dataclass(frozen=True, slots=True)
class DateComes:
    """A date of the contact comes: at a local time, `shift` after it (before it where negative).

    `is_yearly`: every year on that day, else once. `date` is the expression that gives it; in a year without
    29 February that day comes on `leap_day`, a month and a day.
    """

    date: Expression
    at: time = time(9)
    is_yearly: bool = False
    shift: timedelta = timedelta(0)
    leap_day: tuple[int, int] = (2, 28)


@dataclass(frozen=True, slots=True)
class MomentComes:
    """A moment of the calendar comes, for everybody or for a segment; `shift` as of dates."""

    moment: str
    at: time = time(9)
    shift: timedelta = timedelta(0)
    segment: str | None = None


@dataclass(frozen=True, slots=True)
class FallsQuiet:
    """None of the events `since` has happened for `quiet`, after one of them did."""

    quiet: timedelta
    since: frozenset[str]


@dataclass(frozen=True, slots=True)
class ScoreCrosses:
    """A score comes to be above or below a bound; one of the two is there."""

    score: str
    above: Decimal | None = None
    below: Decimal | None = None


@dataclass(frozen=True, slots=True)
class CellEntered:
    """The contact enters a cell of the grid (`hot/good`)."""

    cell: str


@dataclass(frozen=True, slots=True)
class SegmentEntered:
    """The contact comes to belong to a segment."""

    segment: str


Occasion: TypeAlias = (
    StageEntered | DateComes | MomentComes | FallsQuiet | ScoreCrosses | CellEntered | SegmentEntered
)
"""What a trigger can listen to besides events."""


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
