"""Whole copies of a SQLite database, made by SQLite while others write: one file, checked, and what it holds.

The database file itself is opened by SQLite alone; any other handle on it, once closed, would drop the locks
that SQLite has in the same process (sqlite.org/howtocorrupt.html, section 2.2).
"""

from __future__ import annotations

import fcntl
import os
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any, Final
from urllib.parse import quote

from sqlalchemy import Connection, func, select
from sqlalchemy.exc import DBAPIError

from connector.errors import LoodsError, StoreError
from connector.failpoints import reach
from connector.store.schema import ActionStatus, actions, contacts, deliveries, events, status_is
from connector.store.sqlite import driver
from connector.store.versions import is_current

_PAGES: Final = 2_000
"""Pages of one step; between two, whoever writes has the disk to itself for a moment."""

_BREATH: Final = 0.002


class CopyError(LoodsError):
    """No copy was made, or this one cannot be used; nothing has been changed. The message says why."""


@dataclass(frozen=True, slots=True)
class Holds:
    """What a copy holds: until when something was received, and how much of what there is."""

    until: datetime | None
    deliveries: int
    contacts: int
    events: int
    unfinished: int
    is_current: bool
    size: int


def back_up(database: Path, file: Path, *, may_replace: bool) -> Holds:
    """Copy the database, as it is at this moment, into a new file that only its owner may read.

    Whoever writes goes on meanwhile. The file is there when it is whole, checked and on disk, or not at all.
    Raises CopyError.
    """
    with as_copy_errors(file), _half_of(database, file, may_replace=may_replace) as half:
        copy(database, half)
        reach("copied-before-check")
        found = checked(half)
        put(half, file, may_replace=may_replace)
    return found


@contextmanager
def as_copy_errors(file: Path) -> Iterator[None]:
    """Turn what the file system refuses into a CopyError."""
    try:
        yield
    except OSError as error:
        raise CopyError(f"{file}: {error.strerror or error}") from error


@contextmanager
def _half_of(database: Path, file: Path, *, may_replace: bool) -> Iterator[Path]:
    _require_room(database, file, may_replace=may_replace)
    with claimed(file.with_name(f"{file.name}.half")) as half:
        yield half


def copy(database: Path, target: Path) -> None:
    """Copy a database into an empty file, by SQLite's backup API, out of one read transaction.

    Within it the pages stay as they are, so that nobody's writing makes the copy begin anew.
    """
    try:
        with closing(_connected(database, "mode=ro")) as source, closing(_connected(target)) as copied:
            copied.execute("PRAGMA synchronous=OFF")
            source.execute("BEGIN")
            source.execute("SELECT count(*) FROM sqlite_master").fetchall()
            source.backup(copied, pages=_PAGES, progress=_rest)
            source.execute("COMMIT")
            copied.execute("PRAGMA journal_mode=DELETE").fetchall()
    except driver.module().DatabaseError as error:
        raise CopyError(f"{database} cannot be copied: {error}") from error


def _rest(_status: int, _remaining: int, _total: int) -> None:
    """Behind each step of a copy: whoever writes has the disk to itself for a moment."""
    reach("copied-page")
    time.sleep(_BREATH)


def checked(file: Path) -> Holds:
    """What a copy holds. Raises CopyError where it is damaged, no database of Loods, or too new."""
    try:
        with closing(_connected(file, "mode=ro")) as copied:
            said = copied.execute("PRAGMA integrity_check(1)").fetchall()
        if [tuple(row) for row in said] != [("ok",)]:
            raise CopyError(f"{file} is damaged: {said[0][0]}")
        engine = driver.reading(file)
        try:
            with engine.begin() as tx:
                return _holds(tx, file)
        finally:
            engine.dispose()
    except (DBAPIError, driver.module().DatabaseError) as error:
        raise CopyError(f"{file} is no database of Loods") from error


@contextmanager
def claimed(half: Path) -> Iterator[Path]:
    """An empty file that nobody else makes a copy in; gone afterwards, unless it was given another name."""
    half.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    handle = _locked(half)
    try:
        os.fchmod(handle, 0o600)
        _drop_beside(half)
        os.ftruncate(handle, 0)
        yield half
    finally:
        with suppress(FileNotFoundError):
            if os.path.samestat(half.stat(), os.fstat(handle)):
                _drop_beside(half)
                half.unlink()
        os.close(handle)


def _locked(half: Path) -> int:
    """A handle on the file that has this name and no other: else it is a whole copy by now, and stays one."""
    handle = os.open(half, os.O_RDWR | os.O_CREAT, 0o600)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError as error:
        os.close(handle)
        raise CopyError(f"{half} is being written by another process") from error
    with suppress(FileNotFoundError):
        is_half = os.path.samestat(half.stat(), os.fstat(handle))
        if is_half and os.fstat(handle).st_nlink == 1:
            return handle
        if is_half:
            half.unlink()
    os.close(handle)
    return _locked(half)


def put(half: Path, file: Path, *, may_replace: bool) -> None:
    """Give a copy its name, once it is on disk. Raises CopyError where the name is taken by now."""
    sync(half)
    reach("copied-before-named")
    if may_replace:
        half.replace(file)
    else:
        link(half, file)
        reach("copy-has-two-names")
        half.unlink()
    sync(file.parent)


def link(there: Path, name: Path) -> None:
    """Give a file a second name. Raises CopyError where that is taken, or names cannot be given here."""
    try:
        name.hardlink_to(there)
    except FileExistsError as error:
        raise CopyError(f"{name} is there already") from error
    except OSError as error:
        raise CopyError(f"{name.parent} is on a file system without hard links: {error.strerror}") from error


def sync(path: Path) -> None:
    """Have a file or a folder on disk; none that SQLite has open in this process."""
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _drop_beside(half: Path) -> None:
    """What SQLite left beside a copy that was cut off: it would be taken for changes to the next one."""
    for ending in ("-journal", "-wal", "-shm"):
        half.with_name(half.name + ending).unlink(missing_ok=True)


def _require_room(database: Path, file: Path, *, may_replace: bool) -> None:
    if not database.exists():
        raise CopyError(f"there is no database at {database}")
    if file.exists() and file.samefile(database):
        raise CopyError(f"{file} is the database itself")
    if file.parent.resolve() == database.parent.resolve() and file.name in _names_of(database):
        raise CopyError(f"{file} belongs to the database; take another name")
    if file.exists() and not may_replace:
        raise CopyError(f"{file} is there already; --force replaces it")
    if not file.parent.is_dir():
        raise CopyError(f"there is no folder {file.parent}")
    needed = database.stat().st_size
    place = os.statvfs(file.parent)
    free = place.f_bavail * place.f_frsize
    if free < needed:
        raise CopyError(f"{file.parent} has {free // 2**20} MiB free; the copy needs {needed // 2**20}")


def _names_of(database: Path) -> frozenset[str]:
    """What stands beside it, by SQLite or by us."""
    endings = ("-wal", "-shm", "-journal", ".lock", ".restoring", ".errands", ".beside")
    return frozenset(f"{database.name}{ending}" for ending in endings)


def _holds(tx: Connection, file: Path) -> Holds:
    try:
        fits = is_current(tx)
    except StoreError as error:
        raise CopyError(f"{file}: {error}") from error
    open_ones = (ActionStatus.WAITING, ActionStatus.SENDING, ActionStatus.UNKNOWN)
    unfinished = select(func.count()).select_from(actions).where(status_is(actions, *open_ones))
    return Holds(
        until=tx.execute(select(func.max(deliveries.c.received_at))).scalar(),
        deliveries=_count(tx, deliveries),
        contacts=_count(tx, contacts),
        events=_count(tx, events),
        unfinished=tx.execute(unfinished).scalar_one(),
        is_current=fits,
        size=file.stat().st_size,
    )


def _count(tx: Connection, table: Any) -> int:
    return tx.execute(select(func.count()).select_from(table)).scalar_one()


def _connected(file: Path, options: str = "mode=rw") -> Any:
    connection = driver.module().connect(
        f"file:{quote(str(file))}?{options}", uri=True, timeout=driver.PATIENCE, isolation_level=None
    )
    connection.execute("PRAGMA trusted_schema=OFF")
    return connection
