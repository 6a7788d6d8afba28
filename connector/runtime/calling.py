"""Makes the calls of a connection through one instance of its platform, and keeps what they tell of it."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TypeAlias, TypeVar

from connector.errors import DispatchError, Rejected, Unknown
from connector.failpoints import reach
from connector.platforms.base import Call, Outcome, Platform, Several
from connector.runtime.breaker import OUR_FAULT
from connector.runtime.leaving import Claimed
from connector.runtime.looking import Doubt, Found, Looking
from connector.runtime.reading import ReadingBack

T = TypeVar("T")

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Heard:
    """What some requests came to. `is_read`: they were reads, which do not show that actions are served."""

    outcomes: Sequence[Outcome]
    is_read: bool = False


@dataclass(frozen=True, slots=True)
class Answered:
    """What came of what was sent, in order. `heard` is what it tells of the platform, in its order."""

    claimed: Claimed
    outcomes: Sequence[Outcome]
    heard: Sequence[Heard]
    seconds: float


@dataclass(frozen=True, slots=True)
class Looked:
    """What a look has shown of each; `heard` as of what is sent."""

    found: Sequence[tuple[Doubt, Found]]
    heard: Sequence[Heard]


Landed: TypeAlias = Answered | Looked
"""What came of a call."""


class Caller:
    """One instance of a platform, for one thread at a time. `passed` is told that a call had its turn."""

    def __init__(self, connection: str, platform: Platform, passed: Callable[[], None]) -> None:
        self.platform = platform
        self.is_waiting = False
        """Whether the call that it makes waits for its turn, or has not come to that yet."""
        self._connection, self._passed = connection, passed
        self._names = {spec.name for spec in platform.specs}
        self._reads: list[Heard] = []
        self._reading = ReadingBack(platform, self._has_read)
        self._looking = Looking(platform, self._reading, self._has_read)
        self.another: Callable[[], Caller] | None = None
        """One more, of the same account; None where the platform is for one call at a time."""
        if isinstance(platform, Several):
            platform.watch(self._turn)
            self.another = lambda: Caller(connection, platform.another(), passed)

    def looks_at_once(self, name: str) -> int:
        """How many actions of this name one look is about."""
        return self._looking.at_once(name)

    def send(self, claimed: Claimed) -> Answered:
        """Do it, and read back what has to be read."""
        calls, self._reads = claimed.calls, []
        started = time.perf_counter()
        answers = self._tried("dispatching", calls, lambda: self._dispatched(calls))
        seconds = time.perf_counter() - started
        outcomes = self._tried("reading back", calls, lambda: self._reading.after(calls, answers))
        reach("called-before-settle")
        return Answered(claimed, outcomes, (Heard(answers), *self._reads), seconds)

    def look(self, doubts: Sequence[Doubt]) -> Looked:
        """Ask whether these happened, all of one name."""
        self._reads = []
        calls = [one.call for one in doubts]
        found: Sequence[Found] = self._tried("looking at", calls, lambda: self._looking.at(doubts))
        return Looked(list(zip(doubts, found, strict=True)), tuple(self._reads))

    def _dispatched(self, calls: Sequence[Call]) -> Sequence[Outcome]:
        name = calls[0].action.name
        if name not in self._names:
            return [Rejected(f"{self._connection} has no action {name!r} any more") for _ in calls]
        try:
            return [outcome for _, outcome in zip(calls, self.platform.dispatch(name, calls), strict=True)]
        except DispatchError as error:
            return [error for _ in calls]

    def _tried(
        self, what: str, calls: Sequence[Call], work: Callable[[], Sequence[T]]
    ) -> Sequence[T | Unknown]:
        """What it gives; where our own code breaks, nobody knows what came of any of the calls."""
        try:
            return work()
        except Exception as error:
            log.exception("%s: %s %s broke", self._connection, what, calls[0].action.name)
            words = f"our own code broke: {type(error).__name__}: {error}"
            return [Unknown(words, code=OUR_FAULT) for _ in calls]

    def _has_read(self, found: Sequence[Outcome]) -> None:
        self._reads.append(Heard(found, is_read=True))

    def _turn(self, is_waiting: bool) -> None:
        self.is_waiting = is_waiting
        if not is_waiting:
            self._passed()
