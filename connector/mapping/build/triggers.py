"""From the schema's triggers to rules: what each listens to, whom it reaches, and what it does."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final

from connector.mapping.build.actions import ActionBuilder
from connector.mapping.build.journeys import events_into, know_stage
from connector.mapping.checker import Checker, every_name, names_for
from connector.mapping.mapping import Defaults
from connector.mapping.nodes import Written
from connector.mapping.rules import ActionTemplate, StageEntered, Trigger
from connector.mapping.scalars import did_you_mean
from connector.mapping.schema.journeys import JourneyPart
from connector.mapping.schema.triggers import EntryPart, TriggerPart
from connector.model.action import Kind
from connector.model.types import Type

GUARDED: Final = tuple(Kind)
"""From the most to the least guarded."""


class TriggerBuilder:
    """Builds triggers in one mapping, whose journeys they may listen to."""

    def __init__(
        self,
        checker: Checker,
        actions: ActionBuilder,
        journeys: Mapping[str, JourneyPart],
        contact: Type,
        defaults: Defaults,
    ) -> None:
        self._checker = checker
        self._actions = actions
        self._journeys = journeys
        self._contact = contact
        self._defaults = defaults

    def build(self, name: Written, part: TriggerPart) -> Trigger:
        """The trigger; what is wrong is told to the checker."""
        for key, some in (("on", part.on), ("do", part.do)):
            if not some:
                self._checker.refuse(
                    part.place_of_value(key), "M121", f'"{key}" is empty', "write at least one"
                )
        events = [one for one in part.on if isinstance(one, Written)]
        on = frozenset(str(one) for one in events if self._checker.event(one))
        stages = frozenset(self._entry(one.stage) for one in part.on if isinstance(one, EntryPart))
        into = (events_into(self._journeys[journey], stage) for journey, stage in stages if journey)
        is_known = on.issuperset(events)
        names = names_for(on.union(*into), self._contact) if is_known else every_name(self._contact)
        when = self._checker.condition(part.when, names)
        do = self._actions.steps(part.do, self._checker.given(names, part.when))
        kind = self._kind(part, do)
        return Trigger(
            name=str(name),
            about=str(part.about or ""),
            angle=part.angle,
            kind=kind,
            on=on,
            when=when,
            once_per=part.once_per,
            limit=part.limit,
            late=part.late or self._defaults.late[kind],
            do=do,
            place=name.place,
            occasions=tuple(StageEntered(*one) for one in sorted(stages)),
        )

    def _entry(self, written: Written) -> tuple[str, str]:
        """Journey and stage of `care` or `main.care`; no journey where there is no such stage."""
        journey, dot, stage = written.rpartition(".")
        if dot and journey in self._journeys:
            known = self._journeys[journey].stages
            know_stage(Written(stage, written.place), known, self._checker)
            return (journey, stage) if stage in known else ("", stage)
        found = [name for name, part in self._journeys.items() if written in part.stages]
        if len(found) == 1 or "main" in found:
            return ("main" if "main" in found else found[0]), str(written)
        self._refuse_stage(written, found)
        return "", str(written)

    def _refuse_stage(self, written: Written, found: Sequence[str]) -> None:
        if found:
            hint = f"say which: {', '.join(f'{name}.{written}' for name in sorted(found))}"
            self._checker.refuse(written.place, "M132", f'several journeys have a stage "{written}"', hint)
        else:
            known = {stage for part in self._journeys.values() for stage in part.stages}
            hint = did_you_mean(written, known)
            self._checker.refuse(written.place, "M132", f'there is no stage "{written[:60]}"', hint)

    def _kind(self, part: TriggerPart, do: Sequence[ActionTemplate]) -> Kind:
        """What was written, unless an action asks for more guards; else the most guarded of the actions."""
        strictest = min(do, key=lambda one: GUARDED.index(one.spec.kind), default=None)
        if part.kind is None:
            return strictest.spec.kind if strictest else Kind.INTERNAL
        kind = Kind(part.kind)
        if strictest is not None and GUARDED.index(strictest.spec.kind) < GUARDED.index(kind):
            action = f"{strictest.connection}.{strictest.spec.name}"
            message = f'"kind: {kind}" is less guarded than {action}, which is {strictest.spec.kind}'
            hint = f"write kind: {strictest.spec.kind}, or leave it out"
            self._checker.refuse(part.place_of_value("kind"), "M139", message, hint)
        return kind
