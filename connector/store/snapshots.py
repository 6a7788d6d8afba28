"""What histories had come to, so that an event that comes late is not folded from the beginning.

A contact has at most one *base* (its state when the live version first decided about it; further back no
fold goes) and some later snapshots, each of which holds all that stands up to its place.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any, Final

from sqlalchemy import Connection, Row, delete, func, insert, select

from connector.model.contact import Contact, changed
from connector.model.order import Place
from connector.store.dialect import chunks
from connector.store.encoding import decode, encode
from connector.store.schema import events
from connector.store.schema import snapshots as table

KEPT: Final = 4
"""How many snapshots of a contact are kept besides the base."""


@dataclass(frozen=True, slots=True)
class Snapshot:
    """The facts of a contact up to a place.

    `after` is the number of an event, anybody's: theirs up to it are in the base, those behind it are not.
    """

    contact: Contact
    place: Place
    is_base: bool
    after: int


def lay_base(tx: Connection, contact: Contact, place: Place) -> None:
    """From now on a fold of this contact begins here: with these facts, and events recorded from now on.

    The contact is locked, so that all of its own events stand before the last that anybody has.
    """
    drop(tx, [contact.id])
    last = tx.execute(select(func.max(events.c.id))).scalar()
    _insert(tx, Snapshot(contact, place, is_base=True, after=last or 0))


def lay(tx: Connection, contact: Contact, place: Place) -> None:
    """Keep the facts of a contact as they are up to this place; the oldest but the base go."""
    known = of_contact(tx, contact.id)
    _insert(tx, Snapshot(contact, place, is_base=False, after=known[0].after if known else 0))
    later = select(table.c.id).where(table.c.contact_id == contact.id, table.c.is_base.is_(False))
    kept = later.order_by(table.c.id.desc()).limit(KEPT)
    spent = (table.c.contact_id == contact.id, table.c.is_base.is_(False), table.c.id.not_in(kept))
    tx.execute(delete(table).where(*spent))


def of_contact(tx: Connection, contact_id: str) -> Sequence[Snapshot]:
    """The snapshots of a contact, the base first, then by age."""
    rows = tx.execute(select(table).where(table.c.contact_id == contact_id))
    return [_snapshot(row) for row in sorted(rows, key=lambda row: (not row.is_base, row.id))]


def drop_from(tx: Connection, contact_id: str, place: Place) -> None:
    """What an event at this place comes into no longer holds."""
    mine = select(table.c.id, table.c.place).where(
        table.c.contact_id == contact_id, table.c.is_base.is_(False)
    )
    stale = [row.id for row in tx.execute(mine) if decode(Place, row.place) >= place]
    if stale:
        tx.execute(delete(table).where(table.c.id.in_(stale)))


def drop(tx: Connection, contact_ids: Iterable[str]) -> None:
    """Keep nothing of these contacts: a fold of them begins at the beginning of their history."""
    for some in chunks(sorted(contact_ids)):
        tx.execute(delete(table).where(table.c.contact_id.in_(some)))


def _insert(tx: Connection, one: Snapshot) -> None:
    row = {
        "contact_id": one.contact.id,
        "place": encode(one.place),
        "is_base": one.is_base,
        "after": one.after,
        "state": encode(changed(one.contact, identities=(), company=None)),
    }
    tx.execute(insert(table), row)


def _snapshot(row: Row[Any]) -> Snapshot:
    return Snapshot(decode(Contact, row.state), decode(Place, row.place), row.is_base, row.after)
