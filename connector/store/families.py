"""Contacts that have become one with others, and under which ids the history of a contact was recorded.

Events keep the id under which they were recorded, and so do actions that are over and looks: the history of
a contact is that of its *family*, which is the contact and all that have become one with it.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from sqlalchemy import Column, ColumnElement, Connection, Row, exists, select

from connector.model.event import Identity
from connector.store.dialect import chunks
from connector.store.encoding import decode
from connector.store.rows import pick
from connector.store.schema import merges as table

_ROOTS: Final = ("younger_id", "root_id")


@dataclass(frozen=True, slots=True)
class Merge:
    """`younger` has become one with `older`, which event showed it, and what the younger was known by.

    `root` is who the older is now: it may have become one with somebody else since.
    """

    younger: str
    older: str
    at: datetime
    connection: str
    event_key: str
    identities: tuple[Identity, ...]
    root: str = ""


def family(tx: Connection, contact_id: str) -> list[str]:
    """The ids under which the history of a contact was recorded, its own first."""
    joined = select(table.c.younger_id).where(table.c.root_id == contact_id).order_by(table.c.younger_id)
    return [contact_id, *tx.execute(joined).scalars()]


def families(tx: Connection, ids: Iterable[str]) -> dict[str, list[str]]:
    """The families of those of these contacts with whom somebody has become one, by their ids."""
    found: dict[str, list[str]] = {}
    for some in chunks(sorted(set(ids))):
        joined = select(table.c.root_id, table.c.younger_id).where(table.c.root_id.in_(some))
        for row in tx.execute(joined.order_by(table.c.root_id, table.c.younger_id)):
            found.setdefault(row.root_id, [row.root_id]).append(row.younger_id)
    return found


def roots(tx: Connection, ids: Iterable[str]) -> dict[str, str]:
    """Who has become another contact, and which one that is now; all others are not named."""
    keys = [(one,) for one in sorted(set(ids))]
    return dict(pick(tx, table, keys, ("younger_id",), _ROOTS))


def root(tx: Connection, contact_id: str) -> str:
    """Who this contact is now."""
    return roots(tx, [contact_id]).get(contact_id, contact_id)


def find(tx: Connection, younger: str) -> Merge | None:
    """How this contact became one with another; None where it did not."""
    row = tx.execute(select(table).where(table.c.younger_id == younger)).first()
    return _merge(row) if row else None


def of_contact(tx: Connection, contact_id: str) -> list[Merge]:
    """Those that have become one with this contact, the latest last."""
    rows = tx.execute(
        select(table).where(table.c.root_id == contact_id).order_by(table.c.at, table.c.younger_id)
    )
    return [_merge(row) for row in rows]


def below(tx: Connection, contact_id: str) -> list[str]:
    """This contact and all that had become one with it before it became another, be it by way of others."""
    found, latest = {contact_id}, {contact_id}
    while latest:
        joined = select(table.c.younger_id).where(table.c.older_id.in_(sorted(latest)))
        latest = set(tx.execute(joined).scalars()) - found
        found |= latest
    return sorted(found)


def is_merged(contact_id: Column[Any]) -> ColumnElement[bool]:
    """That the contact has become another one, so that nothing is left of it but its id."""
    return exists().where(table.c.younger_id == contact_id)


def _merge(row: Row[Any]) -> Merge:
    return Merge(
        younger=row.younger_id,
        older=row.older_id,
        root=row.root_id,
        at=row.at,
        connection=row.connection,
        event_key=row.event_key,
        identities=tuple(decode(Identity, one) for one in row.identities),
    )
