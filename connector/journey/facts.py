"""What an event makes of the facts about a contact: everything that its history says, and no rule has done.

The facts are the fields, consent, the ledger of orders and carts, counters, scores, stages, complaints and
what follows from them. They depend on the history alone: each event has its place in it, and means what it
means at its own time. What rules have done (runs, marks, tasks that are open) are the contact's *doings*; to
which company the contact belongs, and what is known of that, is neither.
"""

from __future__ import annotations

from dataclasses import fields
from datetime import datetime
from typing import Final

from connector.journey import apply, carts, consent, ledger, own_state, quiet, stages, verdicts
from connector.journey.earning import earn
from connector.journey.view import View
from connector.mapping.mapping import Mapping
from connector.model.contact import DOINGS, Contact, changed
from connector.model.decision import Answer, Moved, TraceEntry
from connector.model.event import Event
from connector.model.light import light
from connector.model.standing import Standing

_ATTACHED: Final = frozenset({"id", "created_at", "identities", "company_id", "company_at", "company"})
"""Who the contact is and where they belong: that is told apart from their history, the latest by its time."""

_OF_HISTORY: Final = tuple(
    one.name for one in fields(Contact) if one.name not in DOINGS and one.name not in _ATTACHED
)

TURNS: Final = 100
"""Moves by quiet that are made at one look; any more wait for the next."""


@light
class Step:
    """The facts after one event, its moves, and what the rules said that were asked of it.

    `ignored` says why no trigger hears of the event, where none does: an echo, a fact that was known.
    `is_final`: nothing of it concerns any rule, so it was not counted either.
    """

    contact: Contact
    trace: tuple[TraceEntry, ...] = ()
    moves: tuple[Moved, ...] = ()
    ignored: TraceEntry | None = None
    is_final: bool = False


def step(mapping: Mapping, contact: Contact, event: Event, now: datetime) -> Step:
    """Put an event into the facts. Rules are asked at the event's own time, unless that is behind `now`.

    The event has no identities but those of the contact (see `identity.own_part`).
    """
    if contact.erased_at is not None:
        return Step(contact, ignored=TraceEntry("event", Answer.ERASED), is_final=True)
    if event.name == "contact.erased":
        return Step(apply.erase(contact, event.occurred_at), is_final=True)
    if own_state.is_deed(event) or verdicts.is_verdict(event):
        return _noted(mapping, contact, event)
    at = min(event.occurred_at, now)
    if event.is_echo:
        heard = _heard(mapping, apply.learn(contact, event), event, at)
        return Step(heard, ignored=TraceEntry("event", Answer.ECHO), is_final=True)
    booked = ledger.book(contact, event)
    held = carts.hold(booked.contact, event, at)
    if booked.refusal:
        heard = _heard(mapping, apply.learn(held.contact, event), event, at)
        return Step(heard, ignored=booked.refusal, is_final=True)
    heard = _heard(mapping, apply.count(held.contact, event), event, at)
    return _ruled(View(mapping, heard, event, at), held.closed)


def next_quiet(mapping: Mapping, contact: Contact, until: datetime) -> tuple[Contact, stages.Turn] | None:
    """The next move by quiet that comes by a moment, with the contact after it; None where there is none."""
    if not mapping.has_quiet_moves or contact.erased_at is not None:
        return None
    view = View(mapping, contact, quiet.HAPPENING, until)
    for journey in mapping.journeys_of("contact").values():
        made = quiet.turn(view, journey)
        if made is not None and made.standing is not None:
            standings = {**contact.standings, journey.name: made.standing}
            return changed(contact, standings=standings), made
    return None


def with_facts(contact: Contact, facts: Contact) -> Contact:
    """The contact with the facts of another state of it; what rules have done stays."""
    return changed(contact, **{name: getattr(facts, name) for name in _OF_HISTORY})


def only_facts(contact: Contact) -> Contact:
    """The contact without what rules have done."""
    return with_facts(Contact(contact.id, contact.created_at, contact.identities), contact)


def _heard(mapping: Mapping, contact: Contact, event: Event, at: datetime) -> Contact:
    """The contact with the consent that an event gives or takes.

    Where the only lists are those of a group, an event of a connection that has none speaks of the list of
    the member that fits the contact, as it is after the event.
    """
    is_by_member = mapping.audience is None and mapping.lists is not None
    usual = View(mapping, contact, event, at).person.usual_list if is_by_member else ""
    return consent.hear(contact, event, mapping, usual)


def _noted(mapping: Mapping, contact: Contact, event: Event) -> Step:
    """What no source tells: what our own rules did, and what a platform said of an address."""
    if own_state.is_deed(event):
        after, moved = own_state.repeat(mapping, contact, event)
        return Step(after, moves=(moved,) if moved else (), is_final=True)
    told = TraceEntry("event", Answer.NO_CONSENT, detail=verdicts.words_of(event))
    return Step(verdicts.hear(contact, mapping, event), ignored=told, is_final=True)


def _ruled(view: View, closed: TraceEntry | None) -> Step:
    """Ask the scores, then the moves of every journey of the contact, which all see the same state."""
    earned = earn(view)
    trace, view = [*earned.trace], view.of(earned.contact)
    contact = view.contact
    moves: list[Moved] = []
    turned: dict[str, Standing] = {}
    for journey in view.mapping.turned_by(view.event.name):
        turn = stages.turn(view, journey)
        trace.extend(turn.trace)
        if turn.standing is not None and turn.standing != contact.standings.get(journey.name):
            turned[journey.name] = turn.standing
        if turn.moved is not None:
            moves.append(turn.moved)
    if turned:
        contact = changed(contact, standings={**contact.standings, **turned})
    return Step(contact, tuple(trace), tuple(moves), closed)
