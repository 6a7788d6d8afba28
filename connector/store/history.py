"""Events that happened once, with the trace of what they meant; and events that wait for their owner."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection

from connector.model.decision import Moved, TraceEntry
from connector.model.event import Event, Identity


@dataclass(frozen=True, slots=True)
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


def new_keys(tx: Connection, keys: Sequence[tuple[str, str]], now: datetime) -> set[tuple[str, str]]:
    """Write down `(connection, event key)` pairs; returns those that were not known: they happen now, once."""
    raise NotImplementedError


def record(tx: Connection, entries: Sequence[Recorded]) -> None:
    """Add events with their traces."""
    raise NotImplementedError


def of_contact(tx: Connection, contact_id: str, limit: int = 200) -> list[Recorded]:
    """A contact's history by the time at which things happened, newest last."""
    raise NotImplementedError


def park(tx: Connection, parked: Sequence[Parked], until: datetime) -> None:
    """Keep events under the identities of their subjects until their owner is known, or `until`."""
    raise NotImplementedError


def unpark(tx: Connection, identities: Iterable[Identity]) -> list[Parked]:
    """Take out the events that waited under one of these identities, oldest first."""
    raise NotImplementedError


def drop_older(tx: Connection, now: datetime, limit: int = 500) -> int:
    """Delete, in small batches: event keys after 90 days, traces after 90, parked events past their time.

    Returns how many rows went. The delivery of a dropped parked event is settled as failed, so it is seen.
    """
    raise NotImplementedError
