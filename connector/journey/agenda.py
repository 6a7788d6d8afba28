"""When a contact is to be looked at again though nothing happens to it."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from connector.mapping.mapping import Mapping
from connector.model.contact import Contact, Run


def next_look(mapping: Mapping, contact: Contact, now: datetime) -> datetime | None:
    """The earliest moment at which time itself means something for the contact; None where none is ahead.

    It may lie before `now`: then it is due. Runs of a trigger that is paused stay where they are.
    """
    return min((at for at, _, _, _ in alarms(mapping, contact)), default=None)


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
