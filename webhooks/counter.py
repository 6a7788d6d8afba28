"""How often each answer was given, counted in memory since the process began."""

from __future__ import annotations

from collections import Counter as Tally
from threading import Lock


class Counter:
    """Answers by connection and code (`accepted`, `signature_invalid`, …); safe from all threads.

    Requests for connections that do not exist are counted under an empty name, so that strangers cannot make
    it grow.
    """

    def __init__(self) -> None:
        self._lock = Lock()
        self._tally: Tally[tuple[str, str]] = Tally()

    def add(self, connection: str, code: str) -> None:
        """Count one answer."""
        with self._lock:
            self._tally[connection, code] += 1

    def by_connection(self) -> dict[tuple[str, str], int]:
        """The counts by connection and code."""
        with self._lock:
            return dict(self._tally)

    def by_code(self) -> dict[str, int]:
        """The counts by code, over all connections: this much may be told to anybody."""
        totals: Tally[str] = Tally()
        for (_, code), count in self.by_connection().items():
            totals[code] += count
        return dict(totals)
