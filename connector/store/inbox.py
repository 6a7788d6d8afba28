"""Deliveries: received, taken in hand, settled; and those that wait for their owner to be known."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection

from connector.model.delivery import Delivery, DeliveryStatus


@dataclass(frozen=True, slots=True)
class Received:
    """What became of a delivery at the door; a repeat has the id of the first."""

    id: str
    is_new: bool


@dataclass(frozen=True, slots=True)
class Settled:
    """How a delivery ended: `reason` and `path` (in the payload) for what is failed, `version` of the mapping."""

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


MAX_ATTEMPTS = 3
"""A delivery that was in hand at this many deaths of a worker is failed, so that poison is contained."""


def insert(tx: Connection, deliveries: Sequence[Delivery]) -> list[Received]:
    """Store deliveries as waiting; a repeat (same connection and fingerprint) is only counted."""
    raise NotImplementedError


def insert_failed(tx: Connection, delivery: Delivery, reason: str, path: str = "") -> Received:
    """Store a genuine delivery that cannot even be read, as failed."""
    raise NotImplementedError


def take(tx: Connection, worker: str, limit: int, now: datetime) -> list[Delivery]:
    """Up to `limit` waiting deliveries, oldest first, noted as in this worker's hand.

    Leaves out what another worker has in hand. A delivery that was in hand when a worker died comes alone.
    """
    raise NotImplementedError


def still_waiting(tx: Connection, ids: Sequence[str]) -> list[Delivery]:
    """Those of `ids` that are still waiting, locked until the transaction ends (SKIP LOCKED), oldest first."""
    raise NotImplementedError


def settle(tx: Connection, settled: Sequence[Settled]) -> None:
    """Write how deliveries ended; takes them out of every hand."""
    raise NotImplementedError


def let_go(tx: Connection, worker: str) -> None:
    """Nothing is in this worker's hand any more."""
    raise NotImplementedError


def recover(tx: Connection, now: datetime, worker: str | None = None) -> list[str]:
    """After a death: count an attempt for all that was in hand (of `worker`, or of every worker on SQLite).

    At MAX_ATTEMPTS the delivery is settled as failed. Returns the ids that were in hand.
    """
    raise NotImplementedError


def find(tx: Connection, delivery_id: str) -> InboxRow | None:
    """One delivery."""
    raise NotImplementedError


def listing(tx: Connection, status: DeliveryStatus | None = None, limit: int = 50) -> list[InboxRow]:
    """The newest deliveries first."""
    raise NotImplementedError


def counts(tx: Connection) -> dict[str, int]:
    """How many deliveries there are of each status."""
    raise NotImplementedError


def replay(tx: Connection, delivery_id: str) -> bool:
    """A failed, parked or ignored delivery waits again; False where there is none such."""
    raise NotImplementedError


def drop_older(tx: Connection, before: datetime, limit: int = 500) -> int:
    """Delete settled deliveries received before `before`, a small batch at a time; how many went."""
    raise NotImplementedError
