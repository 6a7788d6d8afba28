"""Copies SQLite's log into the database beside the one who writes: a thread with a connection of its own."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from threading import Condition, Thread
from typing import Any, TypeAlias

from connector.store.sqlite import driver

Ended: TypeAlias = Callable[[BaseException | None], None]


class Copier:
    """Makes a checkpoint when asked to, one at a time, that keeps nobody from writing (PASSIVE).

    SQLite lets one process of several make them at a time; for the others there is nothing to do meanwhile.
    `ended` hears of the end of each, on the copier's thread, and what went wrong. The thread begins with the
    first copy.
    """

    def __init__(self, database: Path, ended: Ended) -> None:
        self._engine = driver.writing(database)
        self._ended = ended
        self._changed = Condition()
        self._is_asked = False
        self._is_closing = False
        self._thread: Thread | None = None

    def begin(self) -> bool:
        """Copy soon; whether there is a thread to do it, which the system may refuse."""
        if self._thread is None:
            thread = Thread(target=self._run, name="store-copier", daemon=True)
            try:
                thread.start()
            except RuntimeError:
                return False
            self._thread = thread
        with self._changed:
            self._is_asked = True
            self._changed.notify()
        return True

    def close(self) -> None:
        """Finish the copy that has begun, and end."""
        with self._changed:
            self._is_closing = True
            self._changed.notify()
        if self._thread is not None:
            self._thread.join()

    def _run(self) -> None:
        connection: Any = None
        while self._wait():
            failure: BaseException | None = None
            try:
                connection = connection or self._engine.raw_connection()
                connection.execute("PRAGMA wal_checkpoint(PASSIVE)").fetchall()
            except Exception as error:
                failure = error
            self._ended(failure)
        if connection is not None:
            connection.close()

    def _wait(self) -> bool:
        """Until a copy is asked for; False when the copier is closing."""
        with self._changed:
            self._changed.wait_for(lambda: self._is_asked or self._is_closing)
            self._is_asked = False
            return not self._is_closing
