"""The time of a dispatch of many: who does not get their turn is left untried, which is no failure."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager

from connector.errors import DispatchError, Transient, Unauthorized
from connector.platforms.base import UNTRIED, Outcome


class OutOfTime(Transient):
    """What comes of somebody for whom the dispatch had no time left: `UNTRIED`."""

    def __init__(self) -> None:
        super().__init__("there was no time left to try it", code=UNTRIED)


class Pace:
    """Whether there is time for one more of a kind: more of it than the slowest so far has taken.

    `left` gives the seconds that are left.
    """

    def __init__(self, left: Callable[[], float]) -> None:
        self._left = left
        self._slowest = 0.0

    def has_time(self) -> bool:
        """Whether one more may be begun; the first may while there is any time."""
        return self._left() > self._slowest

    @contextmanager
    def one(self) -> Iterator[None]:
        """One of them, from its beginning to its end."""
        began = time.monotonic()
        try:
            yield
        finally:
            self._slowest = max(self._slowest, time.monotonic() - began)

    def stop(self, stopped: DispatchError | None) -> DispatchError | None:
        """Why no more are to be done, if so. What the platform has asked for comes before lack of time."""
        if isinstance(stopped, Unauthorized) or (isinstance(stopped, Transient) and stopped.retry_after):
            return stopped
        return stopped if self.has_time() else OutOfTime()


def with_one_tried(outcomes: Sequence[Outcome]) -> Sequence[Outcome]:
    """The outcomes of a dispatch; where nobody was tried each has failed, or it could go on for ever."""
    if not all(isinstance(one, OutOfTime) for one in outcomes):
        return outcomes
    return [Transient("the time was over before anybody was done") for _ in outcomes]
