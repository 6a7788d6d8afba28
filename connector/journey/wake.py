"""What time itself means for a contact: moves by quiet are made, waits that are over go on, dates come.

Pure, like `decide`.

All that is due is joined in one decision, the earliest first; after downtime nothing comes in a burst.
"""

from __future__ import annotations

from collections.abc import Mapping as Table
from dataclasses import replace
from datetime import datetime
from types import MappingProxyType
from typing import Final

from connector.journey.agenda import alarms
from connector.journey.coming import come, fall_quiet
from connector.journey.entering import follow_moves
from connector.journey.occasions import happening
from connector.journey.placing import with_base
from connector.journey.plans import priority_of
from connector.journey.progress import Progress
from connector.journey.resuming import release, resume
from connector.mapping.mapping import Mapping
from connector.model.contact import Contact
from connector.model.decision import Decision

NOTHING_FIRED: Final[Table[str, datetime]] = MappingProxyType({})


def wake(
    mapping: Mapping, before: Contact, now: datetime, fired: Table[str, datetime] = NOTHING_FIRED
) -> Decision:
    """The contact after a look at it at `now`; a second look at the same moment changes nothing.

    `fired` are the moments of the calendar that somebody has fired by hand, by name, and when.
    """
    if before.erased_at is not None:
        return Decision(before)
    progress = Progress(mapping, replace(before, looked_at=now), now)
    fall_quiet(progress, now)
    _go_on(progress)
    if mapping.is_watchful:
        come(progress, before, fired)
        _go_on(progress)
    release(progress)
    follow_moves(progress, happening("stage", f"look:{now.isoformat()}", now))
    return with_base(mapping, before, progress.decision())


def _go_on(progress: Progress) -> None:
    """Let all runs go on whose time has come; each waits until later then, or is over."""
    while due := _first_due(progress):
        resume(progress, *due)


def _first_due(progress: Progress) -> tuple[str, str] | None:
    """The run that goes on first: the earliest, and of those of one moment the one that its group prefers."""
    due = [
        (at, -priority_of(progress.mapping, name, run), run.at, name, key)
        for at, name, key, run in alarms(progress.mapping, progress.contact)
        if at <= progress.now
    ]
    if not due:
        return None
    *_, name, key = min(due)
    return name, key
