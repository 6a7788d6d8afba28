"""What would have to be otherwise for a run that waits, was called off or held back to act."""

from __future__ import annotations

from connector.journey.pressure import pressure_of
from connector.journey.remedies import Case
from connector.mapping.durations import spoken
from connector.model.decision import TraceEntry


def of_waiting(case: Case, entry: TraceEntry) -> tuple[str, ...]:
    """One that waited then: what has become of its runs that wait still."""
    waiting = [run.wakes_at for run in case.contact.runs.get(case.trigger.name, {}).values() if run.wakes_at]
    if not waiting:
        return ("none of its runs waits any more: look at what came later",)
    return tuple(f"a run of it is looked at again on {case.told(at)}" for at in sorted(waiting))


def of_calling_off(case: Case, entry: TraceEntry) -> tuple[str, ...]:
    """One that `unless` ended, or whose text is gone."""
    written = sorted(case.trigger.unless_events)
    condition = [case.trigger.unless.text] if case.trigger.unless else []
    if not written and not condition:
        return ()
    return (f"`unless` names {' and '.join([*written, *condition])}: without it the run would go on",)


def of_stopping(case: Case, entry: TraceEntry) -> tuple[str, ...]:
    """One that was paused or stopped: what lets it go on."""
    if case.trigger.mode.name == "paused":
        return ("`mode: live` lets it go",)
    if not case.mapping.is_stopped(case.trigger.name):
        return ("it is not paused or stopped any more",)
    named = "" if "" in case.mapping.stopped else f" --trigger {case.trigger.name}"
    return (f"`loods start{named}` lets it go on",)


def of_pressure(case: Case, entry: TraceEntry) -> tuple[str, ...]:
    """One before which enough marketing had come."""
    bound = pressure_of(case.mapping, case.trigger)
    if bound is None:
        return ("nothing bounds it any more",)
    until = sorted(at + bound.per for at in case.contact.touched)[-bound.count :]
    again = f"from {case.told(until[0])}" if len(until) == bound.count and until[0] > case.now else "now"
    return (f"at most {bound.count} may come within {spoken(bound.per)}: again {again}",)


def of_experiment(case: Case, entry: TraceEntry) -> tuple[str, ...]:
    """One that did nothing for this contact on purpose."""
    return ("this was drawn for the contact, or the trigger is tried out: `mode` and `hold_out` say so",)


def of_group(case: Case, entry: TraceEntry) -> tuple[str, ...]:
    """One that another trigger of its group went before."""
    if case.trigger.group is None:
        return ("it is in no group any more",)
    return (f"a higher `priority` than {case.trigger.priority} goes first in the group {case.trigger.group}",)


def of_suggestions(case: Case, entry: TraceEntry) -> tuple[str, ...]:
    """One that had nothing left to suggest."""
    return ("`suggest` has to name a product that the contact does not own",)
