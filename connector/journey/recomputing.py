"""Folding a contact's whole history again, under the moves and scores that are live now; nothing is done.

A fold for an event that comes late goes back to the publication of the live version at most. This one goes
back to the beginning, or as far as the history can be seen: what rules have done stays, and what the new
state has entered starts nothing.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from connector.journey.agenda import next_look
from connector.journey.facts import with_facts
from connector.journey.folding import Fold, fold
from connector.journey.late import Past
from connector.journey.marks import look
from connector.journey.occasions import happening
from connector.journey.placing import passed, position
from connector.journey.view import View
from connector.mapping.mapping import Mapping
from connector.model.contact import Contact, Folded, changed
from connector.model.order import Place, place_of


@dataclass(frozen=True, slots=True)
class Recomputed:
    """A contact whose history was folded again, and when it is to be looked at.

    `sees_from` is the place up to which events have been dropped; None where all of them are there.
    """

    contact: Contact
    wakes_at: datetime | None = None
    sees_from: Place | None = None


def recompute(mapping: Mapping, contact: Contact, past: Past, now: datetime) -> Recomputed:
    """The contact as its history makes it under this mapping.

    `past` is that history, in any order, upon what stands for the part of it that was dropped: a snapshot,
    folded up to its place; one of nothing where nothing was. Later folds begin there too.

    Consent stays as it is: only fresh evidence raises it, and only the person or a platform lowers it. Who
    was erased stays so, and who has no history stays as they are.
    """
    floor = past.snapshot.folded.upto if past.snapshot.folded else None
    if contact.erased_at is not None or not (past.events or floor):
        return Recomputed(contact, next_look(mapping, contact, now))
    begun = Folded(mapping.version, upto=floor, base=floor)
    history = sorted(past.events, key=lambda one: position(one, begun))
    made = fold(mapping, with_facts(contact, past.snapshot), history, now)
    upto = max((place_of(one) for one in history), default=None)
    begun = Folded(mapping.version, _later(floor, upto), floor, len(history))
    after = changed(made.contact, consent=contact.consent, folded=begun)
    after = _marked(mapping, changed(after, folded=_up_to_now(mapping, after, made)), now)
    return Recomputed(after, next_look(mapping, after, now), floor)


def seen(mapping: Mapping, contact: Contact, now: datetime) -> View:
    """A contact as it is, with nothing happening to it."""
    return View(mapping, contact, happening("look", "", now), now)


def _later(one: Place | None, other: Place | None) -> Place | None:
    return max((it for it in (one, other) if it is not None), default=None)


def _up_to_now(mapping: Mapping, after: Contact, made: Fold) -> Folded:
    """How far it is folded: moves by quiet stand behind the events between which they were made."""
    return passed(mapping, after, (one.moved.at for one in made.reached if not one.event.connection))


def _marked(mapping: Mapping, contact: Contact, now: datetime) -> Contact:
    """The contact of whom is written down what it is in now, so that no rule follows upon it later."""
    if not mapping.is_watchful:
        return contact
    return look(seen(mapping, contact, now), None).contact
