"""What time brings a contact who is looked at: moves by quiet, occasions that have come, bounds crossed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from typing import Final

from connector.journey import occasions, quiet, triggers
from connector.journey.entering import follow_marks, follow_moves
from connector.journey.occasions import happening
from connector.journey.progress import Progress
from connector.journey.view import View
from connector.mapping.rules import Journey
from connector.model.contact import Contact, Mark

_TURNS: Final = 100
"""Moves by quiet of one journey that are made at one look; any more wait for the next."""


def fall_quiet(progress: Progress) -> None:
    """Make the moves by quiet that are due, one after the other, each with what entering its stage does."""
    for journey in progress.mapping.journeys.values():
        for _ in range(_TURNS):
            if not _turn(progress, journey):
                break


def come(progress: Progress, before: Contact, fired: Mapping[str, datetime]) -> None:
    """Ask the triggers whose dates, moments and quiet periods have come since the contact was looked at.

    A moment that was fired is asked about once: a mark says so. Then look at what was entered: a score may
    have crossed a bound by fading alone.
    """
    looking = happening("look", "", progress.now)
    since = before.looked_at or before.created_at
    called = _called(before, fired, progress.now)
    progress.contact = replace(progress.contact, marks={**progress.contact.marks, **called})
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


def _turn(progress: Progress, journey: Journey) -> bool:
    made = quiet.turn(progress.view(happening("quiet", "", progress.now)), journey)
    if made is None or made.moved is None or made.standing is None:
        return False
    contact = progress.contact
    progress.contact = replace(contact, standings={**contact.standings, journey.name: made.standing})
    progress.moves.append(made.moved)
    progress.trace.extend(made.trace)
    event = happening("stage", f"quiet:{journey.name}:{made.moved.at.isoformat()}", made.moved.at)
    follow_moves(progress, event)
    return True
