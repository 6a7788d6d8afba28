"""The few statements that the two databases write differently, and lists cut to the size of one statement.

`FOR UPDATE` needs nothing here: SQLAlchemy leaves it out on SQLite, whose one writer needs no row locks.
"""

from __future__ import annotations

import zlib
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final, TypeVar

from sqlalchemy import Connection, Table, func, select

from connector.store import rows as rows_of
from connector.store import straight

T = TypeVar("T")

_MOST_AT_ONCE: Final = 500
"""Values in one IN list; each may bind three parameters, and SQLite before 3.32 took 999."""

_COUNTED: Final = "SELECT seq FROM sqlite_sequence WHERE name = ?"
"""Where SQLite counts the ids of a table with AUTOINCREMENT (sqlite.org/autoinc.html)."""


def chunks(values: Sequence[T]) -> Iterator[Sequence[T]]:
    """The values in parts that fit into one statement."""
    for start in range(0, len(values), _MOST_AT_ONCE):
        yield values[start : start + _MOST_AT_ONCE]


def insert_new(
    tx: Connection, table: Table, rows: Sequence[Mapping[str, Any]], tell: str | tuple[str, ...]
) -> set[Any]:
    """Insert the rows that break no unique index; returns the new ones' values of the column `tell`.

    Several columns give tuples.
    """
    found = rows_of.insert_new(tx, table, rows, (tell,) if isinstance(tell, str) else tell)
    return {one for (one,) in found} if isinstance(tell, str) else set(found)


def insert_numbered(tx: Connection, table: Table, rows: Sequence[Mapping[str, Any]]) -> Sequence[int]:
    """Insert rows whose `id` the database counts up; returns the ids, in the order of the rows.

    Into SQLite there is one writer, who counts himself, on from where SQLite's own counter stands.
    """
    if tx.dialect.name == "sqlite":
        first = next((seq for (seq,) in straight.ask(tx, _COUNTED, (table.name,))), 0) + 1
        numbered = [{**row, "id": number} for number, row in enumerate(rows, first)]
        rows_of.insert(tx, table, numbered)
        return range(first, first + len(rows))
    return rows_of.insert_counted(tx, table, rows)


def upsert(tx: Connection, table: Table, rows: Sequence[Mapping[str, Any]], change: Sequence[str]) -> None:
    """Insert the rows; where the primary key exists, set the columns of `change` to the row's values."""
    rows_of.upsert(tx, table, rows, tuple(change))


def count_up(
    tx: Connection, table: Table, rows: Sequence[Mapping[str, Any]], number: str, tell: Sequence[str]
) -> list[tuple[Any, ...]]:
    """Insert the rows; where the primary key exists, add their `number` to what stands there.

    Returns the columns `tell` of every row, in any order.
    """
    return rows_of.count_up(tx, table, rows, number, tuple(tell))


def one_at_a_time(tx: Connection, name: str) -> None:
    """Let only one transaction at a time go past this point, on PostgreSQL; SQLite has one writer anyway."""
    if tx.dialect.name == "postgresql":
        tx.execute(select(func.pg_advisory_xact_lock(zlib.crc32(name.encode()))))
