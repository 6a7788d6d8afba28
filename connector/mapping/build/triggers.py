"""From the schema's triggers to rules: what each listens to, whom it reaches, and what it does."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Final

from connector.mapping.build.actions import ActionBuilder
from connector.mapping.build.aims import build_goal
from connector.mapping.build.arms import build_arms, steps_by_arm
from connector.mapping.build.hours import build_hours
from connector.mapping.build.later import tell_later
from connector.mapping.build.occasions import Listening, OccasionBuilder
from connector.mapping.build.waits import WaitBuilder
from connector.mapping.checker import Checker, Names
from connector.mapping.mapping import Defaults
from connector.mapping.nodes import Written
from connector.mapping.rules import ActionTemplate, Mode, Step, Trigger, Wait
from connector.mapping.schema.journeys import JourneyPart
from connector.mapping.schema.triggers import TriggerPart
from connector.mapping.terms import Expression
from connector.model.action import Kind
from connector.model.goods import PRODUCT
from connector.model.types import Sort, Type
from connector.model.vocabulary import SUGGESTED

GUARDED: Final = tuple(Kind)
"""From the most to the least guarded."""

_ITEMS: Final = "order.items"
"""What `once per: order item` goes through, where `for_each` says nothing else."""


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What triggers may name that stands elsewhere in the mapping: journeys, moments, goals."""

    journeys: Mapping[str, JourneyPart]
    contact: Type
    defaults: Defaults
    moments: Collection[str] = ()
    goals: Collection[str] = ()


class TriggerBuilder:
    """Builds the triggers of one mapping; what is wrong is told to the checker."""

    def __init__(self, checker: Checker, actions: ActionBuilder, around: Surroundings) -> None:
        self._checker = checker
        self._actions = actions
        self._around = around
        self._occasions = OccasionBuilder(checker, around.journeys, around.contact, around.moments)
        self._waits = WaitBuilder(checker)

    def build(self, name: Written, part: TriggerPart) -> Trigger:
        """The trigger."""
        self._doubt_keys(part)
        self._check_filled(part)
        self._check_acts(part)
        listening = self._occasions.build(part.on)
        for_each, names = self._for_each(part, listening.names)
        when = self._checker.condition(part.when, names)
        do, by_arm = self._steps(part, self._with_suggested(part, self._checker.given(names, part.when)))
        kind = self._kind(part, [one for steps in (do, *by_arm.values()) for one in steps])
        trigger = Trigger(
            name=str(name),
            about=str(part.about or ""),
            angle=part.angle,
            kind=kind,
            on=listening.events,
            when=when,
            once_per=part.once_per,
            limit=part.limit,
            late=part.late or self._around.defaults.late[kind],
            do=do,
            place=name.place,
            occasions=listening.occasions,
            for_each=for_each,
            do_by_arm=by_arm,
            text=part.text,
        )
        return self._guarded(self._waiting(trigger, part, listening, names), part, names)

    def _waiting(self, trigger: Trigger, part: TriggerPart, listening: Listening, names: Names) -> Trigger:
        """The trigger with what it waits for and what ends that."""
        if part.restart is not None and part.wait is None:
            hint = "there is nothing to begin anew; add wait:, or leave it out"
            self._checker.refuse(part.place_of("restart"), "M171", '"restart" without "wait"', hint)
        for written in part.unless:
            if written in listening.events:
                hint = "an event that begins it cannot call it off"
                self._checker.refuse(written.place, "M171", f'"{written}" also stands under "on"', hint)
        unless, events = self._waits.endings(part.unless, names) if part.unless else (None, frozenset[str]())
        wait: Wait | None = None
        if part.wait is not None:
            wait = self._waits.build(part.wait, part.place_of("wait"), names)
        restart = part.restart is None or part.restart
        return replace(trigger, wait=wait, restart=restart, unless=unless, unless_events=events)

    def _guarded(self, trigger: Trigger, part: TriggerPart, names: Names) -> Trigger:
        """The trigger with its bounds, its arms and what it is to reach."""
        self._check_bounds(part)
        return replace(
            trigger,
            hours=build_hours(part, self._checker),
            pressure=part.pressure,
            priority=part.priority or 0,
            group=str(part.group) if part.group is not None else None,
            loser=part.loser,
            suggest=self._suggested(part.suggest, names),
            arms=build_arms(part, self._checker),
            goal=build_goal(part.goal, self._around.goals, self._around.contact, self._checker),
            mode=part.mode or Mode(),
            blast=part.blast,
            stop_at=part.stop_at,
        )

    def _check_bounds(self, part: TriggerPart) -> None:
        for key in sorted({"priority", "loser"} & part.model_fields_set):
            if part.group is None:
                hint = "triggers of a group act one at a time; add group:, or leave it out"
                self._checker.refuse(part.place_of(key), "M171", f'"{key}" without "group"', hint)
        if part.hold_out is not None and part.mode is not None and part.mode.name == "shadow":
            hint = "nobody gets anything in shadow; leave one of them out"
            self._checker.warn(part.place_of("hold_out"), "M178", '"hold_out" with "mode: shadow"', hint)

    def _doubt_keys(self, part: TriggerPart) -> None:
        if "goal" in part.model_fields_set:
            tell_later(self._checker, "trigger.goal", part.place_of("goal"))
        if part.once_per == "company":
            message = "everybody counts for one of their own"
            self._checker.needs_companies(part.place_of_value("once per"), message)

    def _check_filled(self, part: TriggerPart) -> None:
        filled = {"on": part.on, "do": part.do, "unless": part.unless, "split": part.split}
        for key, some in filled.items():
            if key in part.model_fields_set and not some:
                place = part.place_of_value(key)
                self._checker.refuse(place, "M121", f'"{key}" is empty', "write at least one")

    def _check_acts(self, part: TriggerPart) -> None:
        steps = part.do if isinstance(part.do, tuple) else ()
        if steps and all(one.wait is not None and not one.actions for one in steps):
            hint = "add one below do:, as in - mailchimp.tag: {add: [customer]}"
            self._checker.refuse(
                part.place_of_value("do"), "M138", "this only waits: no action follows", hint
            )
        if part.hold_out == 1:
            hint = "write a share, as in 10%, or mode: shadow for a trial"
            message = "for nobody would anything be done"
            self._checker.refuse(part.place_of_value("hold_out"), "M170", message, hint)

    def _for_each(self, part: TriggerPart, names: Names) -> tuple[Expression | None, Names]:
        """The list that it runs for each element of, and the names with `item`."""
        code = part.for_each
        if code is None and part.once_per == "order item":
            code = Written(_ITEMS, part.place_of("once per"))
        found = self._list(code, names)
        item = getattr(getattr(found, "type", None), "item", None)
        return found, replace(names, known={**names.known, "item": item}) if item is not None else names

    def _list(self, code: Written | None, names: Names) -> Expression | None:
        return self._checker.expression(code, names, Sort.LIST) if code is not None else None

    def _suggested(self, code: Written | None, names: Names) -> Expression | None:
        """The list of products to name."""
        found = self._list(code, names)
        item = getattr(getattr(found, "type", None), "item", None)
        if code is not None and item is not None and item.fields.keys() != PRODUCT.fields.keys():
            hint = "as in order.related or contact.recent.products"
            self._checker.refuse(code.place, "M179", f"{code[:60]} is no list of products", hint)
        return found

    def _with_suggested(self, part: TriggerPart, names: Names) -> Names:
        if part.suggest is None:
            return names
        return replace(names, known={**names.known, "suggested": SUGGESTED})

    def _steps(self, part: TriggerPart, names: Names) -> tuple[tuple[Step, ...], dict[str, tuple[Step, ...]]]:
        """What is done: for all, or by arm."""
        if isinstance(part.do, tuple):
            return self._actions.sequence(part.do, names), {}
        arms = steps_by_arm(part)
        return (), {str(arm): self._actions.sequence(steps, names) for arm, steps in arms.items()}

    def _kind(self, part: TriggerPart, steps: Sequence[Step]) -> Kind:
        """What was written, unless an action asks for more guards; else the most guarded of the actions."""
        do = [one for one in steps if isinstance(one, ActionTemplate)]
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
