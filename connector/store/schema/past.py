"""What happened, what it meant, and what waits for its owner."""

from __future__ import annotations

from typing import Final

from sqlalchemy import Boolean, Column, ForeignKey, Index, LargeBinary, Table

from connector.store.columns import COUNTED, Json, Key, Moment, Words
from connector.store.schema.parts import metadata

event_keys: Final = Table(
    "event_keys",
    metadata,
    Column("digest", LargeBinary, primary_key=True),
    Column("noted_at", Moment, nullable=False),
    Index("ix_event_keys_noted", "noted_at"),
    sqlite_with_rowid=False,
)
"""Which events have happened: a hash of connection and key, so that a row stays narrow."""

events: Final = Table(
    "events",
    metadata,
    Column("id", COUNTED, primary_key=True, autoincrement=True),
    Column("contact_id", Key, nullable=False),
    Column("occurred_at", Moment, nullable=False),
    Column("event", Json, nullable=False),
    Column("delivery_id", Words, nullable=False),
    Column("version", Words, nullable=False),
    Column("decided_at", Moment, nullable=False),
    Column("moves", Json, nullable=False),
    Index("ix_events_contact", "contact_id", "occurred_at", "id"),
    sqlite_autoincrement=True,
)
"""What happened to whom, and where it led."""

traces: Final = Table(
    "traces",
    metadata,
    Column("event_id", COUNTED, ForeignKey("events.id", ondelete="CASCADE"), primary_key=True),
    Column("decided_at", Moment, nullable=False),
    Column("trace", Json, nullable=False),
    Index("ix_traces_decided", "decided_at"),
)
"""Why each event meant what it did."""

snapshots: Final = Table(
    "snapshots",
    metadata,
    Column("id", COUNTED, primary_key=True, autoincrement=True),
    Column("contact_id", Key, nullable=False),
    Column("place", Json, nullable=False),
    Column("is_base", Boolean, nullable=False),
    Column("after", COUNTED, nullable=False),
    Column("state", Json, nullable=False),
    Index("ix_snapshots_contact", "contact_id", "id"),
    sqlite_autoincrement=True,
)
"""What a contact's history had come to; events up to the number `after` are in its base."""

looks: Final = Table(
    "looks",
    metadata,
    Column("id", COUNTED, primary_key=True, autoincrement=True),
    Column("contact_id", Key, nullable=False),
    Column("at", Moment, nullable=False),
    Column("version", Words, nullable=False),
    Column("moves", Json, nullable=False),
    Column("trace", Json, nullable=False),
    Index("ix_looks_contact", "contact_id", "at", "id"),
    Index("ix_looks_at", "at"),
    sqlite_autoincrement=True,
)
"""What time itself has meant for a contact, and why."""

parked: Final = Table(
    "parked",
    metadata,
    Column("id", COUNTED, primary_key=True, autoincrement=True),
    Column("occurred_at", Moment, nullable=False),
    Column("event", Json, nullable=False),
    Column("delivery_id", Words, nullable=False),
    Column("until", Moment, nullable=False),
    Index("ix_parked_until", "until"),
    Index("ix_parked_delivery", "delivery_id"),
    sqlite_autoincrement=True,
)
"""Events whose owner is not known yet."""

parked_under: Final = Table(
    "parked_under",
    metadata,
    Column("kind", Key, primary_key=True),
    Column("scope", Key, primary_key=True),
    Column("value", Key, primary_key=True),
    Column("parked_id", COUNTED, ForeignKey("parked.id", ondelete="CASCADE"), primary_key=True),
    Index("ix_parked_under_parked", "parked_id"),
)
"""By which identities a parked event will be found."""
