"""Makes two contacts one, and parts them again: what moves to the older, and what comes back."""

from __future__ import annotations

from typing import Any, Final

from sqlalchemy import Connection, delete, insert, select, update

from connector.model.contact import Contact
from connector.store import contacts, snapshots
from connector.store.columns import identity_key
from connector.store.dialect import chunks, insert_new
from connector.store.encoding import encode
from connector.store.families import Merge, below
from connector.store.schema import UNFINISHED, actions, echoes, held, status_is, stumbles, waiting
from connector.store.schema import identities as known
from connector.store.schema import merges as table

_UNFINISHED: Final = status_is(actions, *UNFINISHED)


def join(tx: Connection, older: Contact, younger: Contact, merge: Merge) -> None:
    """The younger becomes the older: its identities, what it waits for and what is to be done move there.

    Its row is emptied and never woken. What is to be done keeps its order: the ids stay. The state of the
    older is the caller's to save, and to note of whom runs are held. Both are locked.
    """
    ours, theirs = older.id, younger.id
    tx.execute(insert(table), _row(merge))
    tx.execute(update(table).where(table.c.root_id == theirs).values(root_id=ours))
    tx.execute(update(known).where(known.c.contact_id == theirs).values(contact_id=ours))
    tx.execute(update(actions).where(actions.c.contact_id == theirs, _UNFINISHED).values(contact_id=ours))
    tx.execute(update(echoes).where(echoes.c.contact_id == theirs).values(contact_id=ours))
    tx.execute(delete(stumbles).where(stumbles.c.contact_id == theirs))
    tx.execute(delete(held).where(held.c.contact_id == theirs))
    _move_texts(tx, theirs, ours)
    snapshots.drop(tx, [ours, theirs])
    contacts.save(tx, [Contact(theirs, younger.created_at)])


def part(tx: Connection, merge: Merge) -> None:
    """The two are apart again: the younger has the identities that it had, as far as the older has them.

    The state of both is the caller's to save. Both are locked.
    """
    tx.execute(delete(table).where(table.c.younger_id == merge.younger))
    for some in chunks([one for one in below(tx, merge.younger) if one != merge.younger]):
        tx.execute(update(table).where(table.c.younger_id.in_(some)).values(root_id=merge.younger))
    for kind, scope, value in map(identity_key, merge.identities):
        mine = (known.c.kind == kind, known.c.scope == scope, known.c.value == value)
        given_back = update(known).where(*mine, known.c.contact_id == merge.root)
        tx.execute(given_back.values(contact_id=merge.younger))
    snapshots.drop(tx, [merge.root, merge.younger])


def _move_texts(tx: Connection, theirs: str, ours: str) -> None:
    """Under which texts the runs wait that are taken over, with the versions that hold these."""
    rows = tx.execute(select(waiting).where(waiting.c.contact_id == theirs)).mappings().all()
    insert_new(tx, waiting, [{**row, "contact_id": ours} for row in rows], tell="contact_id")
    tx.execute(delete(waiting).where(waiting.c.contact_id == theirs))


def _row(merge: Merge) -> dict[str, Any]:
    return {
        "younger_id": merge.younger,
        "older_id": merge.older,
        "root_id": merge.root or merge.older,
        "at": merge.at,
        "connection": merge.connection,
        "event_key": merge.event_key,
        "identities": [encode(one) for one in merge.identities],
    }
