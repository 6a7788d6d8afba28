"""How much one transaction takes in hand, so that receipts never wait long behind one."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Final, TypeVar

T = TypeVar("T")

SMALLEST_BATCH: Final = 20
LARGEST_BATCH: Final = 100
"""A transaction costs what five or six deliveries do, so smaller batches would save receipts no waiting."""

SOFT_LIMIT: Final = 0.050
"""Seconds that one of our transactions may keep receipts waiting on an embedded database."""

LONG_LIMIT: Final = 0.250
"""The same on PostgreSQL, where receipts wait for no transaction of ours."""


class Pace:
    """Batches grow while they are short, and shrink where one took longer than so many seconds."""

    def __init__(
        self, smallest: int = SMALLEST_BATCH, largest: int = LARGEST_BATCH, limit: float = SOFT_LIMIT
    ) -> None:
        self.size = self._smallest = smallest
        self._largest = largest
        self._limit = limit

    def timed(self, work: Callable[[int], T]) -> T:
        """Do a batch of the size that fits, and learn from how long it took."""
        started = time.monotonic()
        done = work(self.size)
        self._adapt(time.monotonic() - started)
        return done

    def _adapt(self, seconds: float) -> None:
        if seconds > self._limit:
            self.size = max(self._smallest, self.size // 2)
        elif seconds < self._limit / 2:
            self.size = min(self._largest, self.size * 2)
