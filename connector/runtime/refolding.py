"""Histories of contacts, folded again as the store tells them; nothing is written."""

from __future__ import annotations

from collections.abc import Iterator
from collections.abc import Mapping as Table
from dataclasses import dataclass, field
from datetime import datetime
from itertools import groupby
from operator import itemgetter

from connector.journey.late import Past
from connector.journey.recomputing import Recomputed, recompute
from connector.mapping.mapping import Mapping
from connector.model.contact import Contact
from connector.store import contacts, recordings
from connector.store.database import Transaction
from connector.store.sweeps import Only


@dataclass(frozen=True, slots=True)
class Folded:
    """What came of some contacts by id: as each was, and as its history makes it.

    `broken` are those for whom something of ours breaks, with what broke.
    """

    before: Table[str, Contact]
    after: Table[str, Recomputed]
    broken: Table[str, Exception] = field(default_factory=dict)


def fold_again(tx: Transaction, mapping: Mapping, people: Table[str, Contact], now: datetime) -> Folded:
    """Fold the whole history of these contacts again, with their companies attached; nothing is written."""
    after: dict[str, Recomputed] = {}
    broken: dict[str, Exception] = {}
    for name, past in _pasts(tx, people):
        try:
            after[name] = recompute(mapping, people[name], past, now)
        except Exception as error:  # a rule of ours broke on this contact: told by the caller
            broken[name] = error
    return Folded(people, after, broken)


def page(tx: Transaction, only: Only, after: str, seen: int, size: int) -> list[str]:
    """The ids of those who come next, behind `after`, where so many have been gone through."""
    if only.contact:
        return [] if seen else [only.contact]
    most = min(size, only.limit - seen) if only.limit else size
    return contacts.page(tx, after, most) if most > 0 else []


def is_meant(before: Contact, after: Contact, only: Only) -> bool:
    """Whether a contact is to be written: all are, or who changes in a journey where only that is asked."""
    journey = only.journey
    return not journey or before.standings.get(journey) != after.standings.get(journey)


def _pasts(tx: Transaction, people: Table[str, Contact]) -> Iterator[tuple[str, Past]]:
    """The history of each of these contacts to whom anything has happened: all of it, upon nothing."""
    for name, theirs in groupby(recordings.events_of(tx, list(people)), itemgetter(0)):
        nobody = Contact(name, people[name].created_at)
        yield name, Past(nobody, [event for _, event in theirs])
