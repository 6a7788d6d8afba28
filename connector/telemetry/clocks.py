"""Whether our clock can be believed: it is held against the database server's, and against one nobody sets.

What is due goes by our clock. One that is ahead acts too early, one that is behind too late, and both refuse
webhooks whose signature holds for minutes.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from connector.errors import StoreError
from connector.model.showing import lasting
from connector.store.database import Store, Transaction
from connector.store.postgres import server
from connector.store.uptime import uptime

log = logging.getLogger(__name__)

APART: Final = timedelta(seconds=5)
"""So far apart two clocks are that nothing sets right; NTP keeps them within hundredths of a second."""

FAR_APART: Final = timedelta(minutes=1)
"""From here on a process does not start, and one that runs says so in red."""

SET_BY: Final = timedelta(seconds=2)
"""A clock that moved so much more, or less, than time went by between two looks was set."""


@dataclass(frozen=True, slots=True)
class Reading:
    """How far our clock is `ahead` of the server's (None on SQLite), and how often it was `set` as we ran."""

    ahead: timedelta | None = None
    times_set: int = 0


class Clocks:
    """Looks at our clock, `wall`, beside the server's and beside `steady`, which gives seconds."""

    def __init__(self, wall: Callable[[], datetime], steady: Callable[[], float] = uptime) -> None:
        self._wall = wall
        self._steady = steady
        self._before = self._right = wall(), steady()
        self._times_set = 0
        self._is_far = False

    @property
    def is_doubtful(self) -> bool:
        """Whether our clock is known to be off by a minute; asked at any moment, from any thread.

        It is while the server's clock says so, and once it was set so far since it was last known to be
        right: by the server's clock, on SQLite when we started.
        """
        return self._is_far or abs(self._moved(self._right)) >= FAR_APART

    def look(self, tx: Transaction) -> Reading:
        """What is to be said of our clock now; what is new in it is logged."""
        self._compare_with_steady()
        ahead = self._ahead(tx)
        is_far = ahead is not None and abs(ahead) >= FAR_APART
        if is_far and not self._is_far and ahead is not None:
            log.error("%s", words_of(ahead))
        if ahead is not None and not is_far:
            self._right = self._wall(), self._steady()
        self._is_far = is_far
        return Reading(ahead, self._times_set)

    def require_right(self, store: Store) -> None:
        """Raises StoreError where our clock and the server's are far apart."""
        with store.reading() as tx:
            ahead = self._ahead(tx)
        if ahead is not None and abs(ahead) >= FAR_APART:
            raise StoreError(f"{words_of(ahead)}. Nothing starts before they are within a minute")

    def _ahead(self, tx: Transaction) -> timedelta | None:
        """Held against the middle of the time that asking took."""
        asked = self._wall()
        theirs = server.clock(tx)
        return asked + (self._wall() - asked) / 2 - theirs if theirs is not None else None

    def _compare_with_steady(self) -> None:
        by, self._before = self._moved(self._before), (self._wall(), self._steady())
        if abs(by) >= SET_BY:
            self._times_set += 1
            log.warning(
                "the clock of this machine was set %s by %s", _where(by, "forward", "back"), lasting(abs(by))
            )

    def _moved(self, before: tuple[datetime, float]) -> timedelta:
        """How much further our clock went since then than time went by."""
        wall, steady = before
        return (self._wall() - wall) - timedelta(seconds=self._steady() - steady)


def words_of(ahead: timedelta) -> str:
    """How far the clocks are apart, and what to do."""
    where, how = (_where(ahead, *words) for words in (("ahead of", "behind"), ("early", "late")))
    return (
        f"the clock of this machine is {lasting(abs(ahead))} {where} the database server's, "
        f"so what is due comes too {how}: let NTP set both"
    )


def _where(by: timedelta, forward: str, back: str) -> str:
    return forward if by > timedelta(0) else back
