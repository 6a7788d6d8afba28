"""What was imported: it enters the history of its contact, and nothing is done upon it.

It is decided by the same mapping without its rules that act: facts, consent that was withdrawn, the ledger,
scores, and stages of contact and company come about as ever. What the contact is in then was entered by
nobody, so no rule follows later either; and time that has passed since brings nothing.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from typing import Final
from weakref import WeakKeyDictionary

from connector.journey.agenda import next_look
from connector.journey.coming import fall_quiet
from connector.journey.decide import decide
from connector.journey.for_company import decide_for_company
from connector.journey.hearing import call_off
from connector.journey.late import Past, decide_late
from connector.journey.marks import look
from connector.journey.progress import Progress
from connector.journey.recomputing import seen
from connector.mapping.mapping import Mapping
from connector.mapping.scoring import Grid
from connector.model.contact import Contact, changed
from connector.model.decision import Answer, Decision, TraceEntry
from connector.model.event import Event

IMPORTED: Final = TraceEntry(
    "event", Answer.LATE, detail="it was imported: it is history, and nothing is done upon it"
)

_still: Final[WeakKeyDictionary[Mapping, Mapping]] = WeakKeyDictionary()
"""By mapping, which never changes, the same without its rules that act."""


def decide_imported(
    mapping: Mapping, before: Contact, past: Past | None, event: Event, now: datetime, *, is_due: bool = False
) -> Decision:
    """The contact with an event in its history, and when to look at it; there are no actions.

    `past` is given where the event comes late. What waits and is called off by it is over. Where it `is_due`
    that time brings the contact something, whatever was imported, that is left to the look that is due.
    """
    made = _put(still(mapping), changed(before, runs={}, opened=()), past, event, now)
    if made.contact.erased_at is not None:
        return made
    progress = Progress(still(mapping), made.contact, now, [IMPORTED, *made.trace], [*made.moves])
    if not is_due:
        fall_quiet(progress, now)
    progress.contact = changed(progress.contact, runs=before.runs, opened=before.opened)
    progress.mapping = mapping
    call_off(progress, event)
    progress.contact = settled(mapping, progress.contact, now, is_due=is_due)
    return Decision(
        contact=progress.contact,
        moves=tuple(progress.moves),
        trace=tuple(progress.trace),
        wakes_at=next_look(mapping, progress.contact, now),
        base=made.base,
    )


def decide_imported_for_company(mapping: Mapping, before: Contact, event: Event, now: datetime) -> Decision:
    """The same for an event about a company alone."""
    made = decide_for_company(still(mapping), before, event, now)
    wakes_at = next_look(mapping, made.contact, now)
    return replace(made, trace=(IMPORTED, *made.trace), wakes_at=wakes_at)


def settled(mapping: Mapping, contact: Contact, now: datetime, *, is_due: bool = False) -> Contact:
    """The contact of whom is written down what it is in now, and that time was looked at, so that no rule
    follows."""
    if not mapping.is_watchful:
        return contact
    contact = look(seen(mapping, contact, now), None).contact
    return contact if is_due else changed(contact, looked_at=now)


def still(mapping: Mapping) -> Mapping:
    """The mapping in which no rule acts: no trigger listens, and entering a stage or a cell does nothing."""
    if mapping not in _still:
        journeys = {name: replace(one, enter={}) for name, one in mapping.journeys.items()}
        grid = mapping.grid and _idle(mapping.grid)
        _still[mapping] = replace(mapping, triggers={}, triggers_on={}, journeys=journeys, grid=grid)
    return _still[mapping]


def _idle(grid: Grid) -> Grid:
    return replace(grid, cells={name: replace(one, do=()) for name, one in grid.cells.items()})


def _put(mapping: Mapping, before: Contact, past: Past | None, event: Event, now: datetime) -> Decision:
    if past is not None:
        return decide_late(mapping, before, past, event, now)
    return decide(mapping, before, event, now, is_last=False)
