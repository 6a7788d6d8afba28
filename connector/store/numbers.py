"""Rows by many of their numbers at once: a statement has the same text however many there are.

SQLite is given the numbers as one JSON text, PostgreSQL as one array. Where SQLAlchemy writes a list out, it
makes names and texts for each of its members, which takes longer than what the database does with them.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

import orjson
from sqlalchemy import Connection

from connector.store import straight

_ONE_OF: Final = {"sqlite": "(SELECT value FROM json_each(?))", "postgresql": "(SELECT unnest(%b::bigint[]))"}
_VALUE: Final = {"sqlite": "?", "postgresql": "%b"}


def ask(
    tx: Connection, text: str, numbers: Sequence[int], values: Sequence[Any] = ()
) -> list[tuple[Any, ...]]:
    """Run a statement of our own; its rows, if it tells any.

    In the text `{v}` stands for each of the `values`, `{ids}` for the numbers, which come last. The values
    are as the driver takes them. Nothing is converted, neither on the way in nor out.
    """
    kind = tx.dialect.name
    given = orjson.dumps(numbers).decode() if kind == "sqlite" else list(numbers)
    return straight.ask(tx, text.format(v=_VALUE[kind], ids=_ONE_OF[kind]), (*values, given))


def run_each(tx: Connection, text: str, values: Sequence[tuple[Any, ...]]) -> None:
    """Run a statement of our own once for each of these, whose values stand for its `{v}`."""
    if values:
        straight.change_each(tx, text.format(v=_VALUE[tx.dialect.name]), values)
