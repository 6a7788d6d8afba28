"""Deliveries: received, taken in hand, settled; and those that wait for their owner to be known."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from hashlib import blake2b
from typing import Any, Final

from sqlalchemy import ColumnElement, Connection, Row, bindparam, case, func, literal, not_, select, update

from connector.errors import StoreError
from connector.failpoints import reach
from connector.model.delivery import Delivery, DeliveryStatus
from connector.model.ids import new_id
from connector.store.columns import as_key
from connector.store.dialect import chunks
from connector.store.hands import MAX_ATTEMPTS, delivery_of, let_go, recover, still_waiting, take, take_out
from connector.store.history import has_parked, take_back
from connector.store.rows import change, insert_at_once
from connector.store.schema import REPLAYABLE, fingerprints, status_is
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


@dataclass(frozen=True, slots=True)
class Received:
    """What became of a delivery at the door; a repeat has the id of the first."""

    id: str
    is_new: bool


@dataclass(frozen=True, slots=True)
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


def insert(tx: Connection, deliveries: Sequence[Delivery]) -> list[Received]:
    """Store deliveries as waiting; a repeat (same connection and fingerprint) is only counted.

    A delivery without an id gets one. Returns what became of each, in their order.
    """
    return _insert(tx, deliveries, {"status": DeliveryStatus.WAITING.value})


def insert_failed(tx: Connection, delivery: Delivery, reason: str, path: str = "") -> Received:
    """Store a genuine delivery that cannot even be read, as failed."""
    failed = {"status": DeliveryStatus.FAILED.value, "reason": reason, "path": path}
    return _insert(tx, [delivery], failed | {"settled_at": delivery.received_at})[0]


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


def _insert(tx: Connection, deliveries: Sequence[Delivery], state: dict[str, Any]) -> list[Received]:
    digests = [_digest(one) for one in deliveries]
    first = dict(zip(reversed(digests), reversed(deliveries), strict=True))
    ids = {digest: one.id or new_id(one.received_at) for digest, one in first.items()}
    new, known = _note(tx, first, ids)
    reach("noted-before-stored")
    rows = [_values(one, ids[digest]) | state for digest, one in reversed(first.items()) if digest in new]
    insert_at_once(tx, table, rows)
    ids |= known
    received = []
    for digest in digests:
        received.append(Received(ids[digest], digest in new))
        new.discard(digest)
    _count_repeats(tx, Counter(one.id for one in received if not one.is_new))
    reach("received-before-commit")
    return received


def _ended(one: Settled) -> dict[str, Any]:
    how = {"id": one.id, "status": one.status.value, "version": one.version, "settled_at": one.at}
    return how | {"reason": one.reason, "path": one.path}


def _digest(delivery: Delivery) -> bytes:
    """What tells a repeat: connection and fingerprint, the same for texts that are stored alike."""
    named = f"{as_key(delivery.connection)}\n{as_key(delivery.fingerprint)}"
    return blake2b(named.encode(), digest_size=16).digest()


def _note(
    tx: Connection, first: Mapping[bytes, Delivery], ids: Mapping[bytes, str]
) -> tuple[set[bytes], dict[bytes, str]]:
    """Write down what came, in one order for all who do.

    Which of it came for the first time, and the ids of what came before. It is mostly all new: then nothing
    has to be asked. Else an id that was made for this very moment tells what is new.
    """
    rows = [
        {"digest": digest, "delivery_id": ids[digest], "noted_at": first[digest].received_at}
        for digest in sorted(first)
    ]
    before = _noted(tx, [digest for digest, one in first.items() if one.id])
    if insert_at_once(tx, fingerprints, rows, only_new=True) == len(rows):
        return set(ids), {}
    noted = _firsts(tx, list(ids))
    new = {digest for digest, delivery_id in noted.items() if delivery_id == ids[digest]} - before.keys()
    return new, {digest: found for digest, found in noted.items() if digest not in new}


def _noted(tx: Connection, digests: Sequence[bytes]) -> dict[bytes, str]:
    """The ids of those that are written down."""
    found: dict[bytes, str] = {}
    for some in chunks(digests):
        known = fingerprints.c.digest.in_(some)
        rows = tx.execute(select(fingerprints.c.digest, fingerprints.c.delivery_id).where(known))
        found |= {bytes(row.digest): row.delivery_id for row in rows}
    return found


def _firsts(tx: Connection, digests: Sequence[bytes]) -> dict[bytes, str]:
    """The ids of those that came before, or just now."""
    found = _noted(tx, digests)
    if missing := len(digests) - len(found):
        raise StoreError(f"the first of {missing} repeated deliveries was dropped at this moment")
    return found


def _among(status: DeliveryStatus) -> Sequence[ColumnElement[bool]]:
    """That the status is this one, in words by which both databases find the partial index."""
    is_it = status_is(table, status)
    return (_ASIDE, is_it) if status in REPLAYABLE else (is_it,)


def _count(tx: Connection, *among: ColumnElement[bool]) -> int:
    return tx.execute(select(func.count()).select_from(table).where(*among)).scalar_one()


def _count_repeats(tx: Connection, repeats: Mapping[str, int]) -> None:
    if repeats:
        counted = update(table).where(table.c.id == bindparam("_id"))
        more = counted.values(repeats=table.c.repeats + bindparam("_more"))
        tx.execute(more, [{"_id": one, "_more": count} for one, count in sorted(repeats.items())])


def _values(delivery: Delivery, delivery_id: str) -> dict[str, Any]:
    return {
        "id": delivery_id,
        "connection": delivery.connection,
        "topic": delivery.topic,
        "fingerprint": delivery.fingerprint,
        "headers": delivery.headers,
        "query": delivery.query,
        "body": delivery.body,
        "received_at": delivery.received_at,
        "attempts": 0,
        "repeats": 0,
        "version": "",
        "reason": "",
        "path": "",
        "settled_at": None,
    }


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
