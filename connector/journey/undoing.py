"""Runs that wait, ended because somebody undoes what their trigger did."""

from __future__ import annotations

from datetime import datetime

from connector.journey.runs import closed
from connector.journey.stopping import Dropped
from connector.model.contact import Contact, Run, changed
from connector.model.decision import Answer, TraceEntry

UNDONE = "undone"


def end_runs(contact: Contact, trigger: str, who: str, since: datetime | None = None) -> Dropped:
    """End the runs of a trigger that wait, of those that began at that moment or later."""
    runs = contact.runs.get(trigger, {})
    ended = {key: closed(run, UNDONE) for key, run in runs.items() if run.is_waiting and _is_in(run, since)}
    if not ended:
        return Dropped(contact, ())
    after = changed(contact, runs={**contact.runs, trigger: {**runs, **ended}})
    said = f"its run ended: {who} undid what the trigger did"
    return Dropped(after, (TraceEntry(f"trigger:{trigger}", Answer.ENDED, detail=said),))


def _is_in(run: Run, since: datetime | None) -> bool:
    return since is None or run.at >= since
