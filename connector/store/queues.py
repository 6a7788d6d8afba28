"""How much waits in each queue, and since when: cheap enough to be asked every few seconds.

Nothing is counted further than MOST, and all of it is read from the indexes of what waits.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from sqlalchemy import Connection, Select, func, select

from connector.model.delivery import DeliveryStatus
from connector.store import outbox
from connector.store.schema import UNFINISHED, ActionStatus, actions, contacts, deliveries, status_is

MOST: Final = 10_000
"""How far is counted: this many means this many or more."""

_INBOX: Final = select(deliveries.c.id, deliveries.c.received_at).where(
    status_is(deliveries, DeliveryStatus.WAITING)
)
_FIRST_IN_INBOX: Final = _INBOX.order_by(deliveries.c.received_at, deliveries.c.id).limit(1)
_WAITING: Final = (
    status_is(actions, *UNFINISHED),
    status_is(actions, ActionStatus.WAITING),
)


@dataclass(frozen=True, slots=True)
class Line:
    """`count` wait, MOST standing for more; the first since `since`. `first` tells it from others: of the
    outbox it is the first that can leave, and empty where none can."""

    count: int = 0
    since: datetime | None = None
    first: str = ""


@dataclass(frozen=True, slots=True)
class Queues:
    """What waits: deliveries, actions that are due by connection, and contacts whose time has come."""

    inbox: Line
    outbox: Mapping[str, Line]
    looks: Line


def look(tx: Connection, connections: Collection[str], now: datetime) -> Queues:
    """What waits now; of the outbox what is due at these connections."""
    return Queues(inbox(tx), {one: _outbox(tx, one, now) for one in sorted(connections)}, _looks(tx, now))


def inbox(tx: Connection) -> Line:
    """The deliveries that wait."""
    first = tx.execute(_FIRST_IN_INBOX).first()
    return Line(_count(tx, _INBOX), first.received_at, first.id) if first else Line()


def _outbox(tx: Connection, connection: str, now: datetime) -> Line:
    due = select(actions.c.id, actions.c.next_attempt_at).where(
        *_WAITING, actions.c.connection == connection, actions.c.next_attempt_at <= now
    )
    first = tx.execute(due.order_by(actions.c.next_attempt_at, actions.c.id).limit(1)).first()
    if first is None:
        return Line()
    head = outbox.first_due(tx, connection, now)
    return Line(_count(tx, due), first.next_attempt_at, "" if head is None else str(head))


def _looks(tx: Connection, now: datetime) -> Line:
    due = select(contacts.c.id, contacts.c.wakes_at).where(contacts.c.wakes_at <= now)
    first = tx.execute(due.order_by(contacts.c.wakes_at, contacts.c.id).limit(1)).first()
    return Line(_count(tx, due), first.wakes_at, first.id) if first else Line()


def _count(tx: Connection, what: Select[Any]) -> int:
    some = what.limit(MOST).subquery()
    return tx.execute(select(func.count()).select_from(some)).scalar_one()
