"""Processes that share a SQLite file write it in turn: none that comes back at once overtakes one that waits.

SQLite's own wait for a lock asks again after a while, and whoever asks in the right moment gets it: a process
may wait for seconds beside one that writes without a pause. So nobody asks SQLite who has not his turn.
"""

from __future__ import annotations

import fcntl
import os
from abc import ABC, abstractmethod
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Final

_QUEUE: Final = ("third", "second", "turn")
"""Places in which one process stands each, the last being the turn. Who leaves a place behind lets the next
one into it, so as many processes as there are places, and one more, keep their order exactly."""

_LONGEST: Final = 400
"""Bytes of the words about a disk that failed."""


class Turns(ABC):
    """The turns of one process, for one thread: between `take` and `give_back` no other process writes."""

    @abstractmethod
    def take(self) -> None:
        """Wait until those before us have had theirs; at once where it is our turn already."""

    @abstractmethod
    def give_back(self) -> None:
        """Let the next one have its turn."""

    @property
    @abstractmethod
    def is_waited_for(self) -> bool:
        """Whether somebody else waits for the turn that is ours now. For the thread that has it."""

    @contextmanager
    def mine(self) -> Iterator[None]:
        """A turn, or the rest of the one that is ours already."""
        self.take()
        try:
            yield
        finally:
            self.give_back()

    @property
    @abstractmethod
    def trouble(self) -> str:
        """What a process that shares the file has found broken; empty where all is well."""

    @abstractmethod
    def warn(self, trouble: str) -> None:
        """Let all that share the file know that the disk has failed."""

    @property
    @abstractmethod
    def patience(self) -> float | None:
        """Seconds that who wants to end waits for its last turn; None where it is sure to come."""

    @abstractmethod
    def close(self) -> None:
        """No turn follows."""


class EveryTurn(Turns):
    """Of a process that writes alone."""

    is_waited_for = False
    patience = None
    trouble = ""

    def take(self) -> None:
        """It is."""

    def give_back(self) -> None:
        """There is nobody."""

    def warn(self, trouble: str) -> None:
        """There is nobody."""

    def close(self) -> None:
        """There is nothing to let go of."""


class FairTurns(Turns):
    """Of one process among several. The locks are in files of `folder`, and end with the process.

    flock(2) lets other threads go on while it waits. A process that is stopped while it has its turn keeps
    all others waiting: nobody can tell it from one that is slow.
    """

    patience = 5.0

    def __init__(self, folder: Path) -> None:
        self._places = [os.open(folder / name, os.O_RDWR | os.O_CREAT, 0o600) for name in _QUEUE]
        self._is_mine = False

    def take(self) -> None:
        """Go from place to place; the one behind is given up when the next one is had."""
        if self._is_mine:
            return
        before = None
        for place in self._places:
            fcntl.flock(place, fcntl.LOCK_EX)
            if before is not None:
                fcntl.flock(before, fcntl.LOCK_UN)
            before = place
        self._is_mine = True

    def give_back(self) -> None:
        """Give up the last place."""
        self._is_mine = False
        fcntl.flock(self._places[-1], fcntl.LOCK_UN)

    @property
    def is_waited_for(self) -> bool:
        """Whoever comes next stands in the place before the turn."""
        before = self._places[-2]
        try:
            fcntl.flock(before, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return True
        fcntl.flock(before, fcntl.LOCK_UN)
        return False

    @property
    def trouble(self) -> str:
        """What any of them has found; it stands in the file of the turn."""
        return os.pread(self._places[-1], _LONGEST, 0).decode(errors="replace")

    def warn(self, trouble: str) -> None:
        """Where the disk does not even take this, the others will find out by themselves."""
        with suppress(OSError):
            os.pwrite(self._places[-1], trouble.encode()[:_LONGEST], 0)

    def close(self) -> None:
        """Let go of the files."""
        for place in self._places:
            os.close(place)


def forget_trouble(folder: Path) -> None:
    """What was found broken is believed again: nobody is left who saw it."""
    with suppress(FileNotFoundError):
        os.truncate(folder / _QUEUE[-1], 0)
