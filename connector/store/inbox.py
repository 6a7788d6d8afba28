"""Deliveries: received, taken in hand, settled; and those that wait for their owner to be known."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from sqlalchemy import ColumnElement, Connection, Row, case, func, literal, not_, select, update

from connector.model.delivery import Delivery, DeliveryStatus
from connector.model.light import light
from connector.store.dialect import chunks
from connector.store.hands import MAX_ATTEMPTS, delivery_of, let_go, recover, still_waiting, take, take_out
from connector.store.history import has_parked, take_back
from connector.store.received import Received, insert, insert_failed
from connector.store.rows import change
from connector.store.schema import REPLAYABLE, status_is
from connector.store.schema import deliveries as table

__all__ = [
    "MAX_ATTEMPTS",
    "InboxRow",
    "Received",
    "Settled",
    "counts",
    "find",
    "insert",
    "insert_failed",
    "let_go",
    "listing",
    "recover",
    "release",
    "replay",
    "settle",
    "still_waiting",
    "take",
]


@light
class Settled:
    """How a delivery ended: `reason` and `path` (in the payload) where it failed, the mapping's `version`."""

    id: str
    status: DeliveryStatus
    version: str
    at: datetime
    reason: str = ""
    path: str = ""


@dataclass(frozen=True, slots=True)
class InboxRow:
    """A delivery as lists and the console show it, with the body."""

    delivery: Delivery
    status: DeliveryStatus
    attempts: int
    repeats: int
    version: str
    reason: str
    path: str
    settled_at: datetime | None


_ASIDE: Final = status_is(table, *REPLAYABLE)


def settle(tx: Connection, settled: Sequence[Settled]) -> None:
    """Write how deliveries ended; takes them out of every hand."""
    if not settled:
        return
    change(tx, table, [_ended(one) for one in settled], key="id")
    take_out(tx, [one.id for one in settled])


def release(tx: Connection, ids: Sequence[str], version: str, now: datetime) -> None:
    """Of these deliveries, those that are parked and have no parked event any more are done.

    They are locked first: of two that take out the last events of one at the same moment, the later sees it.
    """
    done = {"status": DeliveryStatus.DONE.value, "version": version, "reason": "", "settled_at": now}
    for some in chunks(ids):
        parked = table.c.id.in_(some), status_is(table, DeliveryStatus.PARKED)
        tx.execute(select(table.c.id).where(*parked).order_by(table.c.id).with_for_update()).all()
        tx.execute(update(table).where(*parked, not_(has_parked(table.c.id))).values(done))


def find(tx: Connection, delivery_id: str) -> InboxRow | None:
    """One delivery."""
    row = tx.execute(select(table).where(table.c.id == delivery_id)).first()
    return _inbox_row(row) if row else None


def listing(tx: Connection, status: DeliveryStatus | None = None, limit: int = 50) -> list[InboxRow]:
    """The newest deliveries first."""
    newest = select(table).order_by(table.c.received_at.desc(), table.c.id.desc()).limit(limit)
    if status:
        newest = newest.where(*_among(status))
    return [_inbox_row(row) for row in tx.execute(newest)]


def counts(tx: Connection) -> dict[str, int]:
    """How many deliveries there are of each status, 0 included.

    Counted by the indexes: what is neither waiting nor set aside is done, and no body is read.
    """
    wanted = (DeliveryStatus.WAITING, *REPLAYABLE)
    found = {status.value: _count(tx, *_among(status)) for status in wanted}
    done = _count(tx) - sum(found.values())
    return {status.value: 0 for status in DeliveryStatus} | found | {DeliveryStatus.DONE.value: done}


def has_more_waiting(tx: Connection, number: int) -> bool:
    """Whether more than so many deliveries wait; it looks at no more of them than that."""
    beyond = select(literal(1)).where(status_is(table, DeliveryStatus.WAITING)).offset(number).limit(1)
    return tx.execute(beyond).first() is not None


def replay(tx: Connection, delivery_id: str) -> bool:
    """A failed, parked or ignored delivery waits again; False where there is none such.

    One that was in hand at a death still comes alone. What had been parked of it is read anew.
    """
    again = update(table).where(table.c.id == delivery_id, _ASIDE)
    suspect = case((table.c.attempts > 0, 1), else_=0)
    waiting = {"status": DeliveryStatus.WAITING.value, "settled_at": None, "reason": "", "path": ""}
    if not tx.execute(again.values(attempts=suspect, **waiting)).rowcount:
        return False
    take_back(tx, delivery_id)
    return True


def _ended(one: Settled) -> dict[str, Any]:
    how = {"id": one.id, "status": one.status.value, "version": one.version, "settled_at": one.at}
    return how | {"reason": one.reason, "path": one.path}


def _among(status: DeliveryStatus) -> Sequence[ColumnElement[bool]]:
    """That the status is this one, in words by which both databases find the partial index."""
    is_it = status_is(table, status)
    return (_ASIDE, is_it) if status in REPLAYABLE else (is_it,)


def _count(tx: Connection, *among: ColumnElement[bool]) -> int:
    return tx.execute(select(func.count()).select_from(table).where(*among)).scalar_one()


def _inbox_row(row: Row[Any]) -> InboxRow:
    return InboxRow(
        delivery=delivery_of(row),
        status=DeliveryStatus(row.status),
        attempts=row.attempts,
        repeats=row.repeats,
        version=row.version,
        reason=row.reason,
        path=row.path,
        settled_at=row.settled_at,
    )
