"""Keeps SQLite's write-ahead log short: the one place that makes checkpoints."""

from __future__ import annotations

from pathlib import Path
from typing import Any, Final

from connector.store.sqlite import driver
from connector.store.sqlite.copying import Copier, Ended

_OFTEN: Final = 100
"""Commits after which a log that a reader had kept long is tried again."""

_LARGE: Final = 4 * 1024 * 1024
"""Bytes of log from which it is begun anew: what is left of it to the turn is a few milliseconds' work."""

_SELDOM: Final = 8
"""Commits after which it is asked at the latest how long the log is: to ask takes as long as to store two or
three deliveries, and gives the turn among our own threads away ten times."""

_LARGEST_FILE: Final = 16 * 1024 * 1024
"""Bytes from which the file itself is cut. Below, it is written over: that needs no new room on the disk, and
makes a commit by a third cheaper."""


class Asking:
    """When to ask again how long the log is: before it can have taken half of the room that it had, by how it
    grew of late."""

    def __init__(self) -> None:
        self._commits = 0
        self._pause = 1
        self._each = 0.0
        self._was = 0

    def is_time(self) -> bool:
        """To be asked after each commit."""
        self._commits += 1
        return self._commits >= self._pause

    def learn(self, used: int, room: int) -> None:
        """The log has so many bytes, and may have so many more."""
        if used >= self._was:
            self._each = (used - self._was) / max(1, self._commits)
        self._pause = max(1, min(_SELDOM, int(room / (2 * self._each + 1))))
        self._was, self._commits = used, 0


class Checkpoints:
    """A log that has grown large is copied into the database beside the writer, then begun anew in a turn.

    The copy needs no turn: others go on to write meanwhile, so little is left to be copied in one. No reader
    is waited for: one that stays open for long lets the log grow, and the next try comes once it has grown as
    much again, or 100 commits later. Who `is_second` begins at twice the length: another process that shares
    the file does it before, as long as it writes.

    Whoever hears that a copy has `ended` says so by `copied`, once he has noted what went wrong.

    A SQLite that two connections must not use so at once (`driver.is_recent`) copies all of it in the turn;
    so does a process that gets no thread for it.
    """

    def __init__(
        self,
        connection: Any,
        database: Path,
        ended: Ended,
        is_second: bool = False,
    ) -> None:
        self._connection = connection
        self._file = database.with_name(database.name + "-wal")
        is_recent = driver.is_recent(driver.module().sqlite_version)
        self._copier = Copier(database, ended) if is_recent else None
        ((self._page_size,),) = connection.execute("PRAGMA page_size").fetchall()
        self._large = _LARGE * (2 if is_second else 1)
        self._asking = Asking()
        self._commits = 0
        self._blocked_at = 0
        self._is_copying = False
        self.has_copied = False

    def copied(self) -> None:
        """The copy has ended, so the log is due. From any thread."""
        self.has_copied = True

    def is_due(self) -> bool:
        """Whether the log is to be begun anew, after one commit more; otherwise it may be copied beside."""
        self._commits += 1
        if self._commits % _OFTEN == 0:
            self._blocked_at = 0
        if self._is_copying:
            return self._takes_copy()
        if not self._asking.is_time() or not self._is_large():
            return False
        self._is_copying = self._copier is not None and self._copier.begin()
        return not self._is_copying

    def make(self) -> None:
        """To be called in a turn, when no transaction is open. Raises the driver's errors."""
        used = self._used()
        if used - self._blocked_at > self._large:
            self._blocked_at = 0 if self._begins_anew() else used

    def finish(self) -> None:
        """One last time; nothing is copied beside it any more."""
        if self._copier is not None:
            self._copier.close()
        self._checkpoint("TRUNCATE")

    def _is_large(self) -> bool:
        used = self._used()
        room = self._large + self._blocked_at - used
        self._asking.learn(used, room)
        return room < 0

    def _takes_copy(self) -> bool:
        if not self.has_copied:
            return False
        self._is_copying = self.has_copied = False
        return True

    def _used(self) -> int:
        """Bytes of log since it was begun anew, whoever wrote them.

        NOOP makes no checkpoint (sqlite.org/pragma.html#pragma_wal_checkpoint). Where it is not known, the
        file is always cut, so its size says the same.
        """
        if self._copier is None:
            return self._size()
        ((_, frames, _),) = self._connection.execute("PRAGMA wal_checkpoint(NOOP)").fetchall()
        return max(0, int(frames)) * int(self._page_size)

    def _size(self) -> int:
        return self._file.stat().st_size if self._file.exists() else 0

    def _begins_anew(self) -> bool:
        """Whether no reader was in the way."""
        is_kept = self._copier is not None and self._size() <= _LARGEST_FILE
        return self._checkpoint("RESTART" if is_kept else "TRUNCATE")

    def _checkpoint(self, mode: str) -> bool:
        ((patience,),) = self._connection.execute("PRAGMA busy_timeout").fetchall()
        self._connection.execute("PRAGMA busy_timeout=0").fetchall()
        try:
            ((is_busy, _, _),) = self._connection.execute(f"PRAGMA wal_checkpoint({mode})").fetchall()
        finally:
            self._connection.execute(f"PRAGMA busy_timeout={patience}").fetchall()
        return not is_busy
