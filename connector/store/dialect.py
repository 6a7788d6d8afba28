"""The few statements that the two databases write differently, and lists cut to the size of one statement.

`FOR UPDATE` needs nothing here: SQLAlchemy leaves it out on SQLite, whose one writer needs no row locks.
"""

from __future__ import annotations

import zlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import cache
from typing import Any, Final, TypeVar

from sqlalchemy import Column, Connection, Executable, Table, func, insert, select, text
from sqlalchemy.dialects import postgresql, sqlite

T = TypeVar("T")

_INSERTS: Final[Mapping[str, Callable[[Table], postgresql.Insert | sqlite.Insert]]] = {
    "sqlite": sqlite.insert,
    "postgresql": postgresql.insert,
}
_MOST_AT_ONCE: Final = 500
"""Values in one IN list; each may bind three parameters, and SQLite before 3.32 took 999."""

_COUNTED: Final = text("SELECT seq FROM sqlite_sequence WHERE name = :name")
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
    if not rows:
        return set()
    new = tx.execute(_inserting_new(tx.dialect.name, table, (tell,) if isinstance(tell, str) else tell), rows)
    return set(new.scalars()) if isinstance(tell, str) else {tuple(row) for row in new}


def insert_numbered(tx: Connection, table: Table, rows: Sequence[Mapping[str, Any]]) -> Sequence[int]:
    """Insert rows whose `id` the database counts up; returns the ids, in the order of the rows.

    SQLAlchemy would insert them one by one into SQLite to be sure of the order. There is one writer, who can
    as well count himself, on from where SQLite's own counter stands.
    """
    if tx.dialect.name == "sqlite":
        first = (tx.execute(_COUNTED, {"name": table.name}).scalar() or 0) + 1
        numbered = [{**row, "id": number} for number, row in enumerate(rows, first)]
        if numbered:
            tx.execute(insert(table), numbered)
        return range(first, first + len(rows))
    inserted = insert(table).returning(table.c.id, sort_by_parameter_order=True)
    return tx.execute(inserted, rows).scalars().all() if rows else ()


def upsert(tx: Connection, table: Table, rows: Sequence[Mapping[str, Any]], change: Sequence[str]) -> None:
    """Insert the rows; where the primary key exists, set the columns of `change` to the row's values."""
    if not rows:
        return
    tx.execute(_upserting(tx.dialect.name, table, tuple(change)), rows)


def count_up(
    tx: Connection, table: Table, rows: Sequence[Mapping[str, Any]], number: str, tell: Sequence[str]
) -> list[tuple[Any, ...]]:
    """Insert the rows; where the primary key exists, add their `number` to what stands there.

    Returns the columns `tell` of every row, in any order.
    """
    statement = _INSERTS[tx.dialect.name](table)
    more = {number: table.c[number] + statement.excluded[number]}
    added = statement.on_conflict_do_update(index_elements=list(table.primary_key), set_=more)
    told = added.returning(*(table.c[one] for one in tell))
    return [tuple(row) for row in tx.execute(told, rows)] if rows else []


def one_at_a_time(tx: Connection, name: str) -> None:
    """Let only one transaction at a time go past this point, on PostgreSQL; SQLite has one writer anyway."""
    if tx.dialect.name == "postgresql":
        tx.execute(select(func.pg_advisory_xact_lock(zlib.crc32(name.encode()))))


@cache
def _inserting_new(dialect: str, table: Table, tell: tuple[str, ...]) -> Executable:
    """Statements that are kept are not built, and their key not made, for every batch anew."""
    return _INSERTS[dialect](table).on_conflict_do_nothing().returning(*(table.c[one] for one in tell))


@cache
def _upserting(dialect: str, table: Table, change: tuple[str, ...]) -> Executable:
    statement = _INSERTS[dialect](table)
    keys: list[Column[Any]] = list(table.primary_key)
    new = {column: statement.excluded[column] for column in change}
    return statement.on_conflict_do_update(index_elements=keys, set_=new)
