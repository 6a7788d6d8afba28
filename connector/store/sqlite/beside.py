"""Who shares a SQLite file at this moment: each has a file in a folder beside it, locked while it lives."""

from __future__ import annotations

import fcntl
import os
import secrets
import time
from collections.abc import Sequence
from contextlib import suppress
from enum import StrEnum
from pathlib import Path
from typing import Final

from connector.errors import HeldError


class Place(StrEnum):
    """As what a process writes. All but the first share the file; there is one that works."""

    ALONE = "run"
    GUEST = "command"
    WEB = "web"
    WORK = "work"


PATIENCE: Final = {Place.GUEST: 0.5, Place.WEB: 3.0, Place.WORK: 3.0}
"""Seconds that each waits for a lock: who looks whether somebody has it has it himself for a moment. What a
person asks is left for `loods run` after so long, so a command waits little."""


class Beside:
    """The folder `<database>.beside`: what processes need that share a database, for one user alone."""

    def __init__(self, database: Path) -> None:
        self._database = database
        self.folder = database.with_name(database.name + ".beside")
        self._mine: tuple[Place, Path, int] | None = None

    def enter(self, place: Place) -> None:
        """Be seen here while this process lives, and clear up after those who have died.

        Raises HeldError where a second one would work.
        """
        self.folder.mkdir(mode=0o700, exist_ok=True)
        self.clear_up()
        path = self.folder / (place if place is Place.WORK else f"{place}.{secrets.token_hex(4)}")
        handle = self._locked(path, place)
        os.ftruncate(handle, 0)
        os.pwrite(handle, str(os.getpid()).encode(), 0)
        self._mine = place, path, handle

    def _locked(self, path: Path, place: Place) -> int:
        """Our file: a new one where who clears up took it for one of the dead before it was locked."""
        handle = opened(path)
        if not gets(handle, fcntl.LOCK_EX, PATIENCE[place]):
            holder = os.pread(handle, 20, 0).decode()
            os.close(handle)
            raise HeldError(
                f"process {holder} is the `loods {place}` of {self._database}: on SQLite there is one, and "
                "any number of `loods web`. Stop it first; several need a PostgreSQL"
            )
        if _is_at(path, handle):
            return handle
        os.close(handle)
        return self._locked(path, place)

    def leave(self) -> None:
        """Be seen here no more."""
        if self._mine is not None:
            place, path, handle = self._mine
            if place is not Place.WORK:
                path.unlink(missing_ok=True)
            os.close(handle)
            self._mine = None

    def clear_up(self) -> None:
        """Take away the files of those who have died."""
        self.names()

    def names(self) -> Sequence[str]:
        """Those who are here, for a person."""
        found = sorted(self.folder.glob("*")) if self.folder.exists() else []
        return [said for one in found if (said := _said_of(one))]


def _said_of(path: Path) -> str:
    """Who has this file; nothing where it is no such file, or whose it was has died.

    Files of the dead are cleared up, but never the one that only one process may have: who had just opened
    it would have the right to a file that is not there, beside the next one.
    """
    place, _, _ = path.name.partition(".")
    if place not in PATIENCE:
        return ""
    with suppress(FileNotFoundError):
        handle = os.open(path, os.O_RDWR)
        try:
            if not has(handle, fcntl.LOCK_EX):
                what = "a command" if place == Place.GUEST else f"`loods {place}`"
                return f"process {os.pread(handle, 20, 0).decode()} ({what})"
            if place != Place.WORK:
                path.unlink()
        finally:
            os.close(handle)
    return ""


def _is_at(path: Path, handle: int) -> bool:
    """Whether it is this file that stands there."""
    try:
        return os.path.samestat(path.stat(), os.fstat(handle))
    except FileNotFoundError:
        return False


def gets(handle: int, lock: int, seconds: float) -> bool:
    """Whether the lock could be taken within so long."""
    until = time.monotonic() + seconds
    while not has(handle, lock):
        if time.monotonic() > until:
            return False
        time.sleep(0.01)
    return True


def opened(path: Path) -> int:
    """The file, made where it is not there, for one user alone."""
    return os.open(path, os.O_RDWR | os.O_CREAT, 0o600)


def has(handle: int, lock: int) -> bool:
    """Whether the lock could be taken at once."""
    try:
        fcntl.flock(handle, lock | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True
