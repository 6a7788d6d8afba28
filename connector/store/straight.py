"""Statements that go to SQLite's driver straight, past SQLAlchemy, and to PostgreSQL by way of it.

Of each statement SQLAlchemy makes a context, a result and rows of its own. Between other work that was seen
to take 40 µs for a text, and 110 for a statement of its constructs, beside 50 in SQLite itself; a batch of
orders has a score of them. PostgreSQL's connections may break, and SQLAlchemy deals with that.
"""

from __future__ import annotations

import re
from collections import namedtuple
from collections.abc import Callable, Mapping, Sequence
from functools import cached_property
from typing import Any, Final, TypeAlias, cast

import orjson
from sqlalchemy import BindParameter, Connection, Delete, Select
from sqlalchemy.exc import DBAPIError
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.types import TypeEngine

from connector.store.sqlite.compiling import SteadyDialect

Values: TypeAlias = Sequence[Any]
"""As the driver takes them, one for each place in the text."""

_Convert: TypeAlias = Callable[[Any], Any]

_SQLITE: Final = SteadyDialect()
_LIST: Final = re.compile(r"__\[POSTCOMPILE_\w+\]")
"""Where SQLAlchemy would write a list out (its documentation, `bindparam`, `expanding`)."""
_MEMBERS: Final = "SELECT value FROM json_each(?)"


def ask(tx: Connection, text: str, values: Values = ()) -> list[tuple[Any, ...]]:
    """Run a statement of our own; its rows, as the driver gives them, if it tells any."""
    if tx.dialect.name != "sqlite":
        told = tx.exec_driver_sql(text, tuple(values))
        return [tuple(row) for row in told] if told.returns_rows else []
    found: list[tuple[Any, ...]] = _straight(tx, text, lambda driver: driver.execute(text, values).fetchall())
    return found


def change(tx: Connection, text: str, values: Values = ()) -> int:
    """Run a statement of our own that tells no rows; how many it changed."""
    if tx.dialect.name != "sqlite":
        return tx.exec_driver_sql(text, tuple(values)).rowcount
    number: int = _straight(tx, text, lambda driver: driver.execute(text, values).rowcount)
    return number


def change_each(tx: Connection, text: str, values: Sequence[tuple[Any, ...]]) -> int:
    """Run a statement of our own once for each of these; how many rows it changed in all."""
    if tx.dialect.name != "sqlite":
        return tx.exec_driver_sql(text, [*values]).rowcount
    number: int = _straight(tx, text, lambda driver: driver.executemany(text, values).rowcount)
    return number


def _straight(tx: Connection, text: str, work: Callable[[Any], Any]) -> Any:
    """What the driver answers; what it refuses is told as SQLAlchemy does, without the values."""
    driver: Any = tx.connection.driver_connection
    try:
        return work(driver)
    except driver.Error as error:
        raise _refused(text, error, driver.Error) from error


def _refused(text: str, error: Exception, base: type[Exception]) -> BaseException:
    refused = DBAPIError.instance(text, None, error, base, hide_parameters=True, dialect=_SQLITE)
    return cast(BaseException, refused)


class Ready:
    """A statement of SQLAlchemy's, which is written out once for SQLite: at its first use.

    Its parameters are given by their names; one that is `expanding` takes a list.
    """

    def __init__(self, statement: Select[Any] | Delete) -> None:
        self._statement = statement

    def rows(self, tx: Connection, **values: Any) -> Sequence[Any]:
        """What it finds: tuples with the names of its columns."""
        if tx.dialect.name != "sqlite":
            return tx.execute(self._statement, values).all()
        return [self._read(row) for row in ask(tx, self._text, self._given(values))]

    def change(self, tx: Connection, **values: Any) -> int:
        """How many rows it changes."""
        if tx.dialect.name != "sqlite":
            return tx.execute(self._statement, values).rowcount
        return change(tx, self._text, self._given(values))

    def _given(self, values: Mapping[str, Any]) -> list[Any]:
        return [convert(values[name]) if name else convert for name, convert in self._places]

    @cached_property
    def _compiled(self) -> SQLCompiler:
        return self._statement.compile(dialect=_SQLITE)

    @cached_property
    def _text(self) -> str:
        return _LIST.sub(_MEMBERS, self._compiled.string)

    @cached_property
    def _places(self) -> Sequence[tuple[str, Any]]:
        """Of each place the parameter and what becomes of its value; or no name, and what stands there."""
        binds = [(name, self._compiled.binds[name]) for name in self._compiled.positiontup or ()]
        return [(name, _into(one)) if one.required else ("", _into(one)(one.value)) for name, one in binds]

    @cached_property
    def _read(self) -> Callable[[tuple[Any, ...]], Any]:
        """What the driver gives as a row with names, each value as its column gives it."""
        columns = cast(Select[Any], self._statement).selected_columns
        return _reading(columns.keys(), [one.type for one in columns])


def _into(one: BindParameter[Any]) -> _Convert:
    convert = one.type.dialect_impl(_SQLITE).bind_processor(_SQLITE) or _same
    if one.expanding:
        return lambda values: orjson.dumps(list(map(convert, values))).decode()
    return convert


def _reading(names: Sequence[str], types: Sequence[TypeEngine[Any]]) -> Callable[[tuple[Any, ...]], Any]:
    made: Any = namedtuple("Row", names)  # type: ignore[misc]
    converts = [one.dialect_impl(_SQLITE).result_processor(_SQLITE, None) or _same for one in types]
    places = [(place, convert) for place, convert in enumerate(converts) if convert is not _same]

    def read(row: tuple[Any, ...]) -> Any:
        values = list(row)
        for place, convert in places:
            values[place] = convert(values[place])
        return made._make(values)

    return read if places else made._make


def _same(value: Any) -> Any:
    return value
