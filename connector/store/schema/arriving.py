"""Where deliveries arrive: the inbox, what tells a repeat, and who works on what."""

from __future__ import annotations

from typing import Any, Final

from sqlalchemy import CheckConstraint, Column, Index, Integer, LargeBinary, Table, text

from connector.model.delivery import DeliveryStatus
from connector.store.columns import Json, Key, Moment, Sorted, Words
from connector.store.schema.parts import WAITING, metadata, one_of

REPLAYABLE: Final = (DeliveryStatus.FAILED, DeliveryStatus.PARKED, DeliveryStatus.IGNORED)
"""What a person may want to look at, and let wait again."""
_TO_LOOK_AT: Final = text(one_of("status", REPLAYABLE))
_ASIDE: Final[dict[str, Any]] = {"sqlite_where": _TO_LOOK_AT, "postgresql_where": _TO_LOOK_AT}

deliveries: Final = Table(
    "deliveries",
    metadata,
    Column("id", Sorted, primary_key=True),
    Column("connection", Key, nullable=False),
    Column("topic", Words, nullable=False),
    Column("fingerprint", Key, nullable=False),
    Column("headers", Json, nullable=False),
    Column("query", Json, nullable=False),
    Column("body", LargeBinary, nullable=False),
    Column("received_at", Moment, nullable=False),
    Column("status", Words, nullable=False),
    Column("attempts", Integer, nullable=False),
    Column("repeats", Integer, nullable=False),
    Column("version", Words, nullable=False),
    Column("reason", Words, nullable=False),
    Column("path", Words, nullable=False),
    Column("settled_at", Moment),
    CheckConstraint(one_of("status", DeliveryStatus), name="status"),
    CheckConstraint("(status = 'waiting') = (settled_at IS NULL)", name="settled"),
    CheckConstraint("attempts >= 0 AND repeats >= 0", name="counts"),
    Index("ix_deliveries_received", "received_at", "id"),
    Index("ix_deliveries_waiting", "received_at", "id", **WAITING),
    Index("ix_deliveries_aside", "status", "received_at", "id", **_ASIDE),
)
"""The inbox."""

fingerprints: Final = Table(
    "fingerprints",
    metadata,
    Column("digest", LargeBinary, primary_key=True),
    Column("delivery_id", Key, nullable=False),
    Column("noted_at", Moment, nullable=False),
    Index("ix_fingerprints_noted", "noted_at"),
    sqlite_with_rowid=False,
)
"""Which deliveries came: a hash of connection and fingerprint, which tells a repeat."""

hands: Final = Table(
    "hands",
    metadata,
    Column("worker", Key, primary_key=True),
    Column("delivery_ids", Json, nullable=False),
    Column("taken_at", Moment, nullable=False),
)
"""One row a worker: the deliveries that it is working on, committed before it begins."""

habits: Final = Table(
    "habits",
    metadata,
    Column("connection", Key, primary_key=True),
    Column("hour", Moment, primary_key=True),
    Column("deliveries", Integer, nullable=False),
    Column("last_at", Moment, nullable=False),
    Index("ix_habits_hour", "hour"),
    sqlite_with_rowid=False,
)
"""How many deliveries a connection brought in an hour, repeats included, and when the last one came."""
