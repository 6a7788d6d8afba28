"""Contacts and companies: their state, by what each is known, and who has become one with whom."""

from __future__ import annotations

from typing import Any, Final

from sqlalchemy import Boolean, Column, Index, Integer, Table, text

from connector.store.columns import Json, Key, Moment, Words
from connector.store.schema.parts import metadata

_TO_WAKE: Final = text("wakes_at IS NOT NULL")
_ASLEEP: Final[dict[str, Any]] = {"sqlite_where": _TO_WAKE, "postgresql_where": _TO_WAKE}

contacts: Final = Table(
    "contacts",
    metadata,
    Column("id", Key, primary_key=True),
    Column("state", Json, nullable=False),
    Column("wakes_at", Moment),
    Index("ix_contacts_wakes", "wakes_at", "id", **_ASLEEP),
)
"""One row a person; `wakes_at` is when time itself may mean something for them."""

identities: Final = Table(
    "identities",
    metadata,
    Column("kind", Key, primary_key=True),
    Column("scope", Key, primary_key=True),
    Column("value", Key, primary_key=True),
    Column("contact_id", Key, nullable=False),
    Column("is_person", Boolean, nullable=False),
    Index("ix_identities_contact", "contact_id"),
)
"""Whom or whose thing each identity means."""

merges: Final = Table(
    "merges",
    metadata,
    Column("younger_id", Key, primary_key=True),
    Column("older_id", Key, nullable=False),
    Column("root_id", Key, nullable=False),
    Column("at", Moment, nullable=False),
    Column("connection", Key, nullable=False),
    Column("event_key", Words, nullable=False),
    Column("identities", Json, nullable=False),
    Index("ix_merges_older", "older_id"),
    Index("ix_merges_root", "root_id", "younger_id"),
)
"""Who has become one with whom, and who that is now (`root_id`); `identities` were the younger's."""

companies: Final = Table(
    "companies",
    metadata,
    Column("id", Key, primary_key=True),
    Column("state", Json, nullable=False),
)
"""One row a company."""

company_identities: Final = Table(
    "company_identities",
    metadata,
    Column("kind", Key, primary_key=True),
    Column("scope", Key, primary_key=True),
    Column("value", Key, primary_key=True),
    Column("company_id", Key, nullable=False),
    Index("ix_company_identities_company", "company_id"),
)
"""Which company each identity means."""

waiting: Final = Table(
    "waiting",
    metadata,
    Column("contact_id", Key, primary_key=True),
    Column("trigger", Key, primary_key=True),
    Column("text", Key, primary_key=True),
    Column("version", Words, nullable=False),
    Index("ix_waiting_text", "trigger", "text", "version"),
    sqlite_with_rowid=False,
)
"""Under which texts of which triggers a contact has runs that wait, and a version that has that text."""

stumbles: Final = Table(
    "stumbles",
    metadata,
    Column("contact_id", Key, primary_key=True),
    Column("since", Moment, nullable=False),
    Column("failures", Integer, nullable=False),
    Column("next_at", Moment, nullable=False),
    Column("words", Words, nullable=False),
    Column("deaths", Integer, nullable=False, server_default="0"),
)
"""Contacts for whom time cannot be told because something of ours breaks; tried again at `next_at`.

Of whom it is only known that they were in hand at `deaths` of a worker, nothing has failed yet.
"""

looking: Final = Table(
    "looking",
    metadata,
    Column("worker", Key, primary_key=True),
    Column("contact_ids", Json, nullable=False),
)
"""One row a worker: the contacts at whom it is looking, committed before it begins."""
