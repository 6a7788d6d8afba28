"""Two contacts whom an event has shown to be one person are made one, in the transaction of that event."""

from __future__ import annotations

from datetime import datetime

from connector.journey.joining import Half, join
from connector.journey.kinship import Proof
from connector.mapping.mapping import Mapping
from connector.model.contact import Contact
from connector.model.decision import Decision
from connector.model.event import Event
from connector.store import history, merges
from connector.store.database import Transaction
from connector.store.families import Merge


def unite(
    tx: Transaction,
    mapping: Mapping,
    pair: tuple[Contact, Contact],
    shown_by: tuple[Event, Proof],
    now: datetime,
) -> Decision:
    """The first of the two, the older, once it is both. All that was decided of either is in the store.

    Both are locked. What is decided is the caller's to write down, the deeds before anything else is decided.
    """
    older, younger = pair
    event, found_by = shown_by
    both = Half(older, history.whole(tx, older.id)), Half(younger, history.whole(tx, younger.id))
    decision = join(mapping, both, event, found_by, now)
    told = Merge(younger.id, older.id, now, event.connection, event.key, younger.identities)
    merges.join(tx, older, younger, told)
    return decision
