"""What was seen at a platform and is believed to be so still, so that it need not be asked for each time."""

from __future__ import annotations

import time
from collections.abc import Hashable
from math import inf
from threading import Lock


class Memory:
    """Whatever was seen last: at most so many, each for so many seconds. For all threads."""

    def __init__(self, most: int, lasts: float = inf) -> None:
        self._most, self._lasts = most, lasts
        self._seen: dict[Hashable, float] = {}
        self._lock = Lock()

    def __contains__(self, one: Hashable) -> bool:
        at = self._seen.get(one)
        return at is not None and time.monotonic() - at <= self._lasts

    def add(self, one: Hashable) -> None:
        """It was seen now."""
        with self._lock:
            self._seen.pop(one, None)
            if len(self._seen) >= self._most:
                del self._seen[next(iter(self._seen))]
            self._seen[one] = time.monotonic()

    def drop(self, one: Hashable) -> None:
        """It may be so no more."""
        with self._lock:
            self._seen.pop(one, None)

    def forget(self) -> bool:
        """Nothing is believed any more; whether anything was."""
        with self._lock:
            had, self._seen = bool(self._seen), {}
        return had
