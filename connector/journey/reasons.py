"""Why something did not happen in a rehearsal: what the rules that could have done it said to each event."""

from __future__ import annotations

from collections.abc import Iterable

from connector.journey.rehearsal import Heard
from connector.journey.telling import Teller
from connector.mapping.cases import NamedAction
from connector.mapping.in_words import listened
from connector.mapping.mapping import Mapping
from connector.mapping.rules import ActionTemplate, Trigger
from connector.model.decision import Answer, TraceEntry

_OF_THE_EVENT = frozenset({"event", "ledger"})
"""Rules of the trace that speak of an event as a whole: where one says no, no trigger is asked."""


class Reasons:
    """Finds reasons in one rehearsal."""

    def __init__(self, mapping: Mapping, heard: tuple[Heard, ...], tell: Teller) -> None:
        self._mapping = mapping
        self._heard = heard
        self._tell = tell

    def not_in_stage(self, journey: str, stage: str) -> tuple[str, ...]:
        """What the moves to a stage said, or to which events they listen."""
        moves = {
            f"move:{journey}:{number}": move
            for number, move in enumerate(self._mapping.journeys[journey].moves, start=1)
            if move.to == stage
        }
        if said := self._said(moves):
            return tuple(self._tell.answer(one, entry) for one, entry in said)
        events = sorted({event for move in moves.values() for event in move.on})
        return (f"no event that leads there is given; these do: {', '.join(events) or 'none'}",)

    def not_done(self, named: NamedAction) -> tuple[str, ...]:
        """What the rules with this action said, or what they wait for."""
        triggers = [one for one in self._mapping.triggers.values() if self._does(one.actions, named)]
        entered = [
            f"enter:{journey.name}.{stage}"
            for journey in self._mapping.journeys.values()
            for stage, steps in journey.enter.items()
            if self._does(steps, named)
        ]
        rules = [*(f"trigger:{one.name}" for one in triggers), *entered]
        if said := self._said(rules):
            return tuple(self._tell.answer(one, entry) for one, entry in said if not _is_done(entry))
        waiting = tuple(self.not_asked(one) for one in triggers)
        return waiting if rules else ("no rule does this",)

    def last_answer(self, trigger: Trigger) -> tuple[Heard, TraceEntry] | None:
        """What the trigger said when it was last asked, or why the event that it waits for was none."""
        for one in reversed(self._heard):
            is_heard = one.event is not None and one.event.name in trigger.on
            whole = _OF_THE_EVENT if is_heard else frozenset()
            for rules in (frozenset({f"trigger:{trigger.name}"}), whole):
                for entry in one.decision.trace:
                    if entry.rule in rules:
                        return one, entry
        return None

    def not_asked(self, trigger: Trigger) -> str:
        """That nothing happened to which the trigger listens, and what that is."""
        return f"{trigger.name} was not asked; it listens to {', '.join(listened(trigger))}"

    def _does(self, steps: Iterable[ActionTemplate], named: NamedAction) -> bool:
        alike = [step for step in steps if step.spec.name == named.spec.name]
        reached = frozenset(one for step in alike for one in self._mapping.reached_by(step.connection))
        return not reached.isdisjoint(self._mapping.reached_by(named.connection))

    def _said(self, rules: Iterable[str]) -> list[tuple[Heard, TraceEntry]]:
        wanted = frozenset(rules)
        return [(one, entry) for one in self._heard for entry in one.decision.trace if entry.rule in wanted]


def _is_done(entry: TraceEntry) -> bool:
    """Whether the rule did all that it does, so that its actions say enough."""
    return entry.answer is Answer.ACTED and not entry.detail
