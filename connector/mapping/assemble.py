"""Puts a mapping together, in the order in which its parts need each other.

It is long because all parts meet here, and nowhere else.
"""

from __future__ import annotations

from collections import abc
from dataclasses import replace
from functools import cached_property
from typing import Final, Literal

from connector.mapping.accounts import Account, Connection
from connector.mapping.build.accounts import AccountBuilder
from connector.mapping.build.actions import ActionBuilder
from connector.mapping.build.calendar import build_moment
from connector.mapping.build.connections import (
    WITH_A_LIST,
)
from connector.mapping.build.defaults import build_defaults
from connector.mapping.build.examples import build_examples
from connector.mapping.build.fields import build_fields, build_filled, filled_at
from connector.mapping.build.goals import build_goal
from connector.mapping.build.journeys import build_journey
from connector.mapping.build.scores import GRID, ScoreBuilder, cell_names
from connector.mapping.build.segments import asking_of_expected, asking_of_scores, build_segments
from connector.mapping.build.source import events_of, tells_companies
from connector.mapping.build.triggers import Surroundings, TriggerBuilder
from connector.mapping.build.unasked import doubt_scores, needs_norms
from connector.mapping.checker import Checker
from connector.mapping.definitions import Definitions, read_all
from connector.mapping.doubts import doubt_rules
from connector.mapping.folder import version_of
from connector.mapping.listening import listeners
from connector.mapping.mapping import Defaults, Mapping, WorkingDays
from connector.mapping.nodes import Table, Written
from connector.mapping.own_events import data_fields
from connector.mapping.part import P, read_part, read_rest
from connector.mapping.presets import Presets
from connector.mapping.rules import Journey, Trigger
from connector.mapping.schema.calendar import MomentPart
from connector.mapping.schema.defaults import DefaultsPart, FieldPart
from connector.mapping.schema.goals import GoalPart
from connector.mapping.schema.journeys import JourneyPart
from connector.mapping.schema.scores import GridPart, ScorePart
from connector.mapping.schema.triggers import TriggerPart
from connector.mapping.scoring import CompanyGoal, Grid, NamedMoment, Score
from connector.mapping.shipped import Sources
from connector.mapping.terms import Expression, Place
from connector.model.action import ActionSpec
from connector.model.types import Type, with_fields
from connector.model.vocabulary import SUBJECTS, company_type, contact_type

MAIN: Final = "main"


class Assembly:
    """One mapping in the making. Where the checker has errors in the end, the result is not used."""

    def __init__(
        self, definitions: Definitions, sources: Sources, specs: abc.Sequence[ActionSpec], checker: Checker
    ) -> None:
        self._definitions = definitions
        self._sources = sources
        self._specs = specs
        self._checker = checker
        self._presets = Presets(checker)

    def mapping(self, files: abc.Mapping[str, bytes]) -> Mapping:
        """The mapping that the definitions make; `files` are the bytes that its version is the hash of."""
        defaults = self._defaults()
        own = self._fields()
        fields = own["contact"]
        connections = self._accounts.connections(fields)
        self._sources.build_own(fields)
        journey_parts = self._journey_parts()
        contact = self._contact(own, journey_parts)
        segments = self._segments(contact, defaults.expected_by)
        self._note_made(connections)
        groups = self._accounts.groups(connections, contact)
        actions = self._actions({**connections, **groups})
        triggers = self._triggers(journey_parts, actions, contact, defaults)
        mapping = Mapping(
            version=version_of({**files, **self._sources.files, **self._presets.files}),
            connections=connections,
            sources=self._sources.built,
            journeys=self._journeys(journey_parts, actions, contact),
            triggers=triggers,
            fields=fields,
            segments=segments,
            defaults=defaults,
            contact_type=contact,
            triggers_on=_by_event(triggers.values()),
            audience=_only_list(connections),
            groups=groups,
            filled=self._filled("contact", connections),
            filled_of_company=self._filled("company", connections),
            filled_at=filled_at(self._field_parts.values()),
            company_type=self._checker.own["company"],
            scores=self._scores(contact),
            grid=self._grid(contact, actions),
            calendar=self._calendar(defaults.working_days),
            goals=self._goals(journey_parts),
        )
        doubt_scores(mapping, self._definitions.trees, self._checker)
        examples = build_examples(self._definitions, mapping, actions, self._checker)
        norms = needs_norms(defaults, self._definitions.trees)
        return replace(mapping, examples=examples, needs_norms=norms)

    @cached_property
    def _accounts(self) -> AccountBuilder:
        platforms = {spec.platform for spec in self._specs}
        return AccountBuilder(self._definitions.of("connections"), self._sources, platforms, self._checker)

    def _actions(self, accounts: abc.Mapping[str, Account]) -> ActionBuilder:
        broken = frozenset(self._definitions.of("connections").keys() - accounts.keys())
        return ActionBuilder(self._checker, accounts, broken, self._specs)

    def _parts(self, sort: str, model: type[P]) -> dict[Written, P]:
        return read_all(model, self._definitions.of(sort).values(), self._checker.problems)

    def _journey_parts(self) -> dict[Written, JourneyPart]:
        journeys = self._definitions.of("journeys").values()
        read = {
            one.name: read_part(JourneyPart, self._presets.expanded(one.tree), self._checker.problems)
            for one in journeys
        }
        return {name: part for name, part in read.items() if part is not None}

    def _defaults(self) -> Defaults:
        table = self._definitions.defaults or Table(Place("", 0, 0))
        part = read_part(DefaultsPart, table, self._checker.problems)
        segments = self._definitions.of("segments")
        defaults = build_defaults(part or DefaultsPart(), segments, self._checker)
        self._checker.zone, self._checker.locale = defaults.time_zone, defaults.locale
        self._checker.week = defaults.working_days
        return defaults

    def _fields(self) -> dict[str, dict[str, Type]]:
        described = {name: one.tree for name, one in self._definitions.of("connections").items()}
        platforms = [
            name for name, tree in described.items() if isinstance(tree, Table) and "platform" in tree
        ]
        fields = build_fields(self._field_parts, platforms, self._checker)
        self._checker.own["company"] = company_type(fields["company"])
        return fields

    def _filled(
        self, whose: Literal["contact", "company"], connections: abc.Mapping[str, Connection]
    ) -> dict[tuple[str, str], tuple[str, ...]]:
        return build_filled(self._field_parts, whose, connections, self._sources.built, self._checker)

    @cached_property
    def _field_parts(self) -> dict[Written, FieldPart]:
        return self._parts("fields", FieldPart)

    def _contact(
        self, fields: abc.Mapping[str, abc.Mapping[str, Type]], journeys: abc.Mapping[Written, JourneyPart]
    ) -> Type:
        """What rules may ask of a contact, by the names that the mapping gives; and of company, product."""
        self._checker.own["company"] = company_type(fields["company"], _orders(journeys, "company"))
        self._checker.own["product"] = with_fields(SUBJECTS["product"], fields["product"])
        scores = [name for name in self._definitions.of("scores") if name != GRID]
        return contact_type(
            fields["contact"],
            _orders(journeys),
            tuple(self._definitions.of("segments")),
            scores,
            cell_names(self._grid_part),
        )

    @cached_property
    def _grid_part(self) -> GridPart | None:
        described = self._definitions.of("scores").get(GRID)
        return read_part(GridPart, described.tree, self._checker.problems) if described else None

    @cached_property
    def _score_parts(self) -> dict[Written, ScorePart]:
        described = self._definitions.of("scores").items()
        return read_all(ScorePart, [one for name, one in described if name != GRID], self._checker.problems)

    def _segments(self, contact: Type, expected_by: abc.Sequence[str]) -> dict[str, Expression]:
        others = asking_of_scores(self._score_parts, self._grid_part)
        others.append(asking_of_expected(expected_by))
        return build_segments(self._definitions.of("segments"), others, contact, self._checker)

    def _scores(self, contact: Type) -> dict[str, Score]:
        builder = ScoreBuilder(self._checker, contact)
        return {str(name): builder.score(name, part) for name, part in self._score_parts.items()}

    def _calendar(self, week: WorkingDays) -> dict[str, NamedMoment]:
        parts = self._parts("calendar", MomentPart)
        return {str(name): build_moment(name, part, week, self._checker) for name, part in parts.items()}

    def _goals(self, journeys: abc.Mapping[Written, JourneyPart]) -> dict[str, CompanyGoal]:
        plain = {str(name): part for name, part in journeys.items()}
        parts = self._parts("goals", GoalPart)
        return {str(name): build_goal(name, part, plain, self._checker) for name, part in parts.items()}

    def _grid(self, contact: Type, actions: ActionBuilder) -> Grid | None:
        if self._grid_part is None:
            return None
        scores = self._definitions.of("scores").keys() - {GRID}
        return ScoreBuilder(self._checker, contact).grid(self._grid_part, scores, actions)

    def _note_made(self, connections: abc.Mapping[str, Connection]) -> None:
        self._checker.data = data_fields(self._sources.built.values())
        self._checker.listening = tuple(name for name, one in connections.items() if one.source is not None)
        used = {one.source for one in connections.values() if one.source is not None}
        if used:
            self._checker.tells_companies = any(tells_companies(self._sources.built[name]) for name in used)
            self._checker.made = frozenset(
                event for name in used for event in events_of(self._sources.built[name])
            )

    def _journeys(
        self, parts: abc.Mapping[Written, JourneyPart], actions: ActionBuilder, contact: Type
    ) -> dict[str, Journey]:
        if len(parts) > 1 and MAIN not in parts:
            hint = "call one of them main, or always ask for contact.stages.NAME"
            second = sorted(parts)[1]
            self._checker.warn(
                second.place, "M150", "several journeys, and contact.stage is in none of them", hint
            )
        return {
            str(name): build_journey(name, part, contact, actions, self._checker)
            for name, part in parts.items()
        }

    def _triggers(
        self,
        journeys: abc.Mapping[Written, JourneyPart],
        actions: ActionBuilder,
        contact: Type,
        defaults: Defaults,
    ) -> dict[str, Trigger]:
        plain = {str(name): part for name, part in journeys.items()}
        named = {sort: tuple(self._definitions.of(sort)) for sort in ("calendar", "goals")}
        around = Surroundings(plain, contact, defaults, named["calendar"], named["goals"])
        builder = TriggerBuilder(self._checker, actions, around)
        triggers = {}
        for name, one in self._definitions.of("triggers").items():
            part = read_part(TriggerPart, one.tree, self._checker.problems) or read_rest(
                TriggerPart, one.tree
            )
            if part is not None:
                triggers[name] = builder.build(one.name, part)
        written = self._definitions.defaults
        doubt_rules(triggers.values(), defaults, written.place if written else None, self._checker)
        return triggers


def _orders(
    journeys: abc.Mapping[Written, JourneyPart], subject: str | None = None
) -> dict[str, tuple[str, ...]]:
    """The stages in their order, of all journeys or of those that such a subject goes through."""
    return {
        str(name): tuple(map(str, part.stages))
        for name, part in journeys.items()
        if subject in (None, part.subject)
    }


def _by_event(triggers: abc.Iterable[Trigger]) -> dict[str, tuple[Trigger, ...]]:
    found = listeners((event, one) for one in triggers for event in sorted(one.on))
    return dict(sorted(found.items()))


def _only_list(connections: abc.Mapping[str, Connection]) -> str | None:
    lists = [one.name for one in connections.values() if WITH_A_LIST in one.settings]
    return lists[0] if len(lists) == 1 else None
