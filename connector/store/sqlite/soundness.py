"""Whether a SQLite file is whole, asked before anything of it is served."""

from __future__ import annotations

import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Final

from sqlalchemy.exc import DBAPIError

from connector.errors import StoreError
from connector.store.faults import words_of
from connector.store.sqlite import driver

SECONDS: Final = 1.0
"""A start that follows upon a death should acknowledge within two."""

_LARGE: Final = ("events", "traces", "deliveries")
"""Looked at last, since they are the ones that take long."""

_STEPS: Final = 1000
"""Of SQLite's machine between two looks at the time."""

_INTERRUPTED: Final = 9


def check(path: Path, seconds: float = SECONDS) -> tuple[str, ...]:
    """What could not be looked at in so many seconds, for the operator; StoreError where the file is damaged.

    Table by table, the small ones first, by `PRAGMA quick_check`, with their indexes. That a file is cut off
    SQLite sees at once, by its first page. What a table that is too large for the time holds is found damaged
    when it is read, and then nothing more is written.
    """
    engine = driver.reading(path)
    try:
        with engine.connect() as connection:
            return _check(connection.connection.driver_connection, path, seconds)
    except (DBAPIError, driver.module().DatabaseError) as error:
        raise _damaged(path, words_of(error)) from error
    finally:
        engine.dispose()


def _check(connection: Any, path: Path, seconds: float) -> tuple[str, ...]:
    deadline = time.monotonic() + seconds
    connection.set_progress_handler(lambda: time.monotonic() > deadline, _STEPS)
    left = [name for name in _tables(connection) if not _is_looked_at(connection, path, name)]
    connection.set_progress_handler(None, 0)
    if not left:
        return ()
    return (
        f"{path} is large: within {seconds:g} s not all of it was found sound. Not looked at: "
        f"{', '.join(left)}. Now and then ask SQLite itself while Loods is stopped: "
        f"sqlite3 {path} 'PRAGMA quick_check'",
    )


def _tables(connection: Any) -> Sequence[str]:
    query = "SELECT name FROM sqlite_master WHERE type = 'table' ORDER BY name"
    names = ["sqlite_master", *(name for (name,) in connection.execute(query).fetchall())]
    return sorted(names, key=lambda name: _LARGE.index(name) if name in _LARGE else -1)


def _is_looked_at(connection: Any, path: Path, table: str) -> bool:
    """Whether there was time for this table. Raises StoreError where it is damaged."""
    try:
        found = [words for (words,) in connection.execute(f"PRAGMA quick_check('{table}')").fetchall()]
    except driver.module().OperationalError as error:
        if getattr(error, "sqlite_errorcode", None) == _INTERRUPTED:
            return False
        raise
    if found != ["ok"]:
        words = " ".join(found[0].split()).removeprefix("*** in database main *** ")
        raise _damaged(path, f"{table}: {words}")
    return True


def _damaged(path: Path, words: str) -> StoreError:
    return StoreError(
        f"{path} is damaged and nothing of it is served: {words}. Restore the last backup (`loods restore`); "
        f"what can be rescued of this file, `sqlite3 {path} .recover` shows"
    )
