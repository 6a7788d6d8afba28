"""Connections that are paused: nothing of them is claimed until a person resumes them."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ColumnElement, Connection, delete, exists, select

from connector.store.dialect import upsert
from connector.store.schema import pauses as table


def pause(tx: Connection, connection: str, now: datetime, words: str) -> None:
    """The connection is paused: nothing of it is claimed until `resume`. A pause keeps its first time."""
    upsert(tx, table, [{"connection": connection, "since": now, "words": words}], change=("words",))


def resume(tx: Connection, connection: str) -> None:
    """The connection goes on."""
    tx.execute(delete(table).where(table.c.connection == connection))


def paused(tx: Connection) -> dict[str, tuple[datetime, str]]:
    """The paused connections, since when and why."""
    return {row.connection: (row.since, row.words) for row in tx.execute(select(table))}


def is_paused(connection: ColumnElement[str] | str) -> ColumnElement[bool]:
    """That this connection is paused."""
    return exists().where(table.c.connection == connection)
