"""When a contact is to be looked at again though nothing happens to it."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from connector.journey.marks import next_crossing
from connector.journey.occasions import happening, next_after
from connector.journey.quiet import next_move
from connector.journey.view import View
from connector.mapping.mapping import Mapping
from connector.mapping.rules import Trigger, Wait
from connector.model.contact import Contact, Run


def next_look(mapping: Mapping, contact: Contact, now: datetime, seen: View | None = None) -> datetime | None:
    """The earliest moment at which time itself means something for the contact; None where none is ahead.

    It may lie before `now`: then it is due. Runs of a trigger that is paused stay where they are. A look at a
    moment that is still to come, by a clock that was wrong, was none. `seen` is a view of the contact, or of
    an earlier state of it, at `now`: what was worked out for that is not asked again.
    """
    if contact.erased_at is not None:
        return None
    moments = [at for at, _, _, _ in alarms(mapping, contact)]
    if mapping.is_watchful:
        view = seen.of(contact) if seen else View(mapping, contact, happening("look", "", now), now)
        if seen and mapping.looks_at_events:
            view = view.upon(happening("look", "", now))
        since = min(contact.looked_at or contact.created_at, now)
        found = (next_after(view, since), next_move(view), next_crossing(view))
        moments.extend(at for at in found if at is not None)
    return min(moments, default=None)


def knows_time(mapping: Mapping) -> bool:
    """Whether time alone may bring something to a contact to whom nothing has happened for a while."""
    return mapping.is_watchful or any(rule.wait or _waits(rule) for rule in mapping.triggers.values())


def alarms(mapping: Mapping, contact: Contact) -> Iterator[tuple[datetime, str, str, Run]]:
    """The runs that wait, each with the moment at which it is to be looked at, its trigger and its key."""
    for name, runs in contact.runs.items():
        for key, run in runs.items():
            if run.wakes_at is not None and not is_paused(mapping, name):
                yield run.wakes_at, name, key, run


def is_paused(mapping: Mapping, trigger: str) -> bool:
    """Whether the trigger is to start nothing and to let nothing go on, as the live mapping says."""
    live = mapping.triggers.get(trigger)
    return live is not None and live.mode.name == "paused"


def _waits(trigger: Trigger) -> bool:
    every = (trigger.do, *trigger.do_by_arm.values())
    return any(isinstance(step, Wait) for steps in every for step in steps)
