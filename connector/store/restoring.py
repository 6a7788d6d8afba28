"""A copy of a SQLite database takes the place of the database, which is kept aside."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from itertools import count
from pathlib import Path
from typing import Any, Final

from sqlalchemy import delete
from sqlalchemy.exc import DBAPIError

from connector.errors import StoreError
from connector.failpoints import reach
from connector.store.copies import CopyError, Holds, as_copy_errors, checked, claimed, copy, link, sync
from connector.store.schema import hands, looking
from connector.store.sqlite import driver
from connector.store.sqlite.lock import WriterLock
from connector.store.stops import EVERYTHING, Stop, stop
from connector.store.versions import upgrade

_WORDS: Final = "restored from a backup: what is to leave may have left before"


@dataclass(frozen=True, slots=True)
class Restored:
    """What stands in the database now, and where the one stands that was there (None: there was none)."""

    holds: Holds
    aside: Path | None


@dataclass(frozen=True, slots=True)
class Wish:
    """Who restores, when, and whether everything is to be stopped until a person lets it go on."""

    who: str
    now: datetime
    is_stopped: bool


def restore(file: Path, database: Path, wish: Wish) -> Restored:
    """Put a copy of `file` in the place of the database: wholly or not at all, whenever this ends.

    Raises HeldError while a process writes the database, CopyError where the file cannot be used.
    """
    with as_copy_errors(database):
        return _restored(file, database, wish)


def _restored(file: Path, database: Path, wish: Wish) -> Restored:
    if not file.exists():
        raise CopyError(f"there is no file {file}")
    if database.exists() and file.samefile(database):
        raise CopyError(f"{file} is the database itself")
    database.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    lock = WriterLock(database)
    lock.take()
    try:
        with claimed(database.with_name(f"{database.name}.restoring")) as half:
            copy(file, half)
            found = checked(half)
            reach("restoring-before-prepared")
            _prepare(half, wish)
            reach("restoring-before-aside")
            aside = _set_aside(database, wish.now)
            sync(half)
            reach("database-set-aside")
            half.replace(database)
            reach("restored-before-synced")
            sync(database.parent)
    finally:
        lock.give_up()
    return Restored(found, aside)


def _prepare(half: Path, wish: Wish) -> None:
    """Bring the copy up to this program; nobody of then has anything in hand, and nothing leaves."""
    engine = driver.writing(half)
    try:
        with engine.connect() as connection:
            with connection.begin():
                upgrade(connection)
                connection.execute(delete(hands))
                connection.execute(delete(looking))
                if wish.is_stopped:
                    stop(connection, Stop(EVERYTHING, wish.now, wish.who, _WORDS))
            raw = connection.connection.driver_connection
            if raw is not None:
                raw.execute("PRAGMA journal_mode=DELETE").fetchall()
    finally:
        engine.dispose()


def _set_aside(database: Path, now: datetime) -> Path | None:
    """Keep what is there under a dated name too; its log is folded into it first, or kept beside it."""
    if not database.exists():
        _drop_log(database)
        return None
    aside = _name_beside(database, f"{database.name}.before-{now:%Y-%m-%dT%H-%M-%S}")
    if not _fold(database):
        log = _log_of(database)
        if log.exists():
            log.rename(_log_of(aside))
    _drop_log(database)
    if not aside.exists():
        link(database, aside)
    sync(database.parent)
    return aside


def _name_beside(database: Path, name: str) -> Path:
    """A free name, or one that the database has already: a restore may have ended within this second."""
    names = (database.with_name(name if number == 1 else f"{name}-{number}") for number in count(1))
    return next(one for one in names if not one.exists() or one.samefile(database))


def _fold(database: Path) -> bool:
    """Write what stands in the log into the database; False where that is too damaged.

    Raises CopyError where somebody reads what only the log has: without it the database would be an older
    one, if this ended before the copy takes its place.
    """
    try:
        engine = driver.writing(database)
        try:
            with engine.connect() as connection:
                raw: Any = connection.connection.driver_connection
                is_busy = raw.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()[0]
        finally:
            engine.dispose()
    except (DBAPIError, StoreError, driver.module().Error):
        return False
    if is_busy:
        raise CopyError(f"somebody reads {database}: end that first, and restore again")
    return True


def _drop_log(database: Path) -> None:
    for ending in ("-wal", "-shm"):
        with suppress(FileNotFoundError):
            database.with_name(database.name + ending).unlink()


def _log_of(database: Path) -> Path:
    return database.with_name(f"{database.name}-wal")
