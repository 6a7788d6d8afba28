"""What histories had come to, so that an event that comes late is not folded from the beginning.

A contact has at most one *base* (its state when the live version first decided about it; further back no
fold goes) and some later snapshots, each of which holds all that stands up to its place.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any, Final

from sqlalchemy import Connection, Row, bindparam, delete, func, select

from connector.model.contact import Contact, changed
from connector.model.order import Place
from connector.store.dialect import chunks
from connector.store.encoding import decode, encode
from connector.store.rows import insert as insert_all
from connector.store.schema import events
from connector.store.schema import snapshots as table
from connector.store.straight import Ready

KEPT: Final = 4
"""How many snapshots of a contact are kept besides the base."""

_LAST_EVENT: Final = Ready(select(func.max(events.c.id).label("id")))
_DROP: Final = Ready(delete(table).where(table.c.contact_id.in_(bindparam("ids", expanding=True))))


@dataclass(frozen=True, slots=True)
class Snapshot:
    """The facts of a contact up to a place.

    `after` is the number of an event, anybody's: theirs up to it are in the base, those behind it are not.
    """

    contact: Contact
    place: Place
    is_base: bool
    after: int


def lay_bases(tx: Connection, bases: Sequence[tuple[Contact, Place]]) -> None:
    """From now on folds of these contacts begin here: with these facts, and events recorded from now on.

    The contacts are locked, so that all of their own events stand before the last that anybody has.
    """
    if not bases:
        return
    drop(tx, [one.id for one, _ in bases])
    last = _LAST_EVENT.rows(tx)[0].id or 0
    rows = [_row(Snapshot(contact, place, is_base=True, after=last)) for contact, place in bases]
    insert_all(tx, table, rows)


def lay(tx: Connection, contact: Contact, place: Place) -> None:
    """Keep the facts of a contact as they are up to this place; the oldest but the base go."""
    known = of_contact(tx, contact.id)
    after = known[0].after if known else 0
    insert_all(tx, table, [_row(Snapshot(contact, place, is_base=False, after=after))])
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
        _DROP.change(tx, ids=some)


def _row(one: Snapshot) -> dict[str, Any]:
    return {
        "contact_id": one.contact.id,
        "place": encode(one.place),
        "is_base": one.is_base,
        "after": one.after,
        "state": encode(changed(one.contact, identities=(), company=None)),
    }


def _snapshot(row: Row[Any]) -> Snapshot:
    return Snapshot(decode(Contact, row.state), decode(Place, row.place), row.is_base, row.after)
