"""Events that happened once, with the trace of what they meant; and events that wait for their owner."""

from __future__ import annotations

from collections.abc import Generator, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from hashlib import blake2b
from typing import Any, Final

from sqlalchemy import (
    Column,
    ColumnElement,
    Connection,
    Row,
    Select,
    delete,
    exists,
    select,
    update,
)

from connector.model.decision import Moved, TraceEntry
from connector.model.delivery import DeliveryStatus
from connector.model.event import Event, Identity
from connector.model.light import light
from connector.store.columns import as_key, identity_key
from connector.store.dialect import chunks, insert_new, insert_numbered
from connector.store.encoding import decode, encode
from connector.store.families import family
from connector.store.rows import insert as insert_all
from connector.store.rows import pick
from connector.store.schema import deliveries, event_keys, events, parked_under, status_is, traces
from connector.store.schema import parked as parked_events


@light
class Recorded:
    """One event in a contact's history, and what it meant under mapping `version`."""

    event: Event
    contact_id: str
    delivery_id: str
    version: str
    decided_at: datetime
    moves: tuple[Moved, ...]
    trace: tuple[TraceEntry, ...]


@dataclass(frozen=True, slots=True)
class Parked:
    """An event for which nobody is known yet."""

    event: Event
    delivery_id: str


_AT_ONCE: Final = 100
"""Rows of a history that are read together."""
_UNOWNED: Final = "nobody became known whom it is about, as long as it was kept"


def new_keys(tx: Connection, keys: Sequence[tuple[str, str]], now: datetime) -> set[tuple[str, str]]:
    """Write down `(connection, event key)` pairs; returns the new ones: they happen now, once."""
    by_digest = {_digest(*key): key for key in keys}
    rows = [{"digest": digest, "noted_at": now} for digest in sorted(by_digest)]
    return {by_digest[bytes(digest)] for digest in insert_new(tx, event_keys, rows, tell="digest")}


def happened(tx: Connection, keys: Sequence[tuple[str, str]]) -> set[tuple[str, str]]:
    """Those of the `(connection, event key)` pairs that have happened, as far as that is remembered."""
    by_digest = {_digest(*key): key for key in keys}
    found: set[tuple[str, str]] = set()
    for some in chunks(sorted(by_digest)):
        noted = tx.execute(select(event_keys.c.digest).where(event_keys.c.digest.in_(some))).scalars()
        found |= {by_digest[bytes(digest)] for digest in noted}
    return found


def record(tx: Connection, entries: Sequence[Recorded]) -> None:
    """Add events with their traces."""
    if not entries:
        return
    ids = insert_numbered(tx, events, [_event_row(one) for one in entries])
    insert_all(tx, traces, [_trace_row(*pair) for pair in zip(ids, entries, strict=True)])


def of_contact(tx: Connection, contact_id: str, limit: int = 200) -> list[Recorded]:
    """A contact's latest history by the time at which things happened, newest last.

    Traces that were dropped for their age are empty.
    """
    rows = tx.execute(_latest(tx, contact_id).limit(limit)).all()
    return [_recorded(row) for row in reversed(rows)]


def backwards(tx: Connection, contact_id: str) -> Generator[Recorded]:
    """A contact's whole history, newest first, read piece by piece as long as somebody asks; to be closed."""
    with tx.execute(_latest(tx, contact_id).execution_options(yield_per=_AT_ONCE)) as rows:
        for row in rows:
            yield _recorded(row)


def since(tx: Connection, contact_id: str, after: int, at: datetime | None, limit: int) -> list[Event]:
    """The events of a contact that were recorded after the one of this number and happened `at` or later."""
    theirs = events.c.contact_id.in_(family(tx, contact_id))
    behind = select(events.c.event).where(theirs, events.c.id > after)
    recent = behind.where(events.c.occurred_at >= at) if at is not None else behind
    return [decode(Event, one) for one in tx.execute(recent.limit(limit)).scalars()]


def whole(tx: Connection, contact_id: str) -> list[Event]:
    """All events of a contact that are kept, in any order."""
    return recorded_for(tx, family(tx, contact_id))


def recorded_for(tx: Connection, ids: Sequence[str]) -> list[Event]:
    """All events that were recorded under these ids, in any order."""
    theirs = select(events.c.event).where(events.c.contact_id.in_(ids))
    return [decode(Event, one) for one in tx.execute(theirs).scalars()]


def park(tx: Connection, parked: Sequence[Parked], until: datetime) -> None:
    """Keep events under the identities of their subjects until their owner is known, or `until`."""
    if not parked:
        return
    ids = insert_numbered(tx, parked_events, [_parked_row(one, until) for one in parked])
    under = {
        (*identity_key(known), id_)
        for id_, one in zip(ids, parked, strict=True)
        for known in one.event.identities
    }
    names = ("kind", "scope", "value", "parked_id")
    if under:
        insert_all(tx, parked_under, [dict(zip(names, one, strict=True)) for one in sorted(under)])


def unpark(tx: Connection, identities: Iterable[Identity]) -> list[Parked]:
    """Take out the events that waited under one of these identities, the earliest by their own time first."""
    keys = sorted({identity_key(one) for one in identities})
    under = pick(tx, parked_under, keys, ("kind", "scope", "value"), ("parked_id",))
    taken: list[Row[Any]] = []
    for some in chunks(sorted({id_ for (id_,) in under})):
        taken += tx.execute(
            delete(parked_events).where(parked_events.c.id.in_(some)).returning(parked_events)
        )
    taken.sort(key=lambda row: (row.occurred_at, row.id))
    return [Parked(decode(Event, row.event), row.delivery_id) for row in taken]


def drop_older(tx: Connection, now: datetime, limit: int = 500) -> int:
    """Delete parked events past their time, `limit` at a time; how many went.

    The delivery of each is settled as failed, so it is seen; the event's key goes too, so that a replay can
    do what had to wait.
    """
    old = select(parked_events.c.id).where(parked_events.c.until < now).order_by(parked_events.c.until)
    failed = _take_out(tx, parked_events.c.id.in_(old.limit(limit)))
    _fail(tx, sorted({row.delivery_id for row in failed}), now)
    return len(failed)


def take_back(tx: Connection, delivery_id: str) -> None:
    """Forget the parked events of a delivery, so that they can happen when it is read once more."""
    _take_out(tx, parked_events.c.delivery_id == delivery_id)


def has_parked(delivery_id: Column[Any]) -> ColumnElement[bool]:
    """That an event of this delivery is still parked."""
    return exists().where(parked_events.c.delivery_id == delivery_id)


def _latest(tx: Connection, contact_id: str) -> Select[Any]:
    joined = select(events, traces.c.trace).outerjoin(traces, traces.c.event_id == events.c.id)
    newest = (events.c.occurred_at.desc(), events.c.id.desc())
    return joined.where(events.c.contact_id.in_(family(tx, contact_id))).order_by(*newest)


def _take_out(tx: Connection, which: ColumnElement[bool]) -> Sequence[Row[Any]]:
    """Delete parked events that nobody decided, and their keys with them."""
    rows = tx.execute(delete(parked_events).where(which).returning(parked_events)).all()
    for some in chunks([_digest(row.event["connection"], row.event["key"]) for row in rows]):
        tx.execute(delete(event_keys).where(event_keys.c.digest.in_(some)))
    return rows


def _fail(tx: Connection, delivery_ids: Sequence[str], now: datetime) -> None:
    for some in chunks(delivery_ids):
        still_parked = deliveries.c.id.in_(some), status_is(deliveries, DeliveryStatus.PARKED)
        seen = {"status": DeliveryStatus.FAILED.value, "reason": _UNOWNED, "settled_at": now}
        tx.execute(update(deliveries).where(*still_parked).values(seen))


def _digest(connection: str, key: str) -> bytes:
    named = f"{as_key(connection)}\n{key}".encode("utf-8", "surrogatepass")
    return blake2b(named, digest_size=16).digest()


def _event_row(entry: Recorded) -> dict[str, Any]:
    return {
        "contact_id": entry.contact_id,
        "occurred_at": entry.event.occurred_at,
        "event": encode(entry.event),
        "delivery_id": entry.delivery_id,
        "version": entry.version,
        "decided_at": entry.decided_at,
        "moves": [encode(one) for one in entry.moves],
    }


def _trace_row(event_id: int, entry: Recorded) -> dict[str, Any]:
    trace = [encode(one) for one in entry.trace]
    return {"event_id": event_id, "decided_at": entry.decided_at, "trace": trace}


def _parked_row(one: Parked, until: datetime) -> dict[str, Any]:
    what = {"event": encode(one.event), "delivery_id": one.delivery_id}
    return what | {"occurred_at": one.event.occurred_at, "until": until}


def _recorded(row: Row[Any]) -> Recorded:
    return Recorded(
        event=decode(Event, row.event),
        contact_id=row.contact_id,
        delivery_id=row.delivery_id,
        version=row.version,
        decided_at=row.decided_at,
        moves=tuple(decode(Moved, one) for one in row.moves),
        trace=tuple(decode(TraceEntry, one) for one in row.trace or ()),
    )
