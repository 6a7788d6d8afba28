"""Looks after each step whether every promise is kept, by the history and by what anybody can see.

It knows nothing of how Loods works: what it expects follows from what the mapping of the simulation says.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import Final, Protocol, TypeAlias

from tests.simulation import acting, leaving, placing, receiving, timing
from tests.simulation.history import History, Said
from tests.simulation.memory import Memory
from tests.simulation.seen import Seen
from tests.simulation.state import State, look
from tests.simulation.step import Step

Promise: TypeAlias = Callable[[Step], Iterator[str]]

AFTER_EACH_STEP: Final[tuple[Promise, ...]] = (
    *receiving.PROMISES,
    *placing.PROMISES,
    *acting.PROMISES,
    *leaving.PROMISES,
    *timing.PROMISES,
)
AT_THE_END: Final[tuple[Promise, ...]] = (*receiving.LAST, *leaving.LAST, *timing.LAST)


class Violation(AssertionError):
    """A promise that was not kept, in words; in which run, and what had happened last."""

    def __init__(self, promise: str, words: str) -> None:
        super().__init__(words)
        self.promise = promise
        self.words = words
        self.seed = -1
        self.tail = ""

    def __str__(self) -> str:
        return f"seed {self.seed}: {self.promise}: {self.words}\n{self.tail}"


class Watched(Protocol):
    """What the checker may look at."""

    history: History
    store: Memory


class Checker:
    """`now` is the state as of the last look."""

    def __init__(self, world: Watched) -> None:
        self._world = world
        self._seen = Seen()
        self._read = 0
        self.now = State()
        self.looks()

    def looks(self) -> None:
        """Raises Violation where a promise was not kept since the last look."""
        self._keeps(AFTER_EACH_STEP, self._step())

    def ends(self) -> None:
        """The same for what is promised once all is done."""
        self._keeps(AT_THE_END, self._step())

    def _step(self) -> Step:
        lines = self._lines()
        before, self.now = self.now, look(self._world.store, self.now)
        self._seen.joins(self.now.became)
        return Step(self._world.history.clock(), before, self.now, lines, self._seen)

    def _lines(self) -> list[Said]:
        new = self._world.history.lines[self._read :]
        self._read += len(new)
        return new

    def _keeps(self, promises: Iterable[Promise], step: Step) -> None:
        for promise in promises:
            for broken in promise(step):
                raise Violation(promise.__name__, broken)
        step.passes()
