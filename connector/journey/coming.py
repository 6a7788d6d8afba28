"""What time brings a contact who is looked at: moves by quiet, occasions that have come, bounds crossed."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from connector.journey import corporate, occasions, placing, triggers
from connector.journey.bearing import is_nobody
from connector.journey.entering import follow_marks, follow_moves
from connector.journey.facts import TURNS, next_quiet
from connector.journey.occasions import happening
from connector.journey.progress import Progress
from connector.journey.view import View
from connector.model.contact import Contact, Mark, changed
from connector.model.decision import Moved
from connector.model.event import Event


def fall_quiet(progress: Progress, until: datetime) -> None:
    """Make the moves by quiet that come by a moment, one after the other, each with what entering its stage
    does: those of the contact, then those of its company."""
    if progress.mapping.has_quiet_moves:
        _contact_falls_quiet(progress, until)
        company_falls_quiet(progress, until)


def company_falls_quiet(progress: Progress, until: datetime) -> None:
    """The same for the company of the contact alone; a company with nobody does nothing upon it."""
    for _ in range(TURNS):
        made = corporate.next_quiet(progress.mapping, progress.contact, until)
        if made is None:
            return
        progress.contact, turn = made
        progress.trace.extend(turn.trace)
        if turn.moved is not None:
            progress.moves.append(turn.moved)
            if not is_nobody(progress.contact):
                _follow(progress, turn.moved)


def _contact_falls_quiet(progress: Progress, until: datetime) -> None:
    for _ in range(TURNS):
        made = next_quiet(progress.mapping, progress.contact, until)
        if made is None:
            return
        progress.contact, turn = made
        progress.trace.extend(turn.trace)
        if turn.moved is not None:
            progress.moves.append(turn.moved)
            folded = placing.passed(progress.mapping, progress.contact, [turn.moved.at])
            progress.contact = changed(progress.contact, folded=folded)
            _follow(progress, turn.moved)


def _follow(progress: Progress, moved: Moved) -> None:
    """Do what follows upon a move by quiet. It counts as done at that moment, and so before an event that has
    found it due."""
    done_at = progress.done_at
    lived = placing.lived_until(progress.mapping, progress.contact, progress.now)
    progress.done_at = max(moved.at, lived)
    follow_moves(progress, quiet_entry(moved))
    progress.done_at = done_at


def quiet_entry(moved: Moved) -> Event:
    """The event that stands for a move by quiet."""
    return happening("stage", f"quiet:{moved.journey}:{moved.at.isoformat()}", moved.at)


def come(progress: Progress, before: Contact, fired: Mapping[str, datetime]) -> None:
    """Ask the triggers whose dates, moments and quiet periods have come since the contact was looked at.

    A moment that was fired is asked about once: a mark says so. Then look at what was entered: a score may
    have crossed a bound by fading alone.
    """
    looking = happening("look", "", progress.now)
    since = before.looked_at or before.created_at
    called = _called(before, fired, progress.now)
    progress.contact = changed(progress.contact, marks={**progress.contact.marks, **called})
    new = {name: at for name, at in fired.items() if _mark_of(name) in called}
    for one in occasions.due(progress.view(looking), since, new):
        triggers.pull(progress, one.trigger, one.event, one.key)
    key = f"look:{progress.now.isoformat()}"
    earlier = View(progress.mapping, before, looking, before.looked_at) if before.looked_at else None
    follow_marks(progress, happening("score", key, progress.now), earlier)


def _called(contact: Contact, fired: Mapping[str, datetime], now: datetime) -> dict[str, Mark]:
    """The marks of the moments that were fired by now, and about which nobody has asked yet."""
    called = {}
    for name, at in fired.items():
        known = contact.marks.get(_mark_of(name))
        if at <= now and (known is None or known.since < at):
            called[_mark_of(name)] = Mark(is_in=False, since=at, entries=known.entries + 1 if known else 1)
    return called


def _mark_of(moment: str) -> str:
    return f"moment:{moment}"
