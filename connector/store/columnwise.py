"""Many new rows at once, column by column: what thousands of receipts a second are written with.

`rows` takes a mapping for each row, and on SQLite a step for each; between two steps other threads take their
turn. Here one list is given for each column, and what is alike in all rows stands in the statement itself.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import chain
from typing import Any, Final, TypeAlias

from sqlalchemy import Connection, Table

from connector.store import straight
from connector.store.rows import DIALECTS, MOST_VALUES, ConvertAll, converting_all, quoted

Columns: TypeAlias = Mapping[str, Sequence[Any]]
"""One list of values for each column; all are of the same length."""

Alike: TypeAlias = Mapping[str, str]
"""Columns in which all rows have the same, as SQL of our own: `0`, `''`, `NULL`."""

_NOTHING: Final[Alike] = {}


def insert_columns(
    tx: Connection, table: Table, columns: Columns, alike: Alike = _NOTHING, *, only_new: bool = False
) -> int:
    """Insert rows in as few steps as go; with `only_new`, those that break no unique index.

    How many were inserted.
    """
    form = _formed(tx.dialect.name, table, tuple(columns), tuple(alike.items()))
    values = [convert(given) for convert, given in zip(form.converts, columns.values(), strict=True)]
    ends = " ON CONFLICT DO NOTHING" if only_new else ""
    if form.of_arrays:
        return straight.change(tx, form.of_arrays + ends, values) if values[0] else 0
    rows, most, count = list(zip(*values, strict=True)), MOST_VALUES // len(values), 0
    for start in range(0, len(rows), most):
        some = rows[start : start + most]
        count += straight.change(tx, _of_rows(form, len(some)) + ends, [*chain.from_iterable(some)])
    return count


@dataclass(frozen=True, slots=True)
class _Form:
    """How rows of these columns are written; `of_arrays` is the statement of PostgreSQL, empty on SQLite."""

    head: str
    row: str
    converts: tuple[ConvertAll, ...]
    of_arrays: str


@cache
def _formed(kind: str, table: Table, names: tuple[str, ...], alike: tuple[tuple[str, str], ...]) -> _Form:
    dialect = DIALECTS[kind]()
    types = [table.c[one].type for one in names]
    same = [sql for _, sql in alike]
    head = f'INSERT INTO "{table.name}" ({", ".join(quoted([*names, *dict(alike)]))})'
    arrays = ", ".join(f"%b::{one.compile(dialect).partition(' COLLATE')[0]}[]" for one in types)
    of_new = ", ".join(quoted(names))
    told = ", ".join([of_new, *same])
    new = f"unnest({arrays}) WITH ORDINALITY AS new ({of_new}, nth_row)"
    return _Form(
        head,
        row=f"({', '.join(['?'] * len(names) + same)})",
        converts=tuple(converting_all(one, dialect) for one in types),
        of_arrays="" if kind == "sqlite" else f"{head} SELECT {told} FROM {new} ORDER BY new.nth_row",
    )


@cache
def _of_rows(form: _Form, number: int) -> str:
    return f"{form.head} VALUES {', '.join([form.row] * number)}"
