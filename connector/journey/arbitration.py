"""Arbitration: of the triggers of a group one at a time goes on for a contact.

The higher `priority` wins; of equal ones that whose run began first. What the loser does is its own `loser`:
its run is dropped, put off until the winner's is over, or merged into the winner's, which goes on.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from connector.journey.agenda import is_paused
from connector.journey.arms import is_held_out
from connector.journey.plans import mode_of, own
from connector.journey.progress import Progress
from connector.mapping.rules import Trigger
from connector.model.contact import Run
from connector.model.decision import Answer

MERGED = "merged"


@dataclass(frozen=True, slots=True)
class Rival:
    """A run of another trigger of the group, which waits or has acted upon this very event or look."""

    trigger: Trigger
    key: str
    run: Run


def winner(progress: Progress, trigger: Trigger, run: Run) -> Rival | None:
    """The rival that goes before this run, if any does; the strongest of them."""
    mine = _rank(trigger, run)
    ahead = [one for one in _rivals(progress, trigger) if _goes_first(one, trigger, mine)]
    return min(ahead, key=lambda one: _rank(one.trigger, one.run), default=None)


def beat(progress: Progress, trigger: Trigger) -> None:
    """A run acts: the rivals that wait have lost, and end unless they are to wait for it."""
    for one in list(_rivals(progress, trigger)):
        if one.run.is_waiting and one.trigger.loser != "postpone":
            lose(progress, one.trigger, one.key, trigger)


def lose(progress: Progress, trigger: Trigger, key: str, to: Trigger) -> None:
    """End a run that has lost."""
    is_merged = trigger.loser == "merge"
    progress.end(trigger.name, key, MERGED if is_merged else Answer.OUTRANKED.value)
    progress.say(trigger, Answer.OUTRANKED, why_lost(trigger, to))


def why_lost(trigger: Trigger, to: Trigger) -> str:
    """In words, to whom, and what comes of it."""
    said = f"{to.name} goes first in the group {trigger.group}"
    return f"{said}, and this one is merged into it" if trigger.loser == "merge" else said


def _rivals(progress: Progress, trigger: Trigger) -> Iterator[Rival]:
    if trigger.group is None:
        return
    for name, runs in progress.contact.runs.items():
        is_out = is_paused(progress.mapping, name) or progress.mapping.is_stopped(name)
        if name == trigger.name or is_out:
            continue
        for key, run in runs.items():
            if run.is_waiting or (name, key) in progress.acted:
                one = own(progress.mapping, name, run).trigger or progress.mapping.triggers.get(name)
                if one is not None and one.group == trigger.group and _acts(progress, one, run):
                    yield Rival(one, key, run)


def _acts(progress: Progress, trigger: Trigger, run: Run) -> bool:
    """Whether it does anything: who is held out is dealt with as if the trigger were not there."""
    return mode_of(progress.mapping, trigger).name != "shadow" and not is_held_out(trigger, run.arm)


def _goes_first(rival: Rival, trigger: Trigger, mine: tuple[int, datetime, str]) -> bool:
    """One that is over has just acted, and so was first; nobody has to wait for it."""
    if not rival.run.is_waiting:
        return trigger.loser != "postpone"
    return _rank(rival.trigger, rival.run) < mine


def _rank(trigger: Trigger, run: Run) -> tuple[int, datetime, str]:
    return -trigger.priority, run.at, trigger.name
