"""One process writes a SQLite file: a lock on a file beside it says which."""

from __future__ import annotations

import fcntl
import os
from pathlib import Path

from connector.errors import HeldError


class WriterLock:
    """The right to write the database at `database`; readers need none. It ends with the process.

    The lock is on `<database>.lock`, never on the database: closing any handle of that one would drop the
    locks that SQLite itself holds in this process (sqlite.org/howtocorrupt.html, section 2.2).
    """

    def __init__(self, database: Path) -> None:
        self._database = database
        self._path = database.with_name(database.name + ".lock")
        self._handle: int | None = None

    def take(self) -> None:
        """Take it. Raises HeldError where another process has it, with its number."""
        handle = os.open(self._path, os.O_RDWR | os.O_CREAT, 0o600)
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            holder = os.pread(handle, 20, 0).decode() or "unknown"
            os.close(handle)
            raise HeldError(
                f"process {holder} is writing {self._database}: stop it first (`loods run` writes alone)"
            ) from error
        os.ftruncate(handle, 0)
        os.pwrite(handle, str(os.getpid()).encode(), 0)
        self._handle = handle

    def give_up(self) -> None:
        """Let another process write."""
        if self._handle is not None:
            os.close(self._handle)
            self._handle = None
