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

from connector.errors import Transient
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
        self._free = rules.connections
        self._held_until = float("-inf")
        self._changed = threading.Condition()
        self._waiting: list[Ticket] = []
        self._numbers = count()

    @property
    def waiting(self) -> int:
        """How many calls wait for their turn."""
        with self._changed:
            return len(self._waiting)

    def gate(self, lane: Lane) -> Gate:
        """The way in for the calls of one lane. Raises `Transient` where a call's turn comes too late."""
        return partial(self._passing, lane)

    @contextmanager
    def _passing(self, lane: Lane, method: str, target: str, within: float) -> Iterator[Heard]:
        kinds = self._rules.kinds_of(method, target)
        self._enter(lane, kinds, self._clock() + within)
        answers: list[Answer] = []
        try:
            yield answers.append
        finally:
            self._leave(kinds, answers)

    def _enter(self, lane: Lane, kinds: Sequence[str], until: float) -> None:
        windows = [self._windows[kind] for kind in kinds]
        with self._changed:
            if lane is Lane.VERIFY and self._budget.spares(self._clock()):
                raise Transient("the day's calls are nearly used up: nothing was called", code=SPARED)
            ticket = (lane, next(self._numbers))
            self._waiting.append(ticket)
            try:
                self._await(ticket, windows, until)
                self._free -= 1
                for window in windows:
                    window.enter(self._clock())
            finally:
                self._waiting.remove(ticket)
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
        if ticket != min(self._waiting) or self._free <= 0:
            return float("inf")
        return max((window.wait(now) for window in windows), default=0.0)

    def _leave(self, kinds: Sequence[str], answers: Sequence[Answer]) -> None:
        with self._changed:
            now = self._clock()
            self._free += 1
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
