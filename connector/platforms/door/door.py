"""The door of an account: calls pass one by one, the most urgent first, and none is one too many."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from itertools import count
from typing import TypeAlias

from connector.errors import Transient, Unknown
from connector.platforms.base import UNTRIED
from connector.platforms.door.budget import Budget
from connector.platforms.door.lane import Lane
from connector.platforms.door.told import KindsOf, Reading, Told
from connector.platforms.door.window import Limit, Window
from connector.platforms.transport import Answer, Gate, Heard

Ticket: TypeAlias = tuple[Lane, int]
Pausing: TypeAlias = Callable[[threading.Condition, float], None]

SPARED = "spared"
"""The code of what was not called, because it only makes sure and the day's calls are nearly used up."""


@dataclass(frozen=True, slots=True)
class Rules:
    """What a platform allows before it has said anything itself, and how its answers tell more.

    `limits` has the kinds of calls by their names, `connections` may be open at the same time.
    """

    limits: Mapping[str, Limit]
    connections: int
    kinds_of: KindsOf
    told: Reading


def pause(changed: threading.Condition, seconds: float) -> None:
    """Wait so long, or until something has changed at the door."""
    changed.wait(seconds)


class Door:
    """For all threads that call one account. `clock` gives seconds that only go on; `pausing` waits by it."""

    def __init__(
        self,
        rules: Rules,
        clock: Callable[[], float] = time.monotonic,
        pausing: Pausing = pause,
    ) -> None:
        self._rules, self._clock, self._pausing = rules, clock, pausing
        self._windows = {kind: Window(limit, clock()) for kind, limit in rules.limits.items()}
        self._budget = Budget()
        self._open = 0
        self._held_open: list[float] = []
        self._held_until = float("-inf")
        self._changed = threading.Condition()
        self._waiting: dict[Ticket, Sequence[str]] = {}
        self._numbers = count()

    @property
    def waiting(self) -> int:
        """How many calls wait for their turn."""
        with self._changed:
            return len(self._waiting)

    def gate(self, lane: Lane, holds: float = 0.0) -> Gate:
        """The way in for the calls of one lane. Raises `Transient` where a call's turn comes too late.

        The platform `holds` a connection for so many seconds at most: one whose answer was lost keeps its
        place until then.
        """
        return partial(self._passing, lane, holds)

    @contextmanager
    def _passing(self, lane: Lane, holds: float, method: str, target: str, within: float) -> Iterator[Heard]:
        kinds = self._rules.kinds_of(method, target)
        held_until = self._enter(lane, kinds, self._clock() + within) + holds
        answers: list[Answer] = []
        is_lost = False
        try:
            yield answers.append
        except Unknown:
            is_lost = True
            raise
        finally:
            self._leave(kinds, answers, held_until if is_lost else 0.0)

    def _enter(self, lane: Lane, kinds: Sequence[str], until: float) -> float:
        """Wait for the turn; when it came."""
        windows = [self._windows[kind] for kind in kinds]
        with self._changed:
            if lane is Lane.VERIFY and self._budget.spares(self._clock()):
                raise Transient("the day's calls are nearly used up: nothing was called", code=SPARED)
            ticket = (lane, next(self._numbers))
            self._waiting[ticket] = kinds
            try:
                self._await(ticket, windows, until)
                self._open += 1
                now = self._clock()
                for window in windows:
                    window.enter(now)
                return now
            finally:
                del self._waiting[ticket]
                self._changed.notify_all()

    def _await(self, ticket: Ticket, windows: Sequence[Window], until: float) -> None:
        while wait := self._wait(ticket, windows):
            left = until - self._clock()
            if wait > left and (wait != float("inf") or left <= 0):
                raise _too_late(wait)
            self._pausing(self._changed, min(wait, left))

    def _wait(self, ticket: Ticket, windows: Sequence[Window]) -> float:
        """Seconds until it may go; endless while others go first, and while every connection is in use."""
        now, (lane, _) = self._clock(), ticket
        if today := self._budget.wait(lane, now):
            return today
        if self._held_until > now:
            return self._held_until - now
        if not self._is_first(ticket, now):
            return float("inf")
        wait = max((window.wait(now) for window in windows), default=0.0)
        return max(wait, self._until_a_connection(now))

    def _is_first(self, ticket: Ticket, now: float) -> bool:
        """Whether nobody goes before it: who waits for a kind of call that it is not of holds nobody up."""
        ours = self._waiting[ticket]
        return not any(
            other < ticket and not any(self._windows[kind].wait(now) for kind in kinds if kind not in ours)
            for other, kinds in self._waiting.items()
        )

    def _until_a_connection(self, now: float) -> float:
        """Seconds; endless where all are in use."""
        self._held_open = sorted(until for until in self._held_open if until > now)
        too_many = self._open + len(self._held_open) - self._rules.connections + 1
        if too_many <= 0:
            return 0.0
        return self._held_open[too_many - 1] - now if too_many <= len(self._held_open) else float("inf")

    def _leave(self, kinds: Sequence[str], answers: Sequence[Answer], held_until: float) -> None:
        with self._changed:
            now = self._clock()
            self._open -= 1
            if held_until > now:
                self._held_open.append(held_until)
            for kind in kinds:
                self._windows[kind].leave(now)
            for answer in answers:
                self._learn(kinds, self._rules.told(answer), now)
            self._changed.notify_all()

    def _learn(self, kinds: Sequence[str], told: Told, now: float) -> None:
        if kinds and told.limit:
            self._windows[kinds[0]].learn(told.limit, now)
        if kinds and told.left is not None:
            self._windows[kinds[0]].learn_left(told.left, now)
        if told.day and told.left_today is not None:
            self._budget.learn(told.left_today, told.day, now)
        if told.wait and told.held in kinds:
            self._windows[told.held].hold(now + told.wait)
        elif told.wait:
            self._held_until = max(self._held_until, now + told.wait)


def _too_late(wait: float) -> Transient:
    seconds = None if wait == float("inf") else wait
    return Transient("the account's limit is used up: nothing was called", code=UNTRIED, retry_after=seconds)
