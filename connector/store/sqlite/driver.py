"""SQLite's driver and the two ways in which we connect: one that writes, others that only read."""

from __future__ import annotations

import sqlite3
from collections.abc import Mapping
from functools import partial
from pathlib import Path
from types import ModuleType
from typing import Any, Final
from urllib.parse import quote

from sqlalchemy import Engine, create_engine
from sqlalchemy.pool import NullPool, QueuePool

from connector.errors import StoreError
from connector.store.sqlite.compiling import Compiler

PATIENCE: Final = 5.0
"""Seconds that SQLite waits for a lock of somebody else's, and a reader for a free connection."""

_FIXED: Final = (3, 51, 3)
_BACKPORTS: Final = ((3, 44, 6), (3, 50, 7))

_KEPT_PAGES: Final = -16_000
"""Kibibytes of pages that the writer keeps: the minus sign says so (sqlite.org/pragma.html, `cache_size`). A
batch of a hundred orders writes to over a thousand pages; with SQLite's own 2 MB a third of what was read of
the file while orders were worked off had been read a moment before."""

_KEPT_STATEMENTS: Final = 1_000
"""Statements that a connection keeps prepared. The driver's own 100 are fewer than we have, counting lists of
every length; and once they are used up `pysqlite3` keeps none that is new, but prepares it at each execution
(seen with 0.6.1)."""

_BOTH: Final[Mapping[str, object]] = {"foreign_keys": 1, "temp_store": 2, "wal_autocheckpoint": 0}
_WRITER: Final[Mapping[str, object]] = {
    "journal_mode": "wal",
    "synchronous": 2,
    "secure_delete": 1,
    "cache_size": _KEPT_PAGES,
    **_BOTH,
}
_READER: Final[Mapping[str, object]] = {"query_only": 1, **_BOTH}


def module() -> ModuleType:
    """The module `pysqlite3`, which carries a SQLite of its own, where it is installed; else Python's."""
    try:
        from pysqlite3 import dbapi2
    except ImportError:
        return sqlite3
    found: ModuleType = dbapi2
    return found


def notices(version: str) -> tuple[str, ...]:
    """What to tell of this version of SQLite.

    Versions 3.7.0 to 3.51.2 can lose commits when one connection writes while another resets the log
    (sqlite.org/wal.html#walresetbug), in the same moment; fixed in 3.51.3, and in 3.50.7 and 3.44.6.
    """
    found = _number(version)
    if found >= _FIXED or any(found[:2] == fixed[:2] and found >= fixed for fixed in _BACKPORTS):
        return ()
    return (
        f"SQLite {version} has the WAL-reset fault (fixed in 3.51.3): no two connections of Loods write or "
        "make checkpoints at once, and nothing else may write the file. `pip install pysqlite3` has a sound "
        "one.",
    )


def is_recent(version: str) -> bool:
    """Whether it has no such fault, and tells how long the log is (since 3.51.0, sqlite.org/changes.html)."""
    return _number(version) >= _FIXED


def writing(path: Path) -> Engine:
    """An engine whose transactions begin by taking the write lock. It makes the file, for us alone."""

    def connect() -> Any:
        is_new = not path.exists()
        connection = _open(f"file:{quote(str(path))}", _WRITER if not is_new else {})
        if is_new:
            path.chmod(0o600)
            _assert(connection, _WRITER)
        return connection

    return _engine(connect, "BEGIN IMMEDIATE", poolclass=NullPool)


def reading(path: Path) -> Engine:
    """An engine that cannot write, with up to twenty connections."""

    def connect() -> Any:
        return _open(f"file:{quote(str(path))}?mode=ro", _READER)

    pool = {"pool_size": 5, "max_overflow": 15, "pool_timeout": PATIENCE}
    return _engine(connect, "BEGIN", poolclass=QueuePool, **pool)


def _number(version: str) -> tuple[int, ...]:
    return tuple(int(part) for part in version.split("."))


def _engine(connect: Any, begin: str, **pool: Any) -> Engine:
    options = {"module": module(), "creator": connect, "hide_parameters": True}
    engine = create_engine("sqlite://", **options, **pool)
    engine.dialect.do_begin = partial(_begin, begin)  # type: ignore[method-assign]  # a hook for drivers
    engine.dialect.statement_compiler = Compiler
    return engine


def _begin(begin: str, connection: Any) -> None:
    """Through the driver: an event of SQLAlchemy, and a statement by its way, took four times as long."""
    connection.execute(begin)


def _open(uri: str, pragmas: Mapping[str, object]) -> Any:
    """`isolation_level=None`: we begin transactions, not the driver, which would do so too late."""
    shared = {"isolation_level": None, "check_same_thread": False, "cached_statements": _KEPT_STATEMENTS}
    connection = module().connect(uri, uri=True, timeout=PATIENCE, **shared)
    _assert(connection, pragmas)
    return connection


def _assert(connection: Any, pragmas: Mapping[str, object]) -> None:
    for name, wanted in pragmas.items():
        connection.execute(f"PRAGMA {name}={wanted}").fetchall()
        ((got,),) = connection.execute(f"PRAGMA {name}").fetchall()
        if got != wanted:
            raise StoreError(
                f"SQLite refuses {name}={wanted} and stays at {got}; is the file on a local disk?"
            )
