"""What the databases' refusals mean to us: no service now, no service until restarted, or our own mistake.

Only the driver's own words are passed on: SQLAlchemy's would hold the values, which are personal data.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

from sqlalchemy import exc

from connector.errors import StoreError

_MISTAKES: Final = (exc.DataError, exc.IntegrityError, exc.ProgrammingError, exc.NotSupportedError)
_WRONG_SQL, _IO, _CORRUPT, _NO_DATABASE = 1, 10, 11, 26
_SHM_SIZE: Final = _IO | (19 << 8)
"""The shared-memory file could not grow: a full disk, and nothing written yet (sqlite.org/rescode.html)."""


@contextmanager
def as_store_errors() -> Iterator[None]:
    """Turn a database that cannot serve into a StoreError; our own mistakes in SQL go through as they are."""
    try:
        yield
    except exc.DBAPIError as error:
        if isinstance(error, _MISTAKES) or _sqlite_code(error) & 0xFF == _WRONG_SQL:
            raise
        raise StoreError(words_of(error)) from error
    except exc.TimeoutError as error:
        raise StoreError("all connections to the database are busy") from error


def words_of(error: BaseException) -> str:
    """The driver's own words, in one line.

    Of PostgreSQL's the first field alone: DETAIL and CONTEXT would name values ("Key (…)=(…)").
    """
    said = getattr(error, "orig", error)
    primary = getattr(getattr(said, "diag", None), "message_primary", None)
    return " ".join(str(primary or said).split())


def is_beyond_repair(error: BaseException) -> bool:
    """Whether SQLite can no longer be trusted to have written: after a failed write or fsync, or corruption.

    A retried fsync may falsely succeed (PostgreSQL's documentation, `data_sync_retry`), so there is no second
    try: the process has to open the file anew. A full disk is no such case.
    """
    code = _sqlite_code(error)
    return code != _SHM_SIZE and code & 0xFF in {_IO, _CORRUPT, _NO_DATABASE}


def _sqlite_code(error: BaseException) -> int:
    return getattr(getattr(error, "orig", error), "sqlite_errorcode", None) or 0
