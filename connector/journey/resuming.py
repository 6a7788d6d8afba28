"""A run that waits is looked at: its time has come, its condition has come true, or its text is gone."""

from __future__ import annotations

from datetime import datetime
from typing import Final

from connector.errors import ExpressionFailed
from connector.journey import arbitration, plans
from connector.journey.agenda import is_paused
from connector.journey.conditions import Asked
from connector.journey.entries import names_of
from connector.journey.plans import GROUP, STOP
from connector.journey.progress import Progress
from connector.journey.questions import too_late
from connector.journey.waiting import LOOK_AGAIN, LOOK_FOR_STOPS, is_fulfilled
from connector.journey.walk import Walk
from connector.mapping.rules import Wait
from connector.model.contact import Run
from connector.model.decision import Answer, TraceEntry

GIVEN_UP: Final = "given up"


def resume(progress: Progress, name: str, key: str) -> None:
    """Let a run go on whose time has come; one whose condition has not come true is looked at again."""
    found = walk_of(progress, name, key)
    if found is None:
        return
    try:
        since = _let_go_on(found) if found.run.waits_for == STOP else _over_since(found)
    except ExpressionFailed as failure:
        found.end(Asked(Answer.FAILED, str(failure)))
        return
    if since is None:
        return
    if late := too_late(found.trigger, found.run.due_at or since, progress.now):
        found.end(late)
        return
    found.since = since
    found.go()


def walk_of(progress: Progress, name: str, key: str) -> Walk | None:
    """A run that waits, ready to go on; None where nobody knows any more what it was to do: it is over."""
    run = progress.contact.runs[name][key]
    found = plans.own(progress.mapping, name, run)
    if found.trigger is None or run.event is None or run.wakes_at is None:
        _give_up(progress, name, key, found.ended or plans.TEXT_GONE)
        return None
    walk = Walk(progress, found.trigger, key, found.run, run.event, run.wakes_at)
    try:
        walk.names = names_of(walk.view(), found.trigger, key)
    except ExpressionFailed as failure:
        walk.end(Asked(Answer.FAILED, str(failure)))
        return None
    return walk


def release(progress: Progress) -> None:
    """Let runs go on at once that another of their group, or a stop, has put off, where that is over."""
    for name, key, run in progress.waiting():
        if (
            run.waits_for in {GROUP, STOP}
            and run is progress.run(name, key)
            and not is_paused(progress.mapping, name)
        ):
            walk = walk_of(progress, name, key)
            if walk is not None and _is_free(walk):
                walk.since = progress.now
                walk.go()


def _is_free(walk: Walk) -> bool:
    """Whether what a run was put off for is over."""
    if walk.run.waits_for == STOP:
        return not walk.progress.mapping.is_stopped(walk.trigger.name)
    return arbitration.winner(walk.progress, walk.trigger, walk.run) is None


def _over_since(walk: Walk) -> datetime | None:
    """Since when the wait is over; None where it is not, or the run has ended."""
    run, now = walk.run, walk.progress.now
    wait = plans.current_wait(walk.trigger, run)
    if wait is not None and _is_of_another_sort(wait, run):
        walk.since = now
        walk.restart(wait)
        return None
    if wait is None or wait.moment is not None:
        return run.wakes_at
    if is_fulfilled(walk.view(), wait):
        return now
    if run.until is not None and run.until > now:
        walk.look_again(min(run.until, now + LOOK_AGAIN))
        return None
    if wait.at_most is None:
        walk.end(Asked(Answer.ENDED, "what it waits for has not come for a year"), GIVEN_UP)
        return None
    return run.until


def _let_go_on(walk: Walk) -> datetime | None:
    """Now, where nothing stops the run any more: a person has let it go on, so that it is not late."""
    now = walk.progress.now
    if not walk.progress.mapping.is_stopped(walk.trigger.name):
        return now
    walk.look_again(now + LOOK_FOR_STOPS)
    return None


def _is_of_another_sort(wait: Wait, run: Run) -> bool:
    """Whether a publication has moved the run into a wait that is none like its own: it begins that one."""
    return (wait.moment is None) is not (run.until is not None)


def _give_up(progress: Progress, name: str, key: str, why: str) -> None:
    progress.end(name, key, why)
    live = progress.mapping.triggers.get(name)
    place = str(live.place) if live else ""
    progress.trace.append(TraceEntry(f"trigger:{name}", Answer.ENDED, place, detail=why))
