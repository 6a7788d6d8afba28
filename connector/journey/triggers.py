"""Triggers: the questions before one acts, in a fixed order, each with a named answer in the trace.

At entry: does it match, its `when`, has it been entered before, its limit, is it too late. Who passes has
entered, once for this key, also if a guard then holds the actions back: an open complaint, missing consent.
"""

from __future__ import annotations

from collections.abc import Iterable
from collections.abc import Mapping as Table
from dataclasses import dataclass, replace

from connector.journey.actions import Rule, act
from connector.journey.conditions import YES, Asked, ask, seen
from connector.journey.guards import guard
from connector.journey.runs import entered, is_used_up
from connector.journey.view import View
from connector.mapping.durations import spoken
from connector.mapping.rules import Trigger
from connector.model.action import Action, Kind
from connector.model.contact import Contact, Run
from connector.model.decision import Answer, TraceEntry


@dataclass(frozen=True, slots=True)
class Pulled:
    """What became of a trigger: the contact with its run, the actions, and its answer."""

    contact: Contact
    actions: tuple[Action, ...]
    entry: TraceEntry


def pull(view: View, trigger: Trigger, key: str) -> Pulled:
    """Ask a trigger that matches the event, and let it act; a rule that fails does nothing."""
    asked = _at_entry(view, trigger, key)
    if asked.refusal:
        return Pulled(view.contact, (), _entry(trigger, asked))
    saw = seen(view, trigger.when)
    guarded = guard(view, trigger.kind, marketed_through(trigger))
    if guarded.asked.refusal:
        held_back = replace(guarded.asked, seen=saw)
        return Pulled(_entered(view, trigger, key, acted=False), (), _entry(trigger, held_back))
    rule = Rule(_name(trigger), key, str(trigger.place), trigger.kind, guarded.evidence, saw)
    done = act(view, rule, trigger.actions)
    if done.entry.answer is Answer.FAILED:
        return Pulled(view.contact, (), done.entry)
    acted = done.entry.answer is Answer.ACTED
    return Pulled(_entered(view, trigger, key, acted), done.actions, done.entry)


def _at_entry(view: View, trigger: Trigger, key: str) -> Asked:
    asked = ask(view, trigger.when)
    if asked.refusal:
        return asked
    runs = view.contact.runs.get(trigger.name, {})
    if key in runs:
        return Asked(Answer.ENTERED_BEFORE, f"it entered at {runs[key].at.isoformat(timespec='seconds')}")
    held_back = _limit(view, trigger, runs) or _late(view, trigger)
    return replace(held_back, seen=seen(view, trigger.when)) if held_back else YES


def _limit(view: View, trigger: Trigger, runs: Table[str, Run]) -> Asked | None:
    if trigger.limit is None or not is_used_up(runs, trigger.limit, view.now):
        return None
    return Asked(
        Answer.LIMIT, f"it acted {trigger.limit.count} times within {spoken(trigger.limit.per)} already"
    )


def _late(view: View, trigger: Trigger) -> Asked | None:
    age = view.now - view.event.occurred_at
    if age <= trigger.late:
        return None
    return Asked(
        Answer.LATE, f"it happened {spoken(age)} ago, and after {spoken(trigger.late)} it is too late"
    )


def _entered(view: View, trigger: Trigger, key: str, acted: bool) -> Contact:
    return entered(view.contact, trigger, key, Run(view.now, acted))


def _entry(trigger: Trigger, asked: Asked) -> TraceEntry:
    answer = asked.refusal or Answer.ACTED
    return TraceEntry(_name(trigger), answer, str(trigger.place), asked.seen, asked.detail)


def _name(trigger: Trigger) -> str:
    return f"trigger:{trigger.name}"


def marketed_through(trigger: Trigger) -> Iterable[str]:
    """The connections whose consent is asked: those of marketing actions, or of all where none is."""
    marketing = [step.connection for step in trigger.actions if step.spec.kind is Kind.MARKETING]
    return marketing or [step.connection for step in trigger.actions]
