"""The questions before a run acts, in their order, each with a named answer.

Before the first action `when` and `limit` once more; then, before every action: `unless`, a stop, an open
complaint, consent, what may be suggested, the other triggers of the group, contact pressure, and the hours.
What is stopped waits, and marketing does while a complaint is open.
"""

from __future__ import annotations

from collections.abc import Mapping as Table
from dataclasses import replace
from datetime import datetime
from typing import TypeAlias

from connector.journey import arbitration
from connector.journey.conditions import Asked, ask, seen
from connector.journey.guards import guard, held_by_complaint, is_complaining
from connector.journey.hours import hours_of, next_open, zone_of
from connector.journey.plans import COMPLAINT, GROUP, HOURS, STOP, mode_of
from connector.journey.pressure import is_too_much, pressure_of, too_much
from connector.journey.progress import Progress
from connector.journey.runs import NOT_HAVE_BEEN, is_used_up
from connector.journey.suggestions import with_suggestions
from connector.journey.view import View
from connector.journey.waiting import LOOK_FOR_STOPS, Waiting
from connector.mapping.durations import spoken
from connector.mapping.mapping import Mapping
from connector.mapping.rules import Trigger
from connector.model.action import Kind
from connector.model.contact import Run
from connector.model.decision import Answer
from connector.model.light import light


@light
class Passed:
    """Everything said yes: what the actions see, and the consent that they rely on."""

    view: View
    evidence: str | None


@light
class PutOff:
    """Not now: why, and the wait."""

    asked: Asked
    waiting: Waiting


Verdict: TypeAlias = Passed | PutOff | Asked
"""An `Asked` is a refusal: the run is over."""


def before_acting(progress: Progress, view: View, trigger: Trigger, run: Run, is_fresh: bool) -> Verdict:
    """Ask all of them; `is_fresh`: the entry of the run has just asked what comes before the first action."""
    again = None if is_fresh or run.acted else _before_the_first(view, trigger)
    if refusal := again or called_off(view, trigger):
        return refusal
    if held := _stopped(view, trigger) or _held(view, trigger):
        return held
    guarded = guard(view, trigger.kind, trigger.reaches_by)
    if guarded.asked.refusal:
        return replace(guarded.asked, seen=seen(view, trigger.when))
    sight = with_suggestions(view, trigger)
    if isinstance(sight, Asked):
        return sight
    verdict = _beaten(progress, trigger, run) or _pressed(view, trigger) or _outside_hours(view, trigger)
    return verdict or Passed(sight, guarded.evidence)


def called_off(view: View, trigger: Trigger) -> Asked | None:
    """That the condition of `unless` has come true, or failed; what cannot be told calls nothing off."""
    if trigger.unless is None:
        return None
    asked = ask(view, trigger.unless)
    if asked.refusal is Answer.FAILED:
        return asked
    if asked.refusal:
        return None
    detail = f"unless {trigger.unless.text}"
    return Asked(Answer.ENDED, detail, seen(view, trigger.unless))


def used_up(view: View, trigger: Trigger) -> Asked | None:
    """That the trigger has acted as often as it may."""
    if trigger.limit is None:
        return None
    runs = counted(view.mapping, trigger, view.contact.runs.get(trigger.name, {}))
    if not is_used_up(runs, trigger.limit, view.now):
        return None
    return Asked(
        Answer.LIMIT, f"it acted {trigger.limit.count} times within {spoken(trigger.limit.per)} already"
    )


def counted(mapping: Mapping, trigger: Trigger, runs: Table[str, Run]) -> Table[str, Run]:
    """The runs that count: those that only showed what they would do do so for others of their kind alone,
    and those that would not have been for none."""
    if not runs:
        return runs
    is_shadow = mode_of(mapping, trigger).name == "shadow"
    left_out = {NOT_HAVE_BEEN} if is_shadow else {NOT_HAVE_BEEN, Answer.SHADOW}
    return {key: run for key, run in runs.items() if run.ended not in left_out}


def too_late(trigger: Trigger, since: datetime, now: datetime) -> Asked | None:
    """That what was to happen at a moment can no longer be of use."""
    age = now - since
    if age <= trigger.late:
        return None
    return Asked(
        Answer.LATE, f"it was due {spoken(age)} ago, and after {spoken(trigger.late)} it is too late"
    )


def _before_the_first(view: View, trigger: Trigger) -> Asked | None:
    asked = ask(view, trigger.when)
    if asked.refusal:
        return asked
    limit = used_up(view, trigger)
    return replace(limit, seen=seen(view, trigger.when)) if limit else None


def _stopped(view: View, trigger: Trigger) -> PutOff | None:
    """That a person, or a fuse, has stopped it."""
    if not view.mapping.is_stopped(trigger.name):
        return None
    what = "everything" if "" in view.mapping.stopped else "it"
    asked = Asked(Answer.STOPPED, f"{what} is stopped", seen(view, trigger.when))
    return PutOff(asked, Waiting(view.now + LOOK_FOR_STOPS, waits_for=STOP))


def _held(view: View, trigger: Trigger) -> PutOff | None:
    """That marketing waits while a complaint is open."""
    held = held_by_complaint(view.contact, view.now) if trigger.kind is Kind.MARKETING else None
    if held is None:
        return None
    said = is_complaining(held, view.mapping.defaults.time_zone)
    return PutOff(replace(said, seen=seen(view, trigger.when)), Waiting(held.until, waits_for=COMPLAINT))


def _beaten(progress: Progress, trigger: Trigger, run: Run) -> Asked | PutOff | None:
    rival = arbitration.winner(progress, trigger, run) if trigger.group is not None else None
    if rival is None:
        return None
    asked = Asked(Answer.OUTRANKED, arbitration.why_lost(trigger, rival.trigger))
    if trigger.loser != "postpone" or rival.run.wakes_at is None:
        return asked
    return PutOff(replace(asked, refusal=Answer.WAITS), Waiting(rival.run.wakes_at, waits_for=GROUP))


def _pressed(view: View, trigger: Trigger) -> Asked | None:
    bound = pressure_of(view.mapping, trigger)
    return too_much(bound) if bound and is_too_much(view.contact, bound, view.now) else None


def _outside_hours(view: View, trigger: Trigger) -> PutOff | None:
    hours = hours_of(trigger, view.mapping.defaults)
    if hours is None:
        return None
    opens_at = next_open(hours, view.now, zone_of(view.contact, view.mapping.defaults))
    if opens_at <= view.now:
        return None
    return PutOff(Asked(Answer.WAITS, "this is outside its hours"), Waiting(opens_at, waits_for=HOURS))
