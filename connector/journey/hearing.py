"""What an event does to the runs that wait: it calls them off, lets them go on, or begins their wait anew."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from connector.errors import ExpressionFailed
from connector.journey import plans, questions
from connector.journey.agenda import is_paused
from connector.journey.calls import concerns
from connector.journey.conditions import Asked
from connector.journey.entries import Entry, entries
from connector.journey.guards import held_by_complaint
from connector.journey.progress import Progress
from connector.journey.resuming import walk_of
from connector.journey.waiting import is_fulfilled
from connector.journey.walk import UNLESS, Walk
from connector.mapping.rules import Wait
from connector.model.decision import Answer
from connector.model.event import Event


def hear(progress: Progress, event: Event) -> None:
    """Tell the runs that wait of an event, those first that it calls off."""
    for name, key in call_off(progress, event):
        run = progress.run(name, key)
        if run is not None and run.is_waiting and (walk := walk_of(progress, name, key)):
            _tell(walk, event)


def call_off(progress: Progress, event: Event) -> Sequence[tuple[str, str]]:
    """End the runs that wait and that an event calls off; the others, by trigger and key."""
    return [(name, key) for name, key, _ in progress.waiting() if not _call_off(progress, name, key, event)]


def _call_off(progress: Progress, name: str, key: str, event: Event) -> bool:
    """End the run if its `unless` says so; whether it is over."""
    walk = walk_of(progress, name, key)
    if walk is None:
        return True
    if event.name in walk.trigger.unless_events and concerns(event, walk.event):
        walk.end(Asked(Answer.ENDED, f"{event.name} calls it off"), event.name)
        return True
    asked = questions.called_off(walk.view(), walk.trigger)
    if asked is not None:
        walk.end(asked, UNLESS if asked.refusal is Answer.ENDED else "")
    return asked is not None


def _tell(walk: Walk, event: Event) -> None:
    wait = plans.current_wait(walk.trigger, walk.run)
    _hold(walk)
    try:
        if _is_over(walk, wait, event):
            _go_on(walk, min(event.occurred_at, walk.progress.now))
        elif entry := _same_entry(walk, event):
            _begin_anew(walk, wait, event, entry)
    except ExpressionFailed as failure:
        walk.end(Asked(Answer.FAILED, str(failure)))


def _hold(walk: Walk) -> None:
    """Of several complaints, or of one less, the last that is open says until when the run is held."""
    if _is_held(walk) and (held := held_by_complaint(walk.progress.contact, walk.progress.now)):
        walk.look_again(held.until)


def _is_held(walk: Walk) -> bool:
    return walk.run.waits_for == plans.COMPLAINT


def _is_over(walk: Walk, wait: Wait | None, event: Event) -> bool:
    if wait is None:
        return _is_held(walk) and held_by_complaint(walk.progress.contact, walk.progress.now) is None
    if wait.events:
        return event.name in wait.events and concerns(event, walk.event)
    return is_fulfilled(walk.view(), wait)


def _go_on(walk: Walk, since: datetime) -> None:
    """Let the run go on; that of a trigger that is paused is due as soon as it is not."""
    if is_paused(walk.progress.mapping, walk.trigger.name):
        walk.look_again(walk.progress.now)
        return
    due_at = walk.run.due_at
    if due_at and (late := questions.too_late(walk.trigger, due_at, walk.progress.now)):
        walk.end(late)
        return
    walk.since = since
    walk.go()


def _same_entry(walk: Walk, event: Event) -> Entry | None:
    """The run's own entry, if the event is one with its key and not older than that by which it goes."""
    trigger = walk.trigger
    if not trigger.restart or event.name not in trigger.on or event.occurred_at < walk.event.occurred_at:
        return None
    found = entries(walk.progress.view(event), trigger)
    return next((one for one in found if one.key == walk.key), None)


def _begin_anew(walk: Walk, wait: Wait | None, event: Event, entry: Entry) -> None:
    """The run goes by this event from now on, and waits anew."""
    walk.progress.restarted.add((walk.trigger.name, walk.key))
    walk.event, walk.names = event, entry.names
    walk.since = min(event.occurred_at, walk.progress.now)
    walk.restart(wait or _before_the_first(walk))


def _before_the_first(walk: Walk) -> Wait | None:
    """The wait before the first action, of a run that a complaint or a stop has held since that was over."""
    run = walk.run
    is_held = run.waits_for in {plans.COMPLAINT, plans.STOP}
    return walk.trigger.wait if is_held and run.step == 0 and not run.acted else None
