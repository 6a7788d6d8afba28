"""The calls of one connection that are under way: one at a time, or several by threads of their own."""

from __future__ import annotations

import threading
import time
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Final, Protocol

from connector.platforms.base import Platform
from connector.runtime.calling import Caller, Landed

AT_ONCE: Final = 8
"""Calls of one connection at the same time, at most."""


class Run(Protocol):
    """Has pieces of work done, at once or soon."""

    def __call__(self, work: Callable[[], None]) -> None:
        """One piece; where this raises it is not done."""

    def close(self) -> None:
        """There will be no more."""


class AtOnce:
    """Does each piece before anything else."""

    def __call__(self, work: Callable[[], None]) -> None:
        """Do it."""
        work()

    def close(self) -> None:
        """Nothing is held."""


@dataclass(frozen=True, slots=True, eq=False)
class Flight:
    """A call that is made by `work`. `ids` are the actions that it sends, all of one `name`; a look has none.

    `since` says what was known of the platform when it began.
    """

    work: Callable[[Caller], Landed]
    since: int
    name: str = ""
    ids: frozenset[int] = frozenset()
    began: float = field(default_factory=time.monotonic)


class UnderWay:
    """Each call is made by a caller of its own. `ring` is called when there may be something to do again.

    At first a call is made by whoever starts it. Once it is `spread`, up to eight are under way where the
    platform can be called by several; and as many only as find a free way: while one waits for its turn at
    the account's door, no other is begun.
    """

    def __init__(self, first: Caller, ring: Callable[[], None]) -> None:
        self._another, self._ring = first.another, ring
        self._changing = threading.Lock()
        self._callers, self._free = [first], [first]
        self._flights: list[Flight] = []
        self._landed: deque[tuple[Flight, Landed]] = deque()
        self._run: Run = AtOnce()
        self._most = 1

    def spread(self, run: Run) -> None:
        """From now on calls are made by what runs them, several at the same time; each ends in a ring."""
        if self._another:
            self._run, self._most = run, AT_ONCE

    @property
    def count(self) -> int:
        """How many are under way."""
        with self._changing:
            return len(self._flights)

    @property
    def is_looking(self) -> bool:
        """Whether a look is among them."""
        with self._changing:
            return any(not one.ids for one in self._flights)

    @property
    def names(self) -> frozenset[str]:
        """Of which actions there are some under way."""
        with self._changing:
            return frozenset(one.name for one in self._flights)

    @property
    def ids(self) -> frozenset[int]:
        """The actions that are being sent, or of which nobody has heard yet what came of them."""
        with self._changing:
            flights = (*self._flights, *(flight for flight, _ in self._landed))
            return frozenset(id_ for one in flights for id_ in one.ids)

    def has_room(self, most: int) -> bool:
        """Whether one more can begin, of `most` at the same time."""
        with self._changing:
            is_free = bool(self._free) or bool(self._another and len(self._callers) < self._most)
            is_under = len(self._flights) < min(most, self._most)
            return is_free and is_under and not any(one.is_waiting for one in self._callers)

    def is_older(self, seconds: float) -> bool:
        """Whether one has been under way for longer than that."""
        now = time.monotonic()
        with self._changing:
            return any(now - one.began > seconds for one in self._flights)

    def start(self, flight: Flight) -> None:
        """Let it go; there `has_room` for it."""
        with self._changing:
            if not self._free and self._another:
                self._free.append(self._another())
                self._callers += self._free
            caller = self._free.pop()
            caller.is_waiting = self._most > 1
            self._flights.append(flight)
        try:
            self._run(lambda: self._goes(flight, caller))
        except BaseException:
            self._is_over(flight, caller)
            raise

    def landed(self) -> Iterator[tuple[Flight, Landed]]:
        """Those that have ended since this was asked last, in the order of their ends."""
        while self._landed:
            with self._changing:
                ended = self._landed.popleft()
            yield ended

    def forget(self) -> None:
        """What comes of those that are under way is for nobody to hear."""
        with self._changing:
            self._flights.clear()
            self._landed.clear()

    @contextmanager
    def lent(self) -> Iterator[Platform | None]:
        """An instance of the platform that nobody else uses now; None where each makes a call."""
        with self._changing:
            caller = self._free.pop() if self._free else None
        try:
            yield caller.platform if caller else None
        finally:
            if caller:
                with self._changing:
                    self._free.append(caller)

    def close(self) -> None:
        """Give up the platform's connections."""
        self._run.close()
        for one in self._callers:
            one.platform.close()

    def _goes(self, flight: Flight, caller: Caller) -> None:
        self._is_over(flight, caller, flight.work(caller))
        if self._most > 1:
            self._ring()

    def _is_over(self, flight: Flight, caller: Caller, landed: Landed | None = None) -> None:
        with self._changing:
            caller.is_waiting = False
            self._free.append(caller)
            is_awaited = flight in self._flights
            if is_awaited:
                self._flights.remove(flight)
            if is_awaited and landed:
                self._landed.append((flight, landed))
