"""By which text a run goes: the one under which it began, unless a publication planned otherwise."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from connector.journey.arms import steps_of
from connector.mapping.mapping import Mapping
from connector.mapping.rules import Mode, Step, Trigger, Wait
from connector.model.contact import Run
from connector.model.light import light

TEXT_GONE = "its text is gone"
BY_PUBLICATION = "ended by a publication"


@light
class Own:
    """The trigger by which a run goes, and the run in it; or why the run is over."""

    trigger: Trigger | None
    run: Run
    ended: str = ""


def own(mapping: Mapping, name: str, run: Run) -> Own:
    """What a waiting run goes by now; one that moves stands at the step of the same name in the new text."""
    live = mapping.triggers.get(name)
    if live is not None and live.text == run.text:
        return Own(live, run)
    plan = mapping.plans.get((name, run.text), "keep")
    old = mapping.kept.get((name, run.text))
    if plan == "end" or (plan == "move" and live is None):
        return Own(None, run, BY_PUBLICATION)
    if plan == "move" and live is not None:
        return Own(live, _moved(old, live, run))
    return Own(old, run, "" if old else TEXT_GONE)


def priority_of(mapping: Mapping, name: str, run: Run) -> int:
    """How far before others it goes, by the text by which it goes itself."""
    trigger = own(mapping, name, run).trigger
    return trigger.priority if trigger else 0


def mode_of(mapping: Mapping, trigger: Trigger) -> Mode:
    """How far the trigger is let go: by its own text or, where that is more careful, by the live one."""
    live = mapping.triggers.get(trigger.name, trigger)
    return live.mode if live.mode.name in {"paused", "shadow"} else trigger.mode


def current_wait(trigger: Trigger, run: Run) -> Wait | None:
    """The wait in which a run is; None where it waits for something else (its hours, another rule …)."""
    if run.waits_for in OTHER_WAITS:
        return None
    if run.step == 0:
        return trigger.wait
    steps = steps_of(trigger, run.arm)
    last = steps[run.step - 1] if run.step <= len(steps) else None
    return last if isinstance(last, Wait) else None


HOURS = "hours"
GROUP = "group"
COMPLAINT = "complaint"
STOP = "stop"
OTHER_WAITS = frozenset({HOURS, GROUP, COMPLAINT, STOP})
"""What a run can wait for that no step of it says: an allowed hour, another rule of its group, that a
complaint is resolved, that a person lets go on what is stopped."""


def _moved(old: Trigger | None, live: Trigger, run: Run) -> Run:
    new = steps_of(live, run.arm)
    before = steps_of(old, run.arm) if old else ()
    step = min(_same_place(before, new, run.step), len(new))
    ahead = max(run.ahead + run.step - step, 0)
    return replace(run, text=live.text, step=step, ahead=ahead)


def _same_place(old: Sequence[Step], new: Sequence[Step], step: int) -> int:
    """How many steps of the new text are done: up to the step of the last one's name, else of the next's."""
    places = {one.name: at for at, one in enumerate(new, start=1) if one.name}
    if 0 < step <= len(old) and (at := places.get(old[step - 1].name)):
        return at
    if step < len(old) and (at := places.get(old[step].name)):
        return at - 1
    return step
