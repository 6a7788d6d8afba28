"""How many calls a platform takes within a time: which of ours it may still count, when the next may go."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass
from typing import Final

BURST: Final = 0.05
"""The share of a limit that may go at once; the rest follows as evenly as the limit allows."""

AFTER: Final = 1e-6
"""Seconds that a wait is longer than it has to be, so that no rounding leaves one that leads nowhere."""


@dataclass(frozen=True, slots=True)
class Limit:
    """At most `calls` within any `seconds`."""

    calls: int
    seconds: float


class Window:
    """Keeps a limit exactly, whatever the way takes. Moments are seconds of one clock that only goes on.

    A platform counts a call at some moment between its start and its answer, which only the platform knows.
    So a call takes up its place from its start until its answer is `seconds` old: then no stretch of that
    length can hold one too many. That alone would let all of a limit go at once, and then nothing: calls also
    keep an even distance, save a twentieth of the limit that may go together.
    """

    def __init__(self, limit: Limit, now: float) -> None:
        self.limit = limit
        self._under_way = 0
        self._answered: deque[float] = deque()
        self._spare, self._counted_at = self._most_spare, now
        self._held_until = now

    @property
    def taken(self) -> int:
        """How many places are taken."""
        return self._under_way + len(self._answered)

    def wait(self, now: float) -> float:
        """Seconds until the next call may go: 0 for at once."""
        self._pass(now)
        distance = (1.0 - self._spare) / self._rate
        wait = max(distance, self._until_a_place(now), self._held_until - now)
        return wait + AFTER if wait > 0 else 0.0

    def enter(self, now: float) -> None:
        """A call goes."""
        self._pass(now)
        self._under_way += 1
        self._spare -= 1.0

    def leave(self, now: float) -> None:
        """Its answer came, or it ended without one."""
        self._under_way -= 1
        self._answered.append(now)

    def hold(self, until: float) -> None:
        """The platform wants none before this moment."""
        self._held_until = max(self._held_until, until)

    def learn(self, limit: Limit, now: float) -> None:
        """The platform's own limit."""
        if limit != self.limit:
            self._pass(now)
            self.limit = limit
            self._spare = min(self._spare, self._most_spare)

    def learn_left(self, left: int, now: float) -> None:
        """The platform counts more calls than we do, of before our start or of another's: so do we."""
        self._pass(now)
        self._answered.extend([now] * (self.limit.calls - left - self.taken))

    @property
    def _rate(self) -> float:
        return self.limit.calls / self.limit.seconds

    @property
    def _most_spare(self) -> float:
        return max(1.0, self.limit.calls * BURST)

    def _until_a_place(self, now: float) -> float:
        too_many = self.taken - self.limit.calls + 1
        if too_many <= 0:
            return 0.0
        if too_many > len(self._answered):
            return self.limit.seconds
        return self._answered[too_many - 1] + self.limit.seconds - now

    def _pass(self, now: float) -> None:
        while self._answered and self._answered[0] + self.limit.seconds <= now:
            self._answered.popleft()
        gained = (now - self._counted_at) * self._rate
        self._spare, self._counted_at = min(self._most_spare, self._spare + gained), now
