"""A trigger is asked: the questions at its entry, in a fixed order, each with a named answer in the trace.

Does it match, its `when`, has it been entered before, its limit, is it too late; then the arm is drawn and
written down. Who passes has entered, once for this key, also if a guard then holds the actions back: an open
complaint, missing consent. A trigger that is paused, or not for this contact yet, is not entered.
"""

from __future__ import annotations

from dataclasses import replace

from connector.errors import ExpressionFailed
from connector.journey import questions
from connector.journey.arms import draw, in_canary
from connector.journey.calls import was_called_off
from connector.journey.conditions import YES, Asked, ask, seen
from connector.journey.entries import Entry, entries
from connector.journey.progress import Progress
from connector.journey.view import View
from connector.journey.walk import Walk
from connector.mapping.durations import spoken
from connector.mapping.rules import Trigger
from connector.model.contact import Run
from connector.model.decision import Answer, TraceEntry
from connector.model.event import Event


def pull(progress: Progress, trigger: Trigger, event: Event, key: str | None = None) -> None:
    """Ask a trigger that the event matches, and let it act or wait; a rule that fails does nothing.

    `key` is that of the run where it does not follow from the event: for entries of a stage, for dates.
    """
    try:
        found = entries(progress.view(event), trigger, key)
    except ExpressionFailed as failure:
        progress.trace.append(_entry(trigger, Asked(Answer.FAILED, str(failure))))
        return
    for entry in found:
        if (trigger.name, entry.key) not in progress.restarted:
            _enter(progress, trigger, event, entry)


def _enter(progress: Progress, trigger: Trigger, event: Event, entry: Entry) -> None:
    view = progress.view(event)
    view = replace(view, names=entry.names) if entry.names else view
    asked = _at_entry(view, trigger, entry.key)
    if asked.refusal:
        progress.trace.append(_entry(trigger, asked))
        return
    now = progress.now
    run = Run(at=now, acted=False, arm=draw(progress.contact, trigger), text=trigger.text)
    since = min(event.occurred_at, now) if trigger.wait else now
    Walk(progress, trigger, entry.key, run, event, since, entry.names, is_fresh=True).start()


def _at_entry(view: View, trigger: Trigger, key: str) -> Asked:
    asked = ask(view, trigger.when)
    if asked.refusal:
        return asked
    held_back = (
        _entered_before(view, trigger, key)
        or questions.used_up(view, trigger)
        or _late(view, trigger)
        or _let_go(view, trigger)
    )
    return replace(held_back, seen=seen(view, trigger.when)) if held_back else YES


def _entered_before(view: View, trigger: Trigger, key: str) -> Asked | None:
    runs = questions.counted(view.mapping, trigger, view.contact.runs.get(trigger.name, {}))
    if key not in runs:
        return None
    return Asked(Answer.ENTERED_BEFORE, f"it entered at {runs[key].at.isoformat(timespec='seconds')}")


def _late(view: View, trigger: Trigger) -> Asked | None:
    age = view.now - view.event.occurred_at
    if age <= trigger.late:
        return None
    return Asked(
        Answer.LATE, f"it happened {spoken(age)} ago, and after {spoken(trigger.late)} it is too late"
    )


def _let_go(view: View, trigger: Trigger) -> Asked | None:
    """Why a trigger that would be entered is not: it is paused, not for this contact yet, or called off."""
    mode = questions.mode_of(view.mapping, trigger)
    if mode.name == "paused":
        return Asked(Answer.STOPPED, "it is paused")
    if not in_canary(view.contact, trigger, mode):
        return Asked(Answer.NOT_IN_CANARY, f"it acts on {mode.share:.0%} of the contacts so far")
    return questions.called_off(view, trigger) or was_called_off(view, trigger)


def _entry(trigger: Trigger, asked: Asked) -> TraceEntry:
    answer = asked.refusal or Answer.ACTED
    return TraceEntry(f"trigger:{trigger.name}", answer, str(trigger.place), asked.seen, asked.detail)
