"""Keeps SQLite's write-ahead log short: the one place that makes checkpoints."""

from __future__ import annotations

from pathlib import Path
from typing import Any, Final

_OFTEN: Final = 100
"""Commits between two quiet checkpoints."""

_LARGE: Final = 16 * 1024 * 1024
"""Bytes from which the log is cut down to nothing, as soon as no reader needs it."""


class Checkpoints:
    """Checkpoints on the writer's own connection, after its commits, in a turn of its own.

    A quiet one (PASSIVE) copies what no reader needs into the database; the next write then begins the log
    anew, so the file stops growing. A log that has grown large is truncated, without waiting for readers: one
    that stays open for long lets it grow, and the next try comes 100 commits later.
    """

    def __init__(self, driver: Any, database: Path) -> None:
        self._driver = driver
        self._log = database.with_name(database.name + "-wal")
        self._commits = 0
        self._blocked_at = 0

    def is_due(self) -> bool:
        """Whether there is one to be made, after one commit more."""
        self._commits += 1
        return self._commits % _OFTEN == 0 or self._size() - self._blocked_at > _LARGE

    def make(self) -> None:
        """To be called when no transaction is open. Raises the driver's errors."""
        size = self._size()
        if size - self._blocked_at > _LARGE:
            self._truncate(size)
        else:
            self._blocked_at = 0
            self._driver.execute("PRAGMA wal_checkpoint(PASSIVE)").fetchall()

    def finish(self) -> None:
        """One last time."""
        self._truncate(0)

    def _size(self) -> int:
        return self._log.stat().st_size if self._log.exists() else 0

    def _truncate(self, size: int) -> None:
        ((patience,),) = self._driver.execute("PRAGMA busy_timeout").fetchall()
        self._driver.execute("PRAGMA busy_timeout=0").fetchall()
        try:
            ((is_busy, _, _),) = self._driver.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()
        finally:
            self._driver.execute(f"PRAGMA busy_timeout={patience}").fetchall()
        self._blocked_at = size if is_busy else 0
