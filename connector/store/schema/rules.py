"""What is kept of rules: which are stopped and whom that holds, how much they did, how often they failed."""

from __future__ import annotations

from typing import Final

from sqlalchemy import Column, Index, Integer, Table

from connector.store.columns import Key, Moment, Words
from connector.store.schema.parts import metadata

stops: Final = Table(
    "stops",
    metadata,
    Column("rule", Key, primary_key=True),
    Column("since", Moment, nullable=False),
    Column("who", Words, nullable=False),
    Column("words", Words, nullable=False),
)
"""Rules of which no action leaves; the empty one stands for all."""

held: Final = Table(
    "held",
    metadata,
    Column("contact_id", Key, primary_key=True),
    Column("rule", Key, primary_key=True),
    Index("ix_held_rule", "rule", "contact_id"),
)
"""Contacts of whom runs wait because a rule, or everything, is stopped."""

tallies: Final = Table(
    "tallies",
    metadata,
    Column("rule", Key, primary_key=True),
    Column("hour", Moment, primary_key=True),
    Column("runs", Integer, nullable=False),
    Column("forgiven", Integer, nullable=False),
    Index("ix_tallies_hour", "hour"),
    sqlite_with_rowid=False,
)
"""How many runs of a rule acted in an hour; `forgiven` are those after which a person let it go on."""

results: Final = Table(
    "results",
    metadata,
    Column("rule", Key, primary_key=True),
    Column("last", Words, nullable=False),
)
"""How the last actions of a rule ended, oldest first: `.` done, `x` failed."""

pardons: Final = Table(
    "pardons",
    metadata,
    Column("rule", Key, primary_key=True),
    Column("at", Moment, nullable=False),
)
"""When a person last let a rule go on that was stopped."""

failings: Final = Table(
    "failings",
    metadata,
    Column("rule", Key, primary_key=True),
    Column("hour", Moment, primary_key=True),
    Column("times", Integer, nullable=False),
    Column("contact_id", Key, nullable=False),
    Column("words", Words, nullable=False),
    Index("ix_failings_hour", "hour"),
    sqlite_with_rowid=False,
)
"""How often a rule failed inside in an hour; the contact and the words are those of the last time."""
