"""Keeps the threads of a process on one core of the machine, as long as they have it nearly for themselves.

Python lets one thread at a time go on. Where the next one waits on another core, each change of turns has to
wake that core up, and what the thread needs is not in its caches. While 1,500 orders a second arrived, `run`
worked off 170 to 205 of them on two cores and 260 to 290 on one of the two; `work` beside a `web` 230 to 360
and 390 to 455.
"""

from __future__ import annotations

import os
import sys
import threading
import time
from abc import ABC, abstractmethod
from collections.abc import Collection
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Final

_LOOK_EVERY: Final = 1.0
"""Seconds. Who shares a core with us has half of it for that long at most."""

_RESTS: Final = 0.05
"""The part of the time that a core which is not crowded rests at least, or else is ours but for little:"""

_OURS: Final = 0.7

_LONGEST: Final = 32
"""Looks for which a process is left free at most, since all cores seem to be crowded."""

_TASKS: Final = Path("/proc/self/task")
_RAN: Final = slice(11, 13)
"""Where a thread's line says how long it ran, counted from behind its name (proc(5))."""

_CORE: Final = 36
"""Where the same line says on which core it ran last."""

_IDLE: Final = slice(4, 6)
"""Where a core's line says how long it had nothing to do, or waited for a disk."""


@dataclass(frozen=True, slots=True)
class Seen:
    """Of one core and this process, in seconds since any beginning: the time, how long it rested, we ran."""

    at: float
    rested: float
    ran: float

    def is_crowded(self, now: Seen) -> bool:
        """Whether others took so much of the core since then that we are better off elsewhere."""
        passed = now.at - self.at
        rests = now.rested - self.rested > _RESTS * passed
        return not rests and now.ran - self.ran < _OURS * passed


class Machine(ABC):
    """What a process knows of its cores, and may ask for."""

    cores: Collection[int]
    """Those on which it may run."""

    @abstractmethod
    def here(self) -> int:
        """The core on which it last did what it does most."""

    @abstractmethod
    def keep_to(self, cores: Collection[int]) -> None:
        """Let all threads run on these alone, and those that they will begin. Raises OSError."""

    @abstractmethod
    def seen(self, core: int) -> Seen:
        """What was done on a core until now. Raises OSError."""


class Linux(Machine):
    """By what the kernel tells of this process, and of the cores."""

    def __init__(self) -> None:
        self.cores = os.sched_getaffinity(0)

    def here(self) -> int:
        """Where the thread is that has run the longest."""
        fields = [one for task in _TASKS.iterdir() if (one := _fields(task / "stat"))]
        busiest = max(fields, key=lambda one: sum(map(int, one[_RAN])))
        return int(busiest[_CORE])

    def keep_to(self, cores: Collection[int]) -> None:
        """One thread after the other; one that has ended meanwhile needs none."""
        for task in _TASKS.iterdir():
            with suppress(ProcessLookupError):
                os.sched_setaffinity(int(task.name), cores)

    def seen(self, core: int) -> Seen:
        """Where a container is not told of this core, it seems to have no rest."""
        lines = Path("/proc/stat").read_text(encoding="ascii").splitlines()
        ticks = next((line.split()[_IDLE] for line in lines if line.startswith(f"cpu{core} ")), [])
        return Seen(time.monotonic(), sum(map(int, ticks)) / os.sysconf("SC_CLK_TCK"), time.process_time())


class OneCore:
    """Has a process run on one core, and look for another one where that is crowded.

    For that the system is let free to choose, until the next look: it puts who works where nobody does. The
    same again soon after means that there is no room, so it stays free for twice as long each time.
    """

    def __init__(self, machine: Machine) -> None:
        self._machine = machine
        self._core: int | None = None
        self._seen = Seen(0.0, 0.0, 0.0)
        self._free = 0
        self._next_free = 1

    def look(self) -> None:
        """Once. Raises OSError where the system does not let us; nothing is kept that could not be seen."""
        if self._free > 1:
            self._free -= 1
            return
        if self._core is None:
            core = self._machine.here()
            self._seen = self._machine.seen(core)
            self._machine.keep_to({core})
            self._core = core
            self._free = 0
            return
        before, self._seen = self._seen, self._machine.seen(self._core)
        if not before.is_crowded(self._seen):
            self._next_free = max(1, self._next_free // 2)
            return
        self._free, self._next_free = self._next_free, min(_LONGEST, 2 * self._next_free)
        self.let_go()

    def let_go(self) -> None:
        """Run wherever we may."""
        self._core = None
        self._machine.keep_to(self._machine.cores)


def keep_to_one(stop: threading.Event) -> None:
    """From now on until `stop`; other systems than Linux are left alone, and one that does not let us."""
    if sys.platform == "linux" and len((machine := Linux()).cores) > 1:
        thread = threading.Thread(target=keep, args=(OneCore(machine), stop), daemon=True, name="core")
        thread.start()


def keep(one: OneCore, stop: threading.Event) -> None:
    """Look once a second until `stop`, and let go; not at all where the first look fails.

    A later one that fails, as where no more files may be open, is made up for by the next.
    """
    with suppress(OSError):
        one.look()
        while not stop.wait(_LOOK_EVERY):
            with suppress(OSError):
                one.look()
        one.let_go()


def _fields(path: Path) -> list[str]:
    """What the kernel tells of a thread; nothing of one that has ended."""
    try:
        return path.read_text(encoding="utf-8", errors="replace").rpartition(")")[2].split()
    except (FileNotFoundError, ProcessLookupError):
        return []
