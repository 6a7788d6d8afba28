"""How much one transaction takes in hand, so that receipts never wait long behind one."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Final, TypeVar

T = TypeVar("T")

SMALLEST_BATCH: Final = 20
LARGEST_BATCH: Final = 100
"""A transaction costs what five or six deliveries do, so smaller batches save little waiting."""

SHORTEST_BATCH: Final = 10
"""The smallest where somebody waits: a third of such a transaction is what each one costs."""

SOFT_LIMIT: Final = 0.050
"""Seconds that one of our transactions may keep receipts waiting on an embedded database."""

SHORT_LIMIT: Final = 0.025
"""The same where a receipt or another process was seen to wait."""

LONG_LIMIT: Final = 0.250
"""The same on PostgreSQL, where receipts wait for no transaction of ours."""


class Pace:
    """Batches grow while they are short, and shrink where one took longer than so many seconds.

    `is_waited_for` is asked at the end of each: where somebody waits, they are shorter.
    """

    def __init__(
        self,
        smallest: int = SMALLEST_BATCH,
        largest: int = LARGEST_BATCH,
        limit: float = SOFT_LIMIT,
        is_waited_for: Callable[[], bool] = lambda: False,
    ) -> None:
        self.size = self._smallest = smallest
        self._largest = largest
        self._limit = limit
        self._is_waited_for = is_waited_for

    def timed(self, work: Callable[[int], T]) -> T:
        """Do a batch of the size that fits, and learn from how long it took."""
        started = time.monotonic()
        done = work(self.size)
        self._adapt(time.monotonic() - started)
        return done

    def _adapt(self, seconds: float) -> None:
        is_waited_for = self._is_waited_for()
        limit = min(self._limit, SHORT_LIMIT) if is_waited_for else self._limit
        smallest = min(self._smallest, SHORTEST_BATCH) if is_waited_for else self._smallest
        if seconds > limit:
            self.size = max(smallest, self.size // 2)
        elif seconds < limit / 2:
            self.size = min(self._largest, self.size * 2)
