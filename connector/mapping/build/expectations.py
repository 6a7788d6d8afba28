"""From what an example expects to what can be compared: stages, actions and reasons that exist.

What the definitions name exists, even where it has problems of its own: those are told once, at their place.
"""

from __future__ import annotations

from collections.abc import Iterator
from collections.abc import Mapping as Dictionary
from typing import Final

from connector.mapping.accounts import Group
from connector.mapping.arguments import check_names, plain
from connector.mapping.build.actions import ActionBuilder
from connector.mapping.build.journeys import know_stage
from connector.mapping.cases import Expectation, NamedAction
from connector.mapping.checker import Checker
from connector.mapping.definitions import Definitions
from connector.mapping.durations import parse_moment
from connector.mapping.example_values import YES
from connector.mapping.local_time import parse_local
from connector.mapping.mapping import Mapping
from connector.mapping.nodes import Table, Tree, Written
from connector.mapping.rules import Trigger
from connector.mapping.scalars import did_you_mean
from connector.mapping.schema.examples import ExpectPart, NamedActionPart
from connector.mapping.terms import Place
from connector.model.action import ActionSpec
from connector.model.decision import WHY_NOT, Answer

MAIN = "main"

_ENDS: Final = frozenset({"done", "unless", "merged"})
"""How a run can end besides by an event and by what its questions say, as its `ended` has it."""


class ExpectationBuilder:
    """Builds what examples expect of one mapping; what is wrong is told to the checker."""

    def __init__(
        self, definitions: Definitions, mapping: Mapping, actions: ActionBuilder, checker: Checker
    ) -> None:
        self._journey_names = definitions.of("journeys").keys()
        self._trigger_names = definitions.of("triggers").keys()
        self._journeys = mapping.journeys
        self._triggers = mapping.triggers
        self._actions = actions
        self._checker = checker

    def build(self, part: ExpectPart) -> Expectation:
        """What one example expects."""
        is_silent = [str(one) for one in part.no_actions if isinstance(one, Written) and one in YES]
        if part.is_empty:
            hint = "expect a stage, actions, no_actions, held_back or ended"
            self._checker.refuse(part.place, "M121", "an example that expects nothing proves nothing", hint)
        return Expectation(
            stages=self._stages(part.stage),
            actions=self._named(part.actions),
            no_actions=() if is_silent else self._named(part.no_actions),
            is_silent=bool(is_silent),
            held_back=self._held_back(part),
            ended=self._ended(part),
        )

    def _stages(self, written: Written | dict[Written, Written] | None) -> dict[str, str]:
        if written is None:
            return {}
        if isinstance(written, dict):
            return {str(journey): self._stage(journey, stage) for journey, stage in written.items()}
        names = list(self._journey_names)
        journey = MAIN if MAIN in names or not names else names[0]
        if len(names) > 1 and journey != MAIN:
            hint = f"say which, as in {{{names[0]}: {written[:60]}}}"
            self._checker.refuse(written.place, "M132", "there are several journeys", hint)
            return {}
        return {journey: self._stage(Written(journey, written.place), written)}

    def _stage(self, journey: Written, stage: Written) -> str:
        if journey not in self._journey_names:
            hint = did_you_mean(journey, self._journey_names) or "describe it under journeys:"
            self._checker.refuse(journey.place, "M132", f'there is no journey "{journey[:60]}"', hint)
        elif known := self._journeys.get(journey):
            know_stage(stage, known.order, self._checker)
        return str(stage)

    def arms(self, written: Dictionary[Written, Written]) -> dict[str, str]:
        """The arms that an example fixes, by trigger."""
        for trigger, arm in written.items():
            self._know_trigger(trigger)
            known = self._triggers.get(trigger)
            names = [one.name for one in known.arms] if known else [str(arm)]
            if arm not in names:
                hint = did_you_mean(arm, names) or "it has neither hold_out nor split"
                self._checker.refuse(arm.place, "M170", f'"{trigger}" has no arm "{arm[:60]}"', hint)
        return {str(trigger): str(arm) for trigger, arm in written.items()}

    def _know_trigger(self, name: Written) -> None:
        if name not in self._trigger_names:
            hint = did_you_mean(name, self._trigger_names)
            self._checker.refuse(name.place, "M147", f'there is no trigger "{name[:60]}"', hint)

    def _ended(self, part: ExpectPart) -> dict[str, str]:
        for trigger, word in part.ended.items():
            self._know_trigger(trigger)
            known = self._triggers.get(trigger)
            if known is not None and word not in WHY_NOT and word not in _ENDS:
                self._check_ender(word, known)
        return {str(trigger): str(WHY_NOT.get(word, word)) for trigger, word in part.ended.items()}

    def _check_ender(self, event: Written, trigger: Trigger) -> None:
        """That the event is one that calls the trigger off."""
        if event not in trigger.unless_events:
            hint = did_you_mean(event, trigger.unless_events) or f"known: {', '.join(sorted(_ENDS))}"
            message = f'"{event[:60]}" does not end "{trigger.name}"'
            self._checker.refuse(event.place, "M174", message, hint)

    def _held_back(self, part: ExpectPart) -> dict[str, Answer]:
        for trigger in part.held_back:
            self._know_trigger(trigger)
        return {str(trigger): WHY_NOT[str(word)] for trigger, word in part.held_back.items()}

    def _named(self, parts: tuple[Written | NamedActionPart, ...]) -> tuple[NamedAction, ...]:
        return tuple(one for part in parts for one in self._actions_of(part))

    def _actions_of(self, part: Written | NamedActionPart) -> Iterator[NamedAction]:
        if isinstance(part, Written):
            yield from self._action(str(part), part.place, Table(part.place))
            return
        for name, (place, node) in part.others.items():
            yield from self._action(name, place, node)

    def _action(self, name: str, place: Place, node: Tree) -> Iterator[NamedAction]:
        if isinstance(node, Written) and node.is_nothing:
            node = Table(place)
        if not isinstance(node, Table):
            self._checker.refuse(node.place, "M122", f'"{name}": arguments are wanted', "as in {title: Call}")
            return
        found = self._actions.find(name, place)
        if found is None:
            return
        connection, spec = found
        self._checker.problems.extend(check_names(spec, node))
        self._check_moments(spec, node)
        members = connection.members.values() if isinstance(connection, Group) else ()
        yield NamedAction(connection.name, spec, plain(node), place, frozenset(members))

    def _check_moments(self, spec: ActionSpec, table: Table) -> None:
        for name in sorted(spec.moments & table.keys()):
            written = table[name]
            if isinstance(written, Written) and not _is_moment(written, self._checker):
                hint = 'write it as "2026-11-02 17:00", or as the rule does, as in 1 working day'
                self._checker.refuse(written.place, "M123", f'"{written[:60]}" is no moment', hint)


def _is_moment(text: str, checker: Checker) -> bool:
    for parse in (lambda: parse_local(text, checker.zone), lambda: parse_moment(text)):
        try:
            parse()
        except ValueError:
            continue
        return True
    return False
