"""Deliveries at the door: each is stored once, however often it comes, and each hears what became of it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from hashlib import blake2b
from typing import Any, Final, TypeAlias

from sqlalchemy import Connection, bindparam, select, update

from connector.errors import StoreError
from connector.failpoints import reach
from connector.model.delivery import Delivery, DeliveryStatus
from connector.model.ids import new_ids
from connector.store.columns import as_key
from connector.store.columnwise import insert_columns
from connector.store.dialect import chunks
from connector.store.schema import deliveries as table
from connector.store.schema import fingerprints

_New: TypeAlias = tuple[str, Delivery]
"""A delivery that comes for the first time, under its id."""

_Keep: TypeAlias = Callable[[Connection, Sequence[_New]], None]

_FAILED: Final = f"'{DeliveryStatus.FAILED.value}'"
_UNTOUCHED: Final = {"attempts": "0", "repeats": "0", "version": "''"}
_WAITS: Final = {
    **_UNTOUCHED,
    "status": f"'{DeliveryStatus.WAITING.value}'",
    "reason": "''",
    "path": "''",
    "settled_at": "NULL",
}


@dataclass(frozen=True, slots=True)
class Received:
    """What became of a delivery at the door; a repeat has the id of the first."""

    id: str
    is_new: bool


def insert(tx: Connection, deliveries: Sequence[Delivery]) -> list[Received]:
    """Store deliveries as waiting; a repeat (same connection and fingerprint) is only counted.

    A delivery without an id gets one. Returns what became of each, in their order.
    """
    return _insert(tx, deliveries, _keep_waiting)


def insert_failed(tx: Connection, delivery: Delivery, reason: str, path: str = "") -> Received:
    """Store a genuine delivery that cannot even be read, as failed."""

    def keep(tx: Connection, new: Sequence[_New]) -> None:
        about: dict[str, list[Any]] = {
            "reason": [reason],
            "path": [path],
            "settled_at": [delivery.received_at],
        }
        insert_columns(tx, table, {**_columns(new), **about}, {**_UNTOUCHED, "status": _FAILED})

    return _insert(tx, [delivery], keep)[0]


def not_noted(tx: Connection, deliveries: Sequence[Delivery]) -> list[Delivery]:
    """Those that have not come yet, each once."""
    asked = {_digest(one): one for one in reversed(deliveries)}
    known = _noted(tx, sorted(asked))
    return [one for digest, one in reversed(asked.items()) if digest not in known]


def _insert(tx: Connection, deliveries: Sequence[Delivery], keep: _Keep) -> list[Received]:
    digests = [_digest(one) for one in deliveries]
    first = dict(zip(reversed(digests), reversed(deliveries), strict=True))
    ids = _ids(first)
    new, known = _note(tx, first, ids)
    reach("noted-before-stored")
    if coming := [(ids[digest], one) for digest, one in reversed(first.items()) if digest in new]:
        keep(tx, coming)
    ids |= known
    received = []
    for digest in digests:
        received.append(Received(ids[digest], digest in new))
        new.discard(digest)
    _count_repeats(tx, Counter(one.id for one in received if not one.is_new))
    reach("received-before-commit")
    return received


def _keep_waiting(tx: Connection, new: Sequence[_New]) -> None:
    insert_columns(tx, table, _columns(new), _WAITS)


def _ids(first: Mapping[bytes, Delivery]) -> dict[bytes, str]:
    """Those that they have, else new ones."""
    made = iter(new_ids([one.received_at for one in first.values() if not one.id]))
    return {digest: one.id or next(made) for digest, one in first.items()}


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
    digests = sorted(first)
    seen: dict[str, list[Any]] = {
        "digest": digests,
        "delivery_id": [ids[one] for one in digests],
        "noted_at": [first[one].received_at for one in digests],
    }
    before = _noted(tx, [digest for digest, one in first.items() if one.id])
    if insert_columns(tx, fingerprints, seen, only_new=True) == len(digests):
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


def _columns(new: Sequence[_New]) -> dict[str, list[Any]]:
    """What deliveries bring along, by columns."""
    return {
        "id": [delivery_id for delivery_id, _ in new],
        "connection": [one.connection for _, one in new],
        "topic": [one.topic for _, one in new],
        "fingerprint": [one.fingerprint for _, one in new],
        "headers": [one.headers for _, one in new],
        "query": [one.query for _, one in new],
        "body": [one.body for _, one in new],
        "received_at": [one.received_at for _, one in new],
    }


def _count_repeats(tx: Connection, repeats: Mapping[str, int]) -> None:
    if repeats:
        counted = update(table).where(table.c.id == bindparam("_id"))
        more = counted.values(repeats=table.c.repeats + bindparam("_more"))
        tx.execute(more, [{"_id": one, "_more": count} for one, count in sorted(repeats.items())])
