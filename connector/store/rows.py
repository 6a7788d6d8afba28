"""Many rows in one statement, through the driver: what every batch writes, and what it looks up by keys.

SQLAlchemy's own way makes a dictionary of each row and asks of each value what is to become of it. Here the
text of a statement and what its columns do to values are made once; a column's values are converted together,
by the same functions as everywhere (`connector.store.columns`). A statement holds names of our own schema and
nothing else. PostgreSQL is given one array a column, so that a statement has the same text for any number of
rows, and is prepared once.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import chain
from typing import Any, Final, TypeAlias

from sqlalchemy import Connection, Dialect, LargeBinary, Table
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.types import TypeEngine

from connector.store import straight
from connector.store.columns import Words, are_plain

_Row: TypeAlias = Mapping[str, Any]
_Names: TypeAlias = tuple[str, ...]
ConvertAll: TypeAlias = Callable[[Sequence[Any]], list[Any]]
"""What becomes of all values of a column."""


DIALECTS: Final[Mapping[str, Callable[[], Dialect]]] = {
    "sqlite": sqlite.dialect,
    "postgresql": postgresql.dialect,
}
MOST_VALUES: Final = 999
"""In one statement of SQLite before 3.32 (sqlite.org/limits.html)."""

_TOGETHER: Final = 20
"""Rows, or keys, in one statement of SQLite: for one alone, half of the work is to begin and to end it.

Always as many, so that there are few statements, which the driver keeps prepared.
"""


def insert_new(tx: Connection, table: Table, rows: Sequence[_Row], tell: _Names) -> list[tuple[Any, ...]]:
    """Insert the rows that break no unique index; of these the columns `tell`, as the driver gives them."""
    return _insert_telling(tx, table, rows, tell, "DO NOTHING")


def _insert_telling(
    tx: Connection, table: Table, rows: Sequence[_Row], tell: _Names, on_conflict: str
) -> list[tuple[Any, ...]]:
    if not rows:
        return []
    batch = _batch(tx, table, tuple(rows[0]))
    ends = f" ON CONFLICT {on_conflict} RETURNING {', '.join(quoted(tell))}"
    if not batch.is_sqlite:
        return straight.ask(tx, batch.of_arrays + ends, batch.arrays(rows))
    told: list[tuple[Any, ...]] = []
    most = MOST_VALUES // len(batch.names)
    for start in range(0, len(rows), most):
        some = batch.tuples(rows[start : start + most])
        told += straight.ask(tx, batch.of_values(len(some)) + ends, [*chain.from_iterable(some)])
    return told


def count_up(
    tx: Connection, table: Table, rows: Sequence[_Row], number: str, tell: _Names
) -> list[tuple[Any, ...]]:
    """Insert the rows; where the primary key exists, add their `number` to what stands there.

    The columns `tell` of every row, as the driver gives them. No two rows have one key.
    """
    more = f'"{number}" = "{table.name}"."{number}" + excluded."{number}"'
    return _insert_telling(tx, table, rows, tell, f"({_keys(table)}) DO UPDATE SET {more}")


def count_new(tx: Connection, table: Table, rows: Sequence[_Row]) -> int:
    """Insert the rows that break no unique index; how many they were."""
    if not rows:
        return 0
    return _write(tx, _batch(tx, table, tuple(rows[0])), rows, " ON CONFLICT DO NOTHING")


def insert(tx: Connection, table: Table, rows: Sequence[_Row]) -> None:
    """Insert the rows."""
    if rows:
        _write(tx, _batch(tx, table, tuple(rows[0])), rows, "")


def insert_counted(tx: Connection, table: Table, rows: Sequence[_Row]) -> list[int]:
    """Insert rows into a table of PostgreSQL that counts up its `id`: the ids, in the order of the rows.

    The rows are sorted before they are numbered (its documentation, "INSERT", and the release notes of 9.6:
    what a query puts out is computed behind its ORDER BY), and numbers of one statement only rise.
    """
    if not rows:
        return []
    batch = _batch(tx, table, tuple(rows[0]))
    found = straight.ask(tx, batch.of_arrays + " RETURNING id", batch.arrays(rows))
    return sorted(number for (number,) in found)


def upsert(tx: Connection, table: Table, rows: Sequence[_Row], change: _Names) -> None:
    """Insert the rows; where the primary key exists, set the columns of `change` to the row's values.

    Of several rows with one key the last counts.
    """
    if not rows:
        return
    batch = _batch(tx, table, tuple(rows[0]))
    keys = _keys(table)
    new = ", ".join(f"{one} = excluded.{one}" for one in quoted(change))
    ends = f" ON CONFLICT ({keys}) DO UPDATE SET {new}"
    if batch.is_sqlite:
        _write(tx, batch, rows, ends)
    else:
        last = f"{batch.head} SELECT DISTINCT ON ({keys}) {batch.told} FROM {batch.new}"
        straight.change(tx, f"{last} ORDER BY {keys}, new.nth_row DESC{ends}", batch.arrays(rows))


def change(tx: Connection, table: Table, rows: Sequence[_Row], key: str) -> None:
    """Set the columns of the rows whose `key` this is."""
    if not rows:
        return
    batch = _batch(tx, table, tuple(rows[0]))
    if batch.is_sqlite:
        others = tuple(one for one in batch.names if one != key)
        text = _changing(table.name, others, key)
        straight.change_each(tx, text, _batch(tx, table, (*others, key)).tuples(rows))
        return
    new = ", ".join(f"{one} = new.{one}" for one in quoted(one for one in batch.names if one != key))
    at = f'"{key}"'
    text = f'UPDATE "{table.name}" SET {new} FROM {batch.new} WHERE "{table.name}".{at} = new.{at}'
    straight.change(tx, text, batch.arrays(rows))


def pick(
    tx: Connection, table: Table, keys: Sequence[tuple[str, ...]], by: _Names, tell: _Names
) -> list[tuple[Any, ...]]:
    """The columns `tell`, as the driver gives them, of the rows whose texts in `by` are one of the keys.

    The keys are as columns hold them (`connector.store.columns.as_key`).
    """
    if tx.dialect.name == "sqlite":
        found: list[tuple[Any, ...]] = []
        for some in _alike(keys):
            text = _picking_values(table.name, by, tell, len(some))
            found += straight.ask(tx, text, [*chain.from_iterable(some)])
        return found
    return _found(tx, _picking(table.name, by, tell), keys)


def pick_locked(
    tx: Connection, table: Table, keys: Sequence[tuple[str]], tell: _Names
) -> list[tuple[Any, ...]]:
    """The same by `id`, the rows locked in the order of their ids; on SQLite there is one writer anyway."""
    if tx.dialect.name == "sqlite":
        return pick(tx, table, keys, ("id",), tell)
    return _found(tx, f"{_picking(table.name, ('id',), tell)} ORDER BY id FOR UPDATE", keys)


def _found(tx: Connection, text: str, keys: Sequence[tuple[str, ...]]) -> list[tuple[Any, ...]]:
    if not keys:
        return []
    return straight.ask(tx, text, [*map(list, zip(*keys, strict=True))])


def _alike(keys: Sequence[tuple[str, ...]]) -> Iterator[Sequence[tuple[str, ...]]]:
    """The keys in parts for one statement each; what is missing in the last one is a key that it has."""
    most = MOST_VALUES // len(keys[0]) // _TOGETHER * _TOGETHER if keys else 1
    for start in range(0, len(keys), most):
        some = keys[start : start + most]
        yield [*some, *[some[-1]] * (-len(some) % _TOGETHER)]


@dataclass(frozen=True, slots=True)
class _Batch:
    """How rows with columns of these names are written: the beginnings of statements, and the values."""

    names: _Names
    converts: Sequence[ConvertAll]
    is_sqlite: bool
    head: str
    told: str
    row: str
    new: str

    @property
    def of_arrays(self) -> str:
        """For PostgreSQL: rows out of arrays, in their order."""
        return f"{self.head} SELECT {self.told} FROM {self.new} ORDER BY new.nth_row"

    def of_values(self, number: int) -> str:
        """So many rows, one behind the other."""
        return f"{self.head} VALUES {', '.join([self.row] * number)}"

    def arrays(self, rows: Sequence[_Row]) -> tuple[list[Any], ...]:
        """One list a column."""
        columns = zip(self.names, self.converts, strict=True)
        return tuple(convert([row[name] for row in rows]) for name, convert in columns)

    def tuples(self, rows: Sequence[_Row]) -> list[tuple[Any, ...]]:
        """One tuple a row."""
        return list(zip(*self.arrays(rows), strict=True))


def _write(tx: Connection, batch: _Batch, rows: Sequence[_Row], ends: str) -> int:
    """Insert the rows; how many were inserted."""
    if not batch.is_sqlite:
        return straight.change(tx, f"{batch.of_arrays}{ends}", batch.arrays(rows))
    values = batch.tuples(rows)
    whole = len(values) // _TOGETHER * _TOGETHER
    starts = range(0, whole, _TOGETHER)
    together = [tuple(chain.from_iterable(values[one : one + _TOGETHER])) for one in starts]
    parts = ((_TOGETHER, together), (1, values[whole:]))
    return sum(straight.change_each(tx, batch.of_values(many) + ends, some) for many, some in parts if some)


def _batch(tx: Connection, table: Table, names: _Names) -> _Batch:
    return _made(tx.dialect.name, table, names)


@cache
def _made(kind: str, table: Table, names: _Names) -> _Batch:
    dialect = DIALECTS[kind]()
    listed = ", ".join(quoted(names))
    types = [table.c[one].type for one in names]
    arrays = ", ".join(f"%b::{one.compile(dialect).partition(' COLLATE')[0]}[]" for one in types)
    return _Batch(
        names,
        [converting_all(one, dialect) for one in types],
        is_sqlite=kind == "sqlite",
        head=f'INSERT INTO "{table.name}" ({listed})',
        told=listed,
        row=f"({', '.join('?' * len(names))})",
        new=f"unnest({arrays}) WITH ORDINALITY AS new ({listed}, nth_row)",
    )


def converting_all(kind: TypeEngine[Any], dialect: Dialect) -> ConvertAll:
    """What a column does to all values that go in; texts are mostly plain, which is seen at once of all.

    Both drivers take bytes as they are.
    """
    is_raw = isinstance(kind, LargeBinary)
    convert = None if is_raw else kind.dialect_impl(dialect).bind_processor(dialect)
    if convert is None:
        return list
    if isinstance(kind, Words):
        return lambda values: list(values) if are_plain(values) else list(map(convert, values))
    return lambda values: list(map(convert, values))


@cache
def _changing(table: str, names: _Names, key: str) -> str:
    new = ", ".join(f"{one} = ?" for one in quoted(names))
    return f'UPDATE "{table}" SET {new} WHERE "{key}" = ?'


@cache
def _picking(table: str, by: _Names, tell: _Names) -> str:
    arrays = ", ".join(["%b::text[]"] * len(by))
    return f"{_telling(table, by, tell)} IN (SELECT * FROM unnest({arrays}))"


@cache
def _picking_values(table: str, by: _Names, tell: _Names, number: int) -> str:
    key = f"({', '.join('?' * len(by))})"
    return f"{_telling(table, by, tell)} IN (VALUES {', '.join([key] * number)})"


def _telling(table: str, by: _Names, tell: _Names) -> str:
    return f'SELECT {", ".join(quoted(tell))} FROM "{table}" WHERE ({", ".join(quoted(by))})'


def _keys(table: Table) -> str:
    return ", ".join(quoted(one.name for one in table.primary_key))


def quoted(names: Iterable[str]) -> list[str]:
    return [f'"{one}"' for one in names]
