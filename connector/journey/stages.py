"""Stages: which move an event makes in a journey, and where the contact stands afterwards.

Moves are read from the top, and the first whose event, `from` and `when` fit decides, even where it leads
to a stage that is not ahead: then nothing happens, and later moves are not asked. So an event always
means the same stage, and any order of arrival ends alike. A stage that was jumped over is entered too,
marked as inferred. An event that arrives late corrects when stages were entered, and never undoes a move
that came after it. A move that begins a cycle forgets when stages were entered before it, and what happened
before then says nothing of the cycle.
"""

from __future__ import annotations

from collections.abc import Mapping as Table
from datetime import UTC, datetime
from typing import Final

from connector.journey.bearing import NO_COMPANY, bearer, standing_in
from connector.journey.conditions import Asked, ask, seen
from connector.journey.view import View
from connector.mapping.rules import Journey, Move
from connector.model.contact import Standing
from connector.model.decision import Answer, Moved, TraceEntry
from connector.model.light import light

_EVER: Final = datetime.min.replace(tzinfo=UTC)


@light
class Turn:
    """What an event did in one journey: the standing afterwards, the move if one was made, and why."""

    standing: Standing | None
    moved: Moved | None = None
    trace: tuple[TraceEntry, ...] = ()


def turn(view: View, journey: Journey) -> Turn:
    """Ask the moves of a journey that listen to the event; before its first move a contact has no stage."""
    standing, moved = standing_in(view.contact, journey), None
    has_bearer = bearer(view.contact, journey) is not None
    trace: list[TraceEntry] = []
    is_decided = False
    for number, move in journey.moves_on.get(view.event.name, ()):
        if not has_bearer:
            asked = Asked(Answer.NO, NO_COMPANY)
        else:
            asked = Asked(Answer.BEATEN) if is_decided else _fits(view, move, standing)
        if asked.refusal is None:
            is_decided = True
            made, asked = _make(view, journey, move, standing)
            standing, moved = made.standing, made.moved
        answer = asked.refusal or Answer.MOVED
        rule = f"move:{journey.name}:{number}"
        trace.append(TraceEntry(rule, answer, move.place.where, asked.seen, asked.detail))
    return Turn(standing, moved, tuple(trace))


def _fits(view: View, move: Move, standing: Standing | None) -> Asked:
    if standing is not None and view.event.occurred_at < _begin_of_cycle(standing):
        return Asked(Answer.NO, f"it happened before cycle {standing.cycle} began")
    if move.from_stage is not None:
        if standing is None or standing.stage != move.from_stage:
            where = standing.stage if standing else "no stage yet"
            return Asked(Answer.NO, f"it is for {move.from_stage}, and the contact is in {where}")
        if view.event.occurred_at < standing.since:
            return Asked(Answer.NO, f"it happened before the contact entered {standing.stage}")
    return ask(view, move.when)


def _make(view: View, journey: Journey, move: Move, standing: Standing | None) -> tuple[Turn, Asked]:
    at = view.event.occurred_at
    refusal = "" if move.from_stage else _not_ahead(journey.order, standing, move.to, at)
    if refusal and standing is not None:
        after = _corrected(standing, *_reached(journey.order, standing, move.to, at))
        return Turn(after), Asked(Answer.NOT_FORWARD, refusal)
    return moved_to(journey, standing, move.to, at, move.begins_cycle), Asked(seen=seen(view, move.when))


def moved_to(
    journey: Journey, standing: Standing | None, to: str, at: datetime, begins_cycle: bool = False
) -> Turn:
    """The contact in a stage from a moment on, wherever it stood before."""
    kept = None if begins_cycle else standing
    entered, inferred = _reached(journey.order, kept, to, at)
    cycle = (standing.cycle if standing else 1) + (begins_cycle and standing is not None)
    known = kept.entered if kept else {}
    jumped = tuple([stage for stage in inferred if stage not in known]) if known else inferred
    moved = Moved(journey.name, standing.stage if standing else None, to, at, jumped)
    entries = dict(standing.entries) if standing else {}
    entries[to] = entries.get(to, 0) + 1
    return Turn(Standing(to, at, cycle, entered, inferred, entries), moved)


def _begin_of_cycle(standing: Standing) -> datetime:
    """Before then nothing counts; the first cycle has no beginning."""
    return min(standing.entered.values(), default=_EVER) if standing.cycle > 1 else _EVER


def _not_ahead(order: tuple[str, ...], standing: Standing | None, to: str, at: datetime) -> str:
    """Why a move without `from` is not made; empty where it leads forward."""
    if standing is None:
        return ""
    if standing.stage == to:
        return f"the contact is in {to} already"
    if standing.stage in order and order.index(to) < order.index(standing.stage):
        return f"{to} is not ahead of {standing.stage}"
    if to in standing.entered and at < standing.since:
        return f"it happened before the contact went from {to} to {standing.stage}"
    return ""


def _reached(
    order: tuple[str, ...], standing: Standing | None, to: str, at: datetime
) -> tuple[dict[str, datetime], tuple[str, ...]]:
    """When each stage was entered, and which of them are inferred, once a stage is reached at a time.

    Of every stage the first entry counts; it is inferred where that entry went further. Only minima are
    taken, so the order of arrival does not matter.
    """
    reached = order[: order.index(to) + 1]
    if standing is None:
        return dict.fromkeys(reached, at), reached[:-1]
    entered, inferred = dict(standing.entered), set(standing.inferred)
    for stage in reached:
        if stage not in entered or at < entered[stage]:
            entered[stage] = at
            inferred.discard(stage) if stage == to else inferred.add(stage)
        elif at == entered[stage] and stage == to:
            inferred.discard(stage)
    return entered, tuple([stage for stage in order if stage in inferred]) if inferred else ()


def _corrected(standing: Standing, entered: Table[str, datetime], inferred: tuple[str, ...]) -> Standing:
    """The standing once more is known of when its stages were entered."""
    since = _since(standing, entered)
    return Standing(standing.stage, since, standing.cycle, entered, inferred, standing.entries)


def _since(standing: Standing, entered: Table[str, datetime]) -> datetime:
    """When the present stage was entered: corrected by a late event only where it was for the first time."""
    is_first = standing.entered.get(standing.stage) == standing.since
    return entered[standing.stage] if is_first else standing.since
