"""Actions that were being sent by a connection which is not at work any more."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from typing import Final

from sqlalchemy import Connection, select

from connector.store import endings
from connector.store.endings import Missed
from connector.store.schema import ActionStatus, status_is
from connector.store.schema import actions as table
from connector.store.settling import end

WORDS = (
    "nobody knows whether it happened: the program ended before the answer came, and {connection} is not in "
    "the mapping any more, or lacks a setting"
)
_SENDING: Final = status_is(table, ActionStatus.SENDING)


def abandoned(tx: Connection, at_work: Collection[str]) -> list[str]:
    """The connections beside these of which something is `sending`, by name."""
    others = (_SENDING, table.c.connection.not_in(at_work))
    found = select(table.c.connection).where(*others).distinct().order_by(table.c.connection)
    return list(tx.execute(found).scalars())


def give_up_waiting(tx: Connection, connection: str, now: datetime) -> int:
    """What it left becomes `unknown`: to be looked up should it return, or discarded by a person.

    How many actions that is.
    """
    left = select(table.c.id).where(_SENDING, table.c.connection == connection).order_by(table.c.id)
    ids = tx.execute(left).scalars().all()
    missed = Missed(now, now, WORDS.format(connection=connection))
    end(tx, [endings.unknown(one, missed) for one in ids])
    return len(ids)
