"""What each worker has in hand: taken, let go, and counted when the worker has died.

A worker's hand is one row, committed before the work begins. So a delivery that kills its worker is seen by
the next one: it comes alone then, and after some more deaths it is failed. Poison stops nothing but itself.

Each worker has a name of its own, and a lease on that name; whose lease is free is dead. Who was paused so
long that another has taken its hand over finds no hand there, and writes nothing.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any, Final

from sqlalchemy import Connection, Integer, bindparam, delete, select, update

from connector.failpoints import reach
from connector.model.delivery import Delivery, DeliveryStatus
from connector.store.dialect import chunks, one_at_a_time, upsert
from connector.store.living import is_dead
from connector.store.schema import deliveries as table
from connector.store.schema import hands, status_is
from connector.store.straight import Ready

MAX_ATTEMPTS = 5
"""A delivery that was in hand at this many deaths of a worker is failed, so that poison is contained.

Five, not three: under fifty kills from outside, a few hundred milliseconds apart on a busy machine, innocent
deliveries were in hand three times.
"""

_POISON: Final = (
    f"it was in hand each time when the worker died {MAX_ATTEMPTS} times; replay it to try once more"
)
_WAITING: Final = status_is(table, DeliveryStatus.WAITING)
_OLDEST_FIRST: Final = (table.c.received_at, table.c.id)

_WANTED: Final = "id connection topic fingerprint headers query body received_at attempts"
_ALL: Final = select(hands).order_by(hands.c.worker)
_HANDS: Final = Ready(_ALL)
_FREE: Final = Ready(
    select(*(table.c[one] for one in _WANTED.split()))
    .where(_WAITING, table.c.id.not_in(bindparam("elsewhere", expanding=True)))
    .order_by(*_OLDEST_FIRST)
    .limit(bindparam("most", type_=Integer))
)
_STILL_WAITING: Final = Ready(
    select(table.c.id)
    .where(_WAITING, table.c.id.in_(bindparam("ids", expanding=True)))
    .order_by(*_OLDEST_FIRST)
    .with_for_update(skip_locked=True)
)
_OF: Final = hands.c.worker == bindparam("name")
_HAND: Final = Ready(select(hands.c.worker).where(_OF).with_for_update())
_LET_GO: Final = Ready(delete(hands).where(_OF))
_LET_ALL_GO: Final = Ready(delete(hands).where(hands.c.delivery_ids == bindparam("all")))


def take(tx: Connection, worker: str, limit: int, now: datetime) -> list[Delivery]:
    """Up to `limit` waiting deliveries, oldest first, noted as in this worker's hand.

    Leaves out what another worker has in hand. A delivery that was in hand when a worker died comes alone.
    """
    one_at_a_time(tx, "inbox.take")
    elsewhere = [one for row in _HANDS.rows(tx) if row.worker != worker for one in row.delivery_ids]
    rows = _FREE.rows(tx, elsewhere=elsewhere, most=limit)
    taken = rows[:1] if rows and rows[0].attempts else [row for row in rows if not row.attempts]
    if not taken:
        let_go(tx, worker)
        return []
    hand = {"worker": worker, "delivery_ids": [row.id for row in taken], "taken_at": now}
    upsert(tx, hands, [hand], change=("delivery_ids", "taken_at"))
    reach("taken-before-commit")
    return [delivery_of(row) for row in taken]


def still_waiting(tx: Connection, ids: Sequence[str], worker: str | None = None) -> list[str]:
    """Those of `ids` that still wait, locked until the transaction ends (SKIP LOCKED), oldest first.

    None of them where `worker`, if one is named, has no hand any more: another process took it for dead.
    """
    if worker is not None and not _HAND.rows(tx, name=worker):
        return []
    return [row.id for row in _STILL_WAITING.rows(tx, ids=ids)]


def let_go(tx: Connection, worker: str) -> None:
    """Nothing is in this worker's hand any more."""
    _LET_GO.change(tx, name=worker)


def recover(tx: Connection, now: datetime, worker: str = "") -> list[str]:
    """Count an attempt for all that is in the hand of a dead worker: of any but `worker`, who asks.

    At MAX_ATTEMPTS the delivery is settled as failed. Returns the ids that were in hand. A hand that a
    transaction has hold of is left for the next time.
    """
    others = _ALL.where(hands.c.worker != worker).with_for_update(skip_locked=True)
    dead = [row for row in tx.execute(others).all() if is_dead(tx, row.worker)]
    ids = [one for row in dead for one in row.delivery_ids]
    for some in chunks(ids):
        among = (_WAITING, table.c.id.in_(some))
        tx.execute(update(table).where(*among).values(attempts=table.c.attempts + 1))
        tx.execute(
            update(table)
            .where(*among, table.c.attempts >= MAX_ATTEMPTS)
            .values(status=DeliveryStatus.FAILED.value, reason=_POISON, settled_at=now)
        )
    for row in dead:
        let_go(tx, row.worker)
    if ids:
        reach("recovered-before-commit")
    return ids


def take_out(tx: Connection, ids: Sequence[str]) -> None:
    """These deliveries are in nobody's hand any more. Most often they are all of a hand, in its order."""
    if _LET_ALL_GO.change(tx, all=list(ids)):
        return
    for row in _HANDS.rows(tx):
        left = [one for one in row.delivery_ids if one not in ids]
        if not left:
            let_go(tx, row.worker)
        elif len(left) < len(row.delivery_ids):
            tx.execute(update(hands).where(hands.c.worker == row.worker).values(delivery_ids=left))


def delivery_of(row: Any) -> Delivery:
    """The delivery of a row of the inbox."""
    return Delivery(
        connection=row.connection,
        topic=row.topic,
        headers=row.headers,
        query=row.query,
        body=row.body,
        received_at=row.received_at,
        fingerprint=row.fingerprint,
        id=row.id,
    )
