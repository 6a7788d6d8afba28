"""The mapping as all other rooms see it: immutable, checked, compiled. Nothing here knows of YAML."""

from __future__ import annotations

from collections import abc
from dataclasses import dataclass, field
from datetime import timedelta
from decimal import Decimal
from typing import Final, Literal, TypeAlias, TypeVar, cast
from zoneinfo import ZoneInfo

from connector.mapping.accounts import Connection, Group
from connector.mapping.cases import Example
from connector.mapping.listening import listeners
from connector.mapping.norms import BY_BOUNDS, UNKNOWN, Norms, Rfm
from connector.mapping.rules import DateComes, Hours, Journey, Occasion, StageEntered, Trigger
from connector.mapping.scoring import CompanyGoal, Grid, NamedMoment, Score
from connector.mapping.source import Source
from connector.mapping.terms import Expression, Frequency, Place
from connector.mapping.watching import Watch, watch_of
from connector.model.action import Kind
from connector.model.types import Type
from connector.model.vocabulary import company_type

Sought = TypeVar("Sought", bound=Occasion)

Plan: TypeAlias = Literal["keep", "move", "end"]
"""What a publication says of runs that wait under an older text: go by that text, by the new one, or end."""

PLANS: Final[abc.Mapping[str, Plan]] = {"keep": "keep", "move": "move", "end": "end"}
"""The plans as they are written."""


@dataclass(frozen=True, slots=True)
class WorkingDays:
    """The days on which colleagues work: weekdays (Monday is 0), less the public holidays of a country."""

    days: frozenset[int] = frozenset({0, 1, 2, 3, 4})
    holidays: str | None = None


@dataclass(frozen=True, slots=True)
class Defaults:
    """What holds where a rule says nothing else. `consent` names per channel the event that is consent.

    `expected_by` are the segments whose usual interval between two orders counts for who is in them.
    `most_new` is the share by which a publication may let an account grow that is paid for by people.
    """

    time_zone: ZoneInfo
    locale: str
    working_days: WorkingDays
    consent: abc.Mapping[str, str]
    late: abc.Mapping[Kind, timedelta]
    hours: Hours | None = None
    pressure: Frequency | None = None
    rfm: Rfm = BY_BOUNDS
    expected_by: tuple[str, ...] = ()
    most_new: Decimal | None = None


@dataclass(frozen=True, slots=True, eq=False, weakref_slot=True)
class Mapping:
    """The checked whole. `version` is the hash of its text and of the shipped files that it uses.

    `triggers_on` finds the rules that listen to an event, so that the others cost nothing; they stand by
    their priority, then by name: the order in which they were written decides nothing.
    `contact_type` is the model that its expressions were checked against. `audience` is the only connection
    that has a list of its own (a Mailchimp audience), where there is exactly one: consent that names no list
    counts there. `kept` are triggers of older texts by name and text, compiled against this mapping, because
    runs that began under them still wait; `plans` say, by the same names, what is to become of these runs
    where it is not `keep`, and `gone` has those whose text does not compile any more. `groups` are accounts
    of which each contact has one; `filled` are own fields by the connection and property that fill them.
    `company_type` and `filled_of_company` are the same for the company of a contact; `filled_at` says where
    either is written.
    `norms` say what is usual among the contacts, and `needs_norms` whether anything in it asks for that.
    `points_on` finds the rules of scores that listen to an event, each as its score and its number there.
    `stopped` are the rules that a person, or a fuse, has stopped (`trigger:welcome`; the empty one is all).
    `pressures` are all bounds of contact pressure that hold for some trigger, or for all.
    `is_watchful`: something in it happens to contacts without an event that says so; `has_quiet_moves`: that
    may be a move from one stage to another. `watch` is what they can come into and leave so, and
    `looks_at_events`: what time brings them may be another at one event than at another. `lists` is the only
    group whose members all have a list: a contact's list is that of its member. `platforms` are the
    connections on which actions can be done.
    """

    version: str
    connections: abc.Mapping[str, Connection]
    sources: abc.Mapping[str, Source]
    journeys: abc.Mapping[str, Journey]
    triggers: abc.Mapping[str, Trigger]
    fields: abc.Mapping[str, Type]
    segments: abc.Mapping[str, Expression]
    defaults: Defaults
    contact_type: Type
    triggers_on: abc.Mapping[str, tuple[Trigger, ...]]
    audience: str | None = None
    examples: tuple[Example, ...] = ()
    scores: abc.Mapping[str, Score] = field(default_factory=dict)
    grid: Grid | None = None
    calendar: abc.Mapping[str, NamedMoment] = field(default_factory=dict)
    goals: abc.Mapping[str, CompanyGoal] = field(default_factory=dict)
    kept: abc.Mapping[tuple[str, str], Trigger] = field(default_factory=dict)
    plans: abc.Mapping[tuple[str, str], Plan] = field(default_factory=dict)
    groups: abc.Mapping[str, Group] = field(default_factory=dict)
    filled: abc.Mapping[tuple[str, str], tuple[str, ...]] = field(default_factory=dict)
    company_type: Type = field(default_factory=company_type)
    filled_of_company: abc.Mapping[tuple[str, str], tuple[str, ...]] = field(default_factory=dict)
    filled_at: abc.Mapping[tuple[str, str], Place] = field(default_factory=dict)
    gone: frozenset[tuple[str, str]] = frozenset()
    stopped: frozenset[str] = frozenset()
    norms: Norms = UNKNOWN
    needs_norms: bool = False
    pressures: frozenset[Frequency] = field(init=False, repr=False, compare=False)
    is_watchful: bool = field(init=False, repr=False, compare=False)
    has_quiet_moves: bool = field(init=False, repr=False, compare=False)
    looks_at_events: bool = field(init=False, repr=False, compare=False)
    platforms: frozenset[str] = field(init=False, repr=False, compare=False)
    points_on: abc.Mapping[str, tuple[tuple[Score, int], ...]] = field(init=False, repr=False, compare=False)
    watch: Watch = field(init=False, repr=False, compare=False)
    lists: Group | None = field(init=False, repr=False, compare=False)
    _journeys: abc.Mapping[str, abc.Mapping[str, Journey]] = field(init=False, repr=False, compare=False)
    _turned_by: abc.Mapping[str, tuple[Journey, ...]] = field(init=False, repr=False, compare=False)
    _occasions: abc.Mapping[type, tuple[tuple[Trigger, Occasion], ...]] = field(
        init=False, repr=False, compare=False
    )
    _on_stages: abc.Mapping[tuple[str, str], tuple[Trigger, ...]] = field(
        init=False, repr=False, compare=False
    )

    def __post_init__(self) -> None:
        occasions = _by_kind(self.triggers.values())
        has_quiet = _has_quiet(self)
        is_watchful = bool(occasions.keys() - {StageEntered}) or has_quiet or _has_acting_cells(self)
        ranked = {name: tuple(sorted(some, key=rank)) for name, some in self.triggers_on.items()}
        object.__setattr__(self, "triggers_on", ranked)
        object.__setattr__(self, "_occasions", occasions)
        object.__setattr__(self, "_on_stages", _by_stage(self.triggers.values()))
        object.__setattr__(self, "_journeys", _by_subject(self.journeys))
        object.__setattr__(self, "_turned_by", _by_event(self._journeys["contact"].values()))
        object.__setattr__(self, "points_on", _points_on(self.scores.values()))
        object.__setattr__(self, "pressures", _pressures(self))
        object.__setattr__(self, "platforms", _platforms(self.connections))
        object.__setattr__(self, "is_watchful", is_watchful)
        object.__setattr__(self, "has_quiet_moves", has_quiet)
        object.__setattr__(self, "watch", watch_of(self.triggers.values(), self.grid, self.scores))
        object.__setattr__(self, "lists", _group_of_lists(self))
        object.__setattr__(self, "looks_at_events", _looks_at_events(self))

    def listening(self, kind: type[Sought]) -> abc.Sequence[tuple[Trigger, Sought]]:
        """The triggers that listen to occasions of a kind (`DateComes`), each with its occasion."""
        return cast("abc.Sequence[tuple[Trigger, Sought]]", self._occasions.get(kind, ()))

    def on_stage(self, journey: str, stage: str) -> tuple[Trigger, ...]:
        """The triggers that listen to a stage being entered, by their priority, then by name."""
        return self._on_stages.get((journey, stage), ())

    def journeys_of(self, subject: Literal["contact", "company"]) -> abc.Mapping[str, Journey]:
        """The journeys that contacts go through, or companies."""
        return self._journeys[subject]

    def turned_by(self, event: str) -> tuple[Journey, ...]:
        """The journeys of contacts of which a move listens to an event."""
        return self._turned_by.get(event, ())

    def is_stopped(self, trigger: str) -> bool:
        """Whether nothing of a trigger is done until a person lets it go on."""
        return bool(self.stopped) and ("" in self.stopped or f"trigger:{trigger}" in self.stopped)

    def reached_by(self, name: str) -> frozenset[str]:
        """The connections that an action on `name` may act on: the members of a group, else itself."""
        group = self.groups.get(name)
        return frozenset(group.members.values()) if group is not None else frozenset({name})

    def trigger_of(self, name: str, text: str) -> Trigger | None:
        """The trigger by which a run goes that began under `text`; None where that text cannot be kept."""
        live = self.triggers.get(name)
        return live if live is not None and live.text == text else self.kept.get((name, text))


def rank(trigger: Trigger) -> tuple[int, str]:
    """Which of several triggers goes first: that of the higher priority, then by name."""
    return -trigger.priority, trigger.name


def _platforms(connections: abc.Mapping[str, Connection]) -> frozenset[str]:
    return frozenset(name for name, one in connections.items() if one.platform is not None)


def _pressures(mapping: Mapping) -> frozenset[Frequency]:
    own = {one.pressure for one in mapping.triggers.values() if one.kind is Kind.MARKETING}
    return frozenset(bound for bound in {mapping.defaults.pressure, *own} if bound)


def _group_of_lists(mapping: Mapping) -> Group | None:
    of_lists = [
        one
        for one in mapping.groups.values()
        if all("audience" in mapping.connections[name].settings for name in one.members.values())
    ]
    return of_lists[0] if len(of_lists) == 1 else None


def _looks_at_events(mapping: Mapping) -> bool:
    """Whether a date, a move by quiet or the choice of a list may ask what the event is."""
    of_dates = any("event" in one.date.text for _, one in mapping.listening(DateComes))
    of_lists = mapping.audience is None and mapping.lists is not None
    return mapping.has_quiet_moves or of_dates or of_lists


def _has_quiet(mapping: Mapping) -> bool:
    return any(move.quiet for journey in mapping.journeys.values() for move in journey.moves)


def _by_subject(journeys: abc.Mapping[str, Journey]) -> dict[str, dict[str, Journey]]:
    subjects: dict[str, dict[str, Journey]] = {"contact": {}, "company": {}}
    for name, one in journeys.items():
        subjects[one.subject][name] = one
    return subjects


def _by_event(journeys: abc.Iterable[Journey]) -> dict[str, tuple[Journey, ...]]:
    return listeners((event, one) for one in journeys for event in one.moves_on)


def _points_on(scores: abc.Iterable[Score]) -> dict[str, tuple[tuple[Score, int], ...]]:
    return listeners(
        (event, (one, number))
        for one in scores
        for event, rules in one.points_on.items()
        for number, _ in rules
    )


def _has_acting_cells(mapping: Mapping) -> bool:
    return mapping.grid is not None and any(cell.do for cell in mapping.grid.cells.values())


def _by_stage(triggers: abc.Iterable[Trigger]) -> dict[tuple[str, str], tuple[Trigger, ...]]:
    return listeners((entry, one) for one in sorted(triggers, key=rank) for entry in one.on_stages)


def _by_kind(triggers: abc.Iterable[Trigger]) -> dict[type, tuple[tuple[Trigger, Occasion], ...]]:
    return listeners((type(it), (one, it)) for one in triggers for it in one.occasions)
