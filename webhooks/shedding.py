"""Who is asked to come again later while more comes than can be stored, and in which order.

A request that is turned away costs next to nothing and its sender keeps it, if he is one who comes again. So
the longer a sender goes on resending, the sooner it is his turn; who never does has room that nobody else
gets. What counts is what is under way to the disk (how much, and for how long already) and whether the inbox
is over its mark.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Final

from connector.mapping.source import Resends
from webhooks.patience import come_again
from webhooks.problem import Overloaded

MOST_UNDER_WAY: Final = 2000
"""Requests that wait for the disk together: less than a second's work."""

MOST_BYTES: Final = 64 * 1024 * 1024
"""What of bodies is held in memory, of requests that are arriving or wait for the disk."""

LONGEST: Final = 2.0
"""Seconds after which the disk is taken to stand still; Shopify waits five for an answer."""

OVER_MARK: Final = 0.9
"""How full we count as while the inbox is over its mark."""

_TURNS: Final = ((timedelta(hours=12), 0.5), (timedelta(hours=2), 0.65), (timedelta(0), 0.8))
"""Who resends for longer than this is turned away from so full on. Who never resends: when nothing fits."""

_UNAVAILABLE: Final = 503
"""What is said in the middle of a body; every sender that comes again at all heeds it."""


@dataclass(frozen=True, slots=True)
class Load:
    """One request that is under way."""

    size: int
    since: float


class Room:
    """What is under way, seen from one thread.

    `timer` counts seconds. `is_over_mark` says whether the inbox holds more than it should; it must be cheap.
    """

    def __init__(self, timer: Callable[[], float], is_over_mark: Callable[[], bool]) -> None:
        self._timer = timer
        self._is_over_mark = is_over_mark
        self._loads: dict[int, Load] = {}
        self._bytes = 0
        self._numbers = 0

    def check(self, resends: Resends) -> None:
        """Raise Overloaded where it is this sender's turn to come again later."""
        if self.fullness() >= _from(resends.lasts):
            raise Overloaded(resends.busy, come_again())

    def enter(self, size: int) -> int:
        """A request goes on its way to the disk; the number by which it leaves."""
        self._numbers += 1
        self._loads[self._numbers] = Load(size, self._timer())
        self._bytes += size
        return self._numbers

    def leave(self, number: int) -> None:
        """It is there, or was given up."""
        self._bytes -= self._loads.pop(number).size

    def hold(self, size: int) -> None:
        """So many bytes more of bodies that are arriving; less, where negative. Raises Overloaded where they
        are too many: all of them may have been let in before the first of them came."""
        self._bytes += size
        if size > 0 and self._bytes > MOST_BYTES:
            raise Overloaded(_UNAVAILABLE, come_again())

    def fullness(self) -> float:
        """How full it is: 1 is as much as goes."""
        oldest = next(iter(self._loads.values()), None)
        waited = self._timer() - oldest.since if oldest else 0.0
        full = max(len(self._loads) / MOST_UNDER_WAY, self._bytes / MOST_BYTES, waited / LONGEST)
        return max(full, OVER_MARK) if self._is_over_mark() else full


def _from(lasts: timedelta) -> float:
    return next((full for least, full in _TURNS if lasts > least), 1.0)
