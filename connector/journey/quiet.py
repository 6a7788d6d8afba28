"""Quiet: that none of some events has happened for a while, and the moves that follow from it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace
from datetime import UTC, datetime
from operator import itemgetter
from typing import Final

from connector.journey.bearing import bearer, standing_in
from connector.journey.conditions import ask
from connector.journey.stages import Turn, moved_to
from connector.journey.view import View
from connector.mapping.durations import spoken
from connector.mapping.rules import Journey, Move
from connector.model.company import Company
from connector.model.contact import Contact
from connector.model.decision import Answer, TraceEntry
from connector.model.event import Event

HAPPENING: Final = Event(
    key="", name="quiet", occurred_at=datetime.max.replace(tzinfo=UTC), connection="", source=""
)
"""The event that stands for nothing having happened; it is never stored or counted."""


def since(bearer: Contact | Company, events: Iterable[str]) -> tuple[datetime, str] | None:
    """The last of these events, as the moment and its name; None where none of them ever happened."""
    happened = [(bearer.last[name], name) for name in events if name in bearer.last]
    return max(happened, default=None)


def quiet_moves(journey: Journey, contact: Contact) -> Iterator[tuple[datetime, int, Move]]:
    """The moves by quiet that the contact comes to from its stage: when, the number in the journey, the move.

    It has been quiet in a stage no longer than the contact has been there. Of a journey of companies these
    are the moves of its company.
    """
    who = bearer(contact, journey)
    standing = who.standings.get(journey.name) if who else None
    for number, move in enumerate(journey.moves, start=1):
        if move.quiet is None or who is None or standing is None:
            continue
        if not _leads_on(journey, move, standing.stage):
            continue
        last = since(who, move.since)
        begin = max(standing.since, last[0]) if last else standing.since
        yield begin + move.quiet, number, move


def next_move(view: View) -> datetime | None:
    """When the next move by quiet is to be made, if nothing happens before; now, where one is due."""
    if not view.mapping.has_quiet_moves:
        return None
    journeys = view.mapping.journeys.values()
    ahead = [at for one in journeys for at, _, _ in quiet_moves(one, view.contact) if at > view.now]
    is_due = any(turn(view, one) for one in journeys)
    return view.now if is_due else min(ahead, default=None)


def turn(view: View, journey: Journey) -> Turn | None:
    """The first move by quiet that is due and whose `when` fits, made at the moment at which it was due."""
    for at, number, move in sorted(quiet_moves(journey, view.contact), key=itemgetter(0, 1)):
        if at <= view.now and ask(view, move.when).refusal is None:
            standing = standing_in(view.contact, journey)
            made = moved_to(journey, standing, move.to, at, move.begins_cycle)
            detail = f"quiet for {spoken(move.quiet)}" if move.quiet else ""
            entry = TraceEntry(f"move:{journey.name}:{number}", Answer.MOVED, str(move.place), detail=detail)
            return replace(made, trace=(entry,))
    return None


def _leads_on(journey: Journey, move: Move, stage: str) -> bool:
    if move.from_stage is not None:
        return move.from_stage == stage
    order = journey.order
    return stage in order and order.index(move.to) > order.index(stage)
