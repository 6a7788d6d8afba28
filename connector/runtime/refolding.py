"""Histories of contacts, folded again as the store tells them; nothing is written."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Sequence
from collections.abc import Mapping as Table
from dataclasses import dataclass, field
from datetime import datetime
from itertools import groupby
from operator import itemgetter

from connector.journey.late import Past
from connector.journey.recomputing import Recomputed, recompute
from connector.mapping.mapping import Mapping
from connector.model.contact import Contact
from connector.model.deeds import stands, taken_back
from connector.model.event import Event
from connector.store import contacts, deeds, families, recordings, undoing
from connector.store.database import Transaction
from connector.store.deeds import Deed
from connector.store.sweeps import EVERYBODY, Only
from connector.store.undoing import TRIGGER


@dataclass(frozen=True, slots=True)
class Folded:
    """What came of some contacts by id: as each was, and as its history makes it.

    `broken` are those for whom something of ours breaks, with what broke.
    """

    before: Table[str, Contact]
    after: Table[str, Recomputed]
    broken: Table[str, Exception] = field(default_factory=dict)


def fold_again(
    tx: Transaction, mapping: Mapping, people: Table[str, Contact], now: datetime, only: Only = EVERYBODY
) -> Folded:
    """Fold the whole history of these contacts again, with their companies attached; nothing is written.

    Where a rule is undone that is done without what it did, for those alone of whom it did anything.
    """
    after: dict[str, Recomputed] = {}
    broken: dict[str, Exception] = {}
    undone = undone_deeds(tx, only, people)
    is_of_rule = only.undone.startswith(TRIGGER)
    meant = {name: one for name, one in people.items() if name in undone} if is_of_rule else people
    for name, past in _pasts(tx, meant, undone):
        try:
            after[name] = recompute(mapping, people[name], past, now)
        except Exception as error:  # a rule of ours broke on this contact: told by the caller
            broken[name] = error
    return Folded(people, after, broken)


def undone_deeds(tx: Transaction, only: Only, ids: Iterable[str]) -> Table[str, Sequence[Deed]]:
    """What is taken out of the histories of these contacts, where something is undone."""
    return deeds.of_contacts(tx, undoing.which(tx, only.undone, only.since), ids) if only.undone else {}


def page(tx: Transaction, only: Only, after: str, seen: int, size: int) -> list[str]:
    """The ids of those who come next, behind `after`, where so many have been gone through."""
    if only.undone:
        return deeds.touched(tx, undoing.which(tx, only.undone, only.since), after, size)
    if only.contact:
        return [] if seen else [only.contact]
    most = min(size, only.limit - seen) if only.limit else size
    return contacts.page(tx, after, most) if most > 0 else []


def whose(tx: Transaction, only: Only, ids: Sequence[str]) -> list[str]:
    """The contacts of a page. What is undone stands under several ids of those who have become one: they come
    with the first of these."""
    if not only.undone:
        return list(ids)
    known = families.roots(tx, ids)
    joined = families.families(tx, {known.get(one, one) for one in ids})
    which = undoing.which(tx, only.undone, only.since)
    among = deeds.touched_among(tx, which, (one for some in joined.values() for one in some))
    first = {root: min(one for one in some if one in among) for root, some in joined.items()}
    return [root for one in ids if first.get(root := known.get(one, one), one) == one]


def is_meant(before: Contact, after: Contact, only: Only) -> bool:
    """Whether a contact is to be written: all are, or who changes in a journey where only that is asked."""
    journey = only.journey
    return not journey or before.standings.get(journey) != after.standings.get(journey)


def _pasts(
    tx: Transaction, people: Table[str, Contact], undone: Table[str, Sequence[Deed]]
) -> Iterator[tuple[str, Past]]:
    """The history of each of these contacts to whom anything has happened: all of it, upon nothing."""
    for name, theirs in groupby(recordings.events_of(tx, list(people)), itemgetter(0)):
        nobody = Contact(name, people[name].created_at)
        gone = {(one.event.key, one.event.occurred_at) for one in undone.get(name, ())}
        history = (event for _, event in theirs)
        yield name, Past(nobody, [_left(event, gone) for event in history] if gone else list(history))


def _left(event: Event, gone: Collection[tuple[str, datetime]]) -> Event:
    """An event, or what is left of a deed that is undone."""
    is_gone = stands(event) and (event.key, event.occurred_at) in gone
    return taken_back(event) if is_gone else event
