"""Texts of the mapping, what was live when, and which programs this schema is for."""

from __future__ import annotations

from typing import Final

from sqlalchemy import CheckConstraint, Column, ForeignKey, Index, Integer, Table

from connector.store.columns import COUNTED, Json, Key, Moment, Words
from connector.store.schema.parts import metadata

mapping_versions: Final = Table(
    "mapping_versions",
    metadata,
    Column("version", Key, primary_key=True),
    Column("files", Json, nullable=False),
    Column("created_at", Moment, nullable=False),
)
"""Every text of the mapping that was published, under the hash that names it."""

publications: Final = Table(
    "publications",
    metadata,
    Column("id", COUNTED, primary_key=True, autoincrement=True),
    Column("version", Key, ForeignKey("mapping_versions.version"), nullable=False),
    Column("at", Moment, nullable=False),
    Column("who", Words, nullable=False),
    Column("why", Words, nullable=False),
    Column("made_from", Key),
    sqlite_autoincrement=True,
)
"""What was live from when on, by whom and why; the newest is."""

plans: Final = Table(
    "plans",
    metadata,
    Column("publication_id", COUNTED, ForeignKey("publications.id"), primary_key=True),
    Column("trigger", Key, primary_key=True),
    Column("text", Key, primary_key=True),
    Column("plan", Words, nullable=False),
    CheckConstraint("plan IN ('keep', 'move', 'end')", name="plan"),
)
"""What becomes of runs that wait under an older text of their trigger, as the publication says."""

expectations: Final = Table(
    "expectations",
    metadata,
    Column("publication_id", COUNTED, ForeignKey("publications.id"), primary_key=True),
    Column("rule", Key, primary_key=True),
    Column("runs", Integer, nullable=False),
    Index("ix_expectations_rule", "rule", "publication_id"),
)
"""How many runs of a rule were shown to the person who published it."""

works_beside: Final = Table(
    "works_beside",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=False),
    Column("oldest", Key, nullable=False),
    CheckConstraint("id = 1", name="only"),
)
"""The oldest revision of the schema whose program may work on this one, too."""
