"""What is asked of platforms again and again, because they do not tell it themselves."""

from __future__ import annotations

from typing import Final

from sqlalchemy import Column, Table

from connector.store.columns import Json, Key, Moment, Words
from connector.store.schema.parts import metadata

cursors: Final = Table(
    "cursors",
    metadata,
    Column("connection", Key, primary_key=True),
    Column("feed", Key, primary_key=True),
    Column("state", Json, nullable=False),
    Column("asked_at", Moment, nullable=False),
    Column("words", Words, nullable=False),
)
"""How far a feed of a connection has been read, when it was last read to its end, and why not since then."""
