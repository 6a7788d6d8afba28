"""Actions that were being sent by a connection which is not at work any more."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import datetime

from sqlalchemy import Connection, select

from connector.store import outbox
from connector.store.schema import ActionStatus, status_is
from connector.store.schema import actions as table

WORDS = (
    "nobody knows whether it happened: the program ended before the answer came, and {connection} is not in "
    "the mapping any more, or lacks a setting"
)


def abandoned(tx: Connection, at_work: Collection[str]) -> dict[int, str]:
    """What is `sending` by other connections than these: each action's id, with its connection."""
    sending = (status_is(table, ActionStatus.SENDING), table.c.connection.not_in(at_work))
    rows = tx.execute(select(table.c.id, table.c.connection).where(*sending).order_by(table.c.id))
    return {row.id: row.connection for row in rows}


def give_up_waiting(tx: Connection, actions: Mapping[int, str], now: datetime) -> None:
    """These become `unknown`: to be looked up should their connection return, or discarded by a person."""
    for one, connection in actions.items():
        outbox.unknown(tx, one, now, now, WORDS.format(connection=connection))
