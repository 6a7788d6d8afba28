"""Work on all contacts, page by page, and what was found to be usual among them."""

from __future__ import annotations

from enum import StrEnum
from typing import Final

from sqlalchemy import CheckConstraint, Column, Index, Integer, Table

from connector.store.columns import COUNTED, Json, Key, Moment, Words
from connector.store.schema.parts import metadata, one_of


class SweepKind(StrEnum):
    """Why contacts are gone through: a moment was fired by hand, the rules about time changed, or a person
    wants their history folded again."""

    MOMENT = "moment"
    RULES = "rules"
    RECOMPUTE = "recompute"


sweeps: Final = Table(
    "sweeps",
    metadata,
    Column("id", COUNTED, primary_key=True, autoincrement=True),
    Column("kind", Words, nullable=False),
    Column("name", Words, nullable=False),
    Column("asked_at", Moment, nullable=False),
    Column("at", Moment, nullable=False),
    Column("who", Words, nullable=False),
    Column("expected", Json, nullable=False),
    Column("after", Words, nullable=False),
    Column("seen", Integer, nullable=False),
    Column("done_at", Moment),
    Column("only", Json, nullable=False, server_default="{}"),
    Column("changed", Integer, nullable=False, server_default="0"),
    Column("broken", Integer, nullable=False, server_default="0"),
    CheckConstraint(one_of("kind", SweepKind), name="kind"),
    Index("ix_sweeps_kind", "kind", "id"),
    sqlite_autoincrement=True,
)
"""Work on contacts, page by page; `after` is the last id that is done, `only` for whom it is."""

norms: Final = Table(
    "norms",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=False),
    Column("at", Moment, nullable=False),
    Column("version", Words, nullable=False),
    Column("figures", Json, nullable=False),
    CheckConstraint("id = 1", name="only"),
)
"""What is usual among all contacts: one row, of the census that was taken last."""

census: Final = Table(
    "census",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=False),
    Column("asked", Key, nullable=False),
    Column("began_at", Moment, nullable=False),
    Column("after", Words, nullable=False),
    Column("seen", Integer, nullable=False),
    Column("counts", Json, nullable=False),
    Column("worker", Key, nullable=False),
    Column("told_at", Moment, nullable=False),
    CheckConstraint("id = 1", name="only"),
)
"""The census that is being taken, if any; `after` is the last contact that is counted."""
