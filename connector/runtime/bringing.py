"""What an import brings, as it is left for the process that writes, and its way into the inbox."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from connector.model.delivery import Delivery
from connector.store import received
from connector.store.database import Transaction


@dataclass(frozen=True, slots=True)
class Brought:
    """A delivery of an import, without what it shares with the others."""

    topic: str
    fingerprint: str
    headers: Mapping[str, str]
    body: str


def brought(delivery: Delivery) -> Brought:
    """What is left of a delivery for the process that writes; its body is UTF-8."""
    return Brought(delivery.topic, delivery.fingerprint, delivery.headers, delivery.body.decode())


def take_in(tx: Transaction, connection: str, some: Iterable[Brought], at: datetime) -> int:
    """Put what has not come before into the inbox; how much that is."""
    made = [
        Delivery(connection, one.topic, one.headers, {}, one.body.encode(), at, one.fingerprint)
        for one in some
    ]
    new = received.not_noted(tx, made)
    if new:
        received.insert(tx, new)
    return len(new)
