"""Calls that are under way: each is made at once, and its answer comes when chance lets it.

Every call has a thread of its own, so that it can wait for its answer in the middle. Only one thread runs at
a time: who starts a call waits until it has been made, and who lets one land until it has.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from random import Random
from typing import Final

from tests.simulation.memory import Died

LANDS: Final = 0.4
"""How likely each is to land when some may."""


class _Dropped(BaseException):
    """The process that made the call is gone."""


class _Flight(threading.Thread):
    """One call: `made` once it has been, and goes on when it is `let`."""

    def __init__(self, work: Callable[[], None]) -> None:
        super().__init__(daemon=True)
        self.made, self.let = threading.Event(), threading.Event()
        self.has_died = self.is_dropped = self.is_held = False
        self._work = work

    def run(self) -> None:
        try:
            self._work()
        except Died:
            self.has_died = True
        except _Dropped:
            pass
        finally:
            self.made.set()

    def hold(self) -> None:
        """In its own thread: it has been made, and the answer is on its way."""
        self.is_held = True
        self.made.set()
        self.let.wait()
        if self.is_dropped:
            raise _Dropped

    def lands(self) -> None:
        """The answer comes, and is heard."""
        self.let.set()
        self.join()


class Flights:
    """Those of one process. It dies of what a call dies of."""

    def __init__(self, random: Random) -> None:
        self._random = random
        self._under_way: list[_Flight] = []

    def __call__(self, work: Callable[[], None]) -> None:
        flight = _Flight(work)
        flight.start()
        flight.made.wait()
        if flight.has_died:
            raise Died
        if flight.is_held:
            self._under_way.append(flight)

    def land(self) -> int:
        """Some land, in an order by chance; how many."""
        landing = [one for one in self._under_way if self._random.random() < LANDS]
        self._random.shuffle(landing)
        for one in landing:
            self._under_way.remove(one)
            one.lands()
        return len(landing)

    @property
    def count(self) -> int:
        """How many are under way."""
        return len(self._under_way)

    def drop(self) -> None:
        """The process is gone: nobody hears what comes."""
        for one in self._under_way:
            one.is_dropped = True
            one.lands()
        self._under_way.clear()

    def close(self) -> None:
        """Nothing is held."""


def hold() -> None:
    """In the thread of a call: wait for the answer. Who calls in his own thread has it at once."""
    flight = threading.current_thread()
    if isinstance(flight, _Flight):
        flight.hold()
