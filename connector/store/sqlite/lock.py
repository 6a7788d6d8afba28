"""Who may write a SQLite file: one process alone, or several that share it. Locks on files beside it say."""

from __future__ import annotations

import fcntl
import os
from pathlib import Path

from connector.errors import HeldError
from connector.store.sqlite.beside import PATIENCE, Beside, Place, gets, has, opened
from connector.store.sqlite.turns import EveryTurn, FairTurns, Turns, forget_trouble


class WriterLock:
    """The right to write the database at `database`; readers need none. It ends with the process.

    The lock is on `<database>.lock`, never on the database: closing any handle of that one would drop the
    locks that SQLite itself holds in this process (sqlite.org/howtocorrupt.html, section 2.2). Who shares
    has a file of its own in `<database>.beside`, by which others can name it.
    """

    def __init__(self, database: Path, place: Place = Place.ALONE) -> None:
        self._database = database
        self._place = place
        self._path = database.with_name(database.name + ".lock")
        self._beside = Beside(database)
        self._lock: int | None = None
        self._turns: Turns | None = None

    @property
    def folder(self) -> Path:
        """Where those who share the file have what they need for that; it is not there before."""
        return self._beside.folder

    def take(self) -> Turns:
        """Take it; the turns in which this process writes. Raises HeldError, with whom to stop."""
        lock = opened(self._path)
        try:
            self._turns = self._alone(lock) if self._place is Place.ALONE else self._shared(lock)
        except BaseException:
            os.close(lock)
            raise
        self._lock = lock
        return self._turns

    def give_up(self) -> None:
        """Let another process write."""
        self._beside.leave()
        if self._turns is not None:
            self._turns.close()
            self._turns = None
        if self._lock is not None:
            os.close(self._lock)
            self._lock = None

    def _alone(self, lock: int) -> Turns:
        if not has(lock, fcntl.LOCK_EX):
            raise self._refused(lock)
        os.ftruncate(lock, 0)
        os.pwrite(lock, str(os.getpid()).encode(), 0)
        self._begin_anew()
        return EveryTurn()

    def _shared(self, lock: int) -> Turns:
        if has(lock, fcntl.LOCK_EX):
            self._begin_anew()
        if not gets(lock, fcntl.LOCK_SH, PATIENCE[self._place]):
            raise self._refused(lock)
        self._beside.enter(self._place)
        return FairTurns(self._beside.folder)

    def _begin_anew(self) -> None:
        """Nobody else is there: a disk that had failed is believed again, and the dead leave nothing."""
        forget_trouble(self._beside.folder)
        self._beside.clear_up()

    def _refused(self, lock: int) -> HeldError:
        names = self._beside.names() or [f"process {os.pread(lock, 20, 0).decode() or 'unknown'}"]
        are, them = ("is", "it") if len(names) == 1 else ("are", "them")
        return HeldError(
            f"{' and '.join(names)} {are} writing {self._database}: stop {them} first (`loods run` writes "
            "alone; any number of `loods web` and one `loods work` share)"
        )
