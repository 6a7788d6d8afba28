"""A trigger is asked: the questions at its entry, in a fixed order, each with a named answer in the trace.

Does it match, its `when`, has it been entered before, its limit, is it too late; then the arm is drawn and
written down. Who passes has entered, once for this key, also if a guard then holds the actions back: an open
complaint, missing consent. A trigger that is paused, or not for this contact yet, is not entered.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Final

from connector.errors import ExpressionFailed
from connector.journey import plans, questions
from connector.journey.arms import draw, in_canary
from connector.journey.calls import was_called_off
from connector.journey.conditions import Asked, ask, seen
from connector.journey.entries import Entry, entries
from connector.journey.progress import Progress
from connector.journey.runs import key_of
from connector.journey.view import View
from connector.journey.walk import Walk
from connector.mapping.durations import spoken
from connector.mapping.local_time import tell_local
from connector.mapping.rules import Trigger
from connector.model.contact import Run
from connector.model.decision import Answer, TraceEntry
from connector.model.event import Event

MOST_WAITING: Final = 1000
"""How many runs of one trigger may wait for one contact."""


def pull(progress: Progress, trigger: Trigger, event: Event, key: str | None = None) -> None:
    """Ask a trigger that the event matches, and let it act or wait; a rule that fails does nothing.

    `key` is that of the run where it does not follow from the event: for entries of a stage, for dates.
    """
    if trigger.is_by_item:
        _pull_by_item(progress, trigger, event, key)
        return
    contact = progress.contact
    if progress.restarted and (trigger.name, key or key_of(trigger, contact, event)) in progress.restarted:
        return
    if _is_wanted(progress, trigger, progress.view(event)):
        enter(progress, trigger, event, Entry(key or key_of(trigger, contact, event)), is_fresh=True)


def _pull_by_item(progress: Progress, trigger: Trigger, event: Event, key: str | None) -> None:
    try:
        found = entries(progress.view(event), trigger, key)
    except ExpressionFailed as failure:
        progress.trace.append(told(trigger, Asked(Answer.FAILED, str(failure))))
        return
    if not found:
        progress.trace.append(told(trigger, Asked(Answer.NO, "there is no item")))
    for entry in found:
        view = replace(progress.view(event), names=entry.names)
        if (trigger.name, entry.key) not in progress.restarted and _is_wanted(progress, trigger, view):
            enter(progress, trigger, event, entry, is_fresh=True)


def _is_wanted(progress: Progress, trigger: Trigger, view: View) -> bool:
    """Ask `when`. Most rules say no: until then nothing else is worked out."""
    asked = ask(view, trigger.when)
    if asked.refusal:
        progress.trace.append(told(trigger, asked))
    return asked.refusal is None


def enter(
    progress: Progress, trigger: Trigger, event: Event, entry: Entry, *, is_fresh: bool = False
) -> None:
    """Ask what else is asked at entry, once `when` has said yes; who passes acts or waits.

    `is_fresh`: it has said so of the newest state. Otherwise it is asked once more before the first action.
    """
    view = progress.view(event)
    view = replace(view, names=entry.names) if entry.names else view
    if held_back := _held_back(view, trigger, entry.key):
        progress.trace.append(told(trigger, replace(held_back, seen=seen(view, trigger.when))))
        return
    now = progress.now
    run = Run(at=now, acted=False, arm=draw(progress.contact, trigger), text=trigger.text)
    since = min(event.occurred_at, now) if trigger.wait else now
    Walk(progress, trigger, entry.key, run, event, since, entry.names, is_fresh).start()


def _held_back(view: View, trigger: Trigger, key: str) -> Asked | None:
    runs = view.contact.runs.get(trigger.name)
    if not runs:
        return (
            _entered_by_colleague(view, trigger, key)
            or questions.used_up(view, trigger)
            or _late(view, trigger)
            or _let_go(view, trigger)
        )
    return (
        _entered_before(view, trigger, key)
        or questions.used_up(view, trigger)
        or _late(view, trigger)
        or _let_go(view, trigger)
        or _crowded(runs)
    )


def _entered_before(view: View, trigger: Trigger, key: str) -> Asked | None:
    runs = questions.counted(view.mapping, trigger, view.contact.runs.get(trigger.name, {}))
    if key not in runs:
        return _entered_by_colleague(view, trigger, key)
    at = tell_local(runs[key].at, view.mapping.defaults.time_zone)
    return Asked(Answer.ENTERED_BEFORE, f"it entered on {at}")


def _entered_by_colleague(view: View, trigger: Trigger, key: str) -> Asked | None:
    """That a rule which is meant once for a company was entered for another of its people."""
    company = view.contact.company
    entry = company.entered.get(trigger.name, {}).get(key) if company else None
    if company is None or entry is None or entry.contact_id == view.contact.id:
        return None
    if entry.is_shadow and plans.mode_of(view.mapping, trigger).name != "shadow":
        return None
    colleague = company.people.get(entry.contact_id)
    who = (colleague.name or colleague.email) if colleague else None
    at = tell_local(entry.at, view.mapping.defaults.time_zone)
    return Asked(Answer.ENTERED_BEFORE, f"it entered on {at} for {who or 'somebody'} of the same company")


def _late(view: View, trigger: Trigger) -> Asked | None:
    age = view.now - view.event.occurred_at
    if age <= trigger.late:
        return None
    return Asked(
        Answer.LATE, f"it happened {spoken(age)} ago, and after {spoken(trigger.late)} it is too late"
    )


def _let_go(view: View, trigger: Trigger) -> Asked | None:
    """Why a trigger that would be entered is not: it is paused, not for this contact yet, or called off."""
    mode = plans.mode_of(view.mapping, trigger)
    if mode.name == "paused":
        return Asked(Answer.STOPPED, "it is paused")
    if not in_canary(view.contact, trigger, mode):
        return Asked(Answer.NOT_IN_CANARY, f"it acts on {mode.share:.0%} of the contacts so far")
    return questions.called_off(view, trigger) or was_called_off(view, trigger)


def _crowded(runs: Mapping[str, Run]) -> Asked | None:
    """That more of its runs wait than anybody could have meant, as upon every page that a robot opens."""
    if len(runs) < MOST_WAITING or sum(run.is_waiting for run in runs.values()) < MOST_WAITING:
        return None
    return Asked(Answer.LIMIT, f"{MOST_WAITING} of its runs wait already")


def told(trigger: Trigger, asked: Asked) -> TraceEntry:
    """What a trigger said, for the trace."""
    answer = asked.refusal or Answer.ACTED
    return TraceEntry(trigger.rule, answer, trigger.place.where, asked.seen, asked.detail)
