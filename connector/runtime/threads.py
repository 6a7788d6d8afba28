"""Threads that do what they are given."""

from __future__ import annotations

import threading
from collections.abc import Callable
from queue import SimpleQueue


class Threads:
    """As many as there is work for at the same time; they end with the process, or at `close`."""

    def __init__(self, name: str) -> None:
        self._name = name
        self._changing = threading.Lock()
        self._work: SimpleQueue[Callable[[], None] | None] = SimpleQueue()
        self._free = self._made = 0

    def __call__(self, work: Callable[[], None]) -> None:
        """Have it done soon. Raises RuntimeError where there can be no further thread; then it is not."""
        with self._changing:
            if self._free:
                self._free -= 1
            else:
                name = f"{self._name} {self._made + 1}"
                threading.Thread(target=self._turn, name=name, daemon=True).start()
                self._made += 1
        self._work.put(work)

    def close(self) -> None:
        """Let each end that has nothing to do, and the others when they have done it."""
        with self._changing:
            for _ in range(self._made):
                self._work.put(None)

    def _turn(self) -> None:
        while work := self._work.get():
            work()
            with self._changing:
                self._free += 1
