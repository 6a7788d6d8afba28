"""How far each feed of a platform has been read: moved in the transaction that stores what it brought."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any, TypeAlias

from sqlalchemy import Connection, delete, select, update

from connector.model.delivery import Delivery
from connector.store import received
from connector.store.dialect import upsert
from connector.store.schema import cursors as table

Named: TypeAlias = tuple[str, str]
"""A connection, and the name of one of its feeds."""

Asked: TypeAlias = tuple[datetime, str]
"""When a feed was last read to its end, and why not since then; empty where nothing went wrong."""


@dataclass(frozen=True, slots=True)
class Cursor:
    """Where the next question goes on (`state`, which only the feed itself understands).

    `asked_at` is when the feed was last read to its end, `words` why it was not since then; empty where
    nothing went wrong.
    """

    connection: str
    feed: str
    state: Mapping[str, Any]
    asked_at: datetime
    words: str = ""


def find(tx: Connection, connection: str, feed: str) -> Cursor | None:
    """Where the feed stands; None where it was never asked."""
    is_it = (table.c.connection == connection) & (table.c.feed == feed)
    row = tx.execute(select(table).where(is_it)).one_or_none()
    return Cursor(*row) if row else None


def asked(tx: Connection) -> dict[Named, Asked]:
    """When each feed was last read to its end, and why not since then; by connection and name, in order."""
    columns = (table.c.connection, table.c.feed, table.c.asked_at, table.c.words)
    rows = tx.execute(select(*columns).order_by(table.c.connection, table.c.feed))
    return {(row.connection, row.feed): (row.asked_at, row.words) for row in rows}


def move(tx: Connection, cursor: Cursor, brought: Sequence[Delivery] = ()) -> int:
    """Store what was brought and go on from there; how much of it had not come before.

    What had come before is not counted as a repeat: it was asked for twice on purpose.
    """
    new = received.not_noted(tx, brought)
    if new:
        received.insert(tx, new)
    upsert(tx, table, [asdict(cursor)], change=("state", "asked_at", "words"))
    return len(new)


def fail(tx: Connection, connection: str, feed: str, words: str) -> None:
    """The feed could not be read on."""
    is_it = (table.c.connection == connection) & (table.c.feed == feed)
    tx.execute(update(table).where(is_it).values(words=words))


def drop(tx: Connection, named: Collection[Named]) -> None:
    """It is as if these feeds had never been asked."""
    for connection, feed in sorted(named):
        is_it = (table.c.connection == connection) & (table.c.feed == feed)
        tx.execute(delete(table).where(is_it))
