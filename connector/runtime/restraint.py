"""When a connection leaves its platform alone: while it asks for that, and while it does not serve."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from datetime import datetime, timedelta
from typing import Final

from connector.errors import DispatchError, Transient, Unseen
from connector.platforms.base import UNTRIED, Outcome
from connector.platforms.transport import LONGEST_WAIT
from connector.runtime.breaker import Breaker, is_to_come
from connector.runtime.calling import Heard
from connector.runtime.observing import Observer

BRIEFLY: Final = 10.0
"""Seconds for which a platform is left alone that asks us to slow down and does not say for how long."""


class Restraint:
    """Of one connection; it goes by what all its calls have told, in the order of their ends."""

    def __init__(self, connection: str, clock: Callable[[], datetime], observer: Observer) -> None:
        self._connection, self._clock, self._observer = connection, clock, observer
        self.breaker = Breaker()
        self._hold_until: datetime | None = None

    @property
    def is_on(self) -> bool:
        """Whether no call goes now."""
        now = self._clock()
        return self.breaker.is_resting(now) or is_to_come(self._hold_until, now, LONGEST_WAIT)

    def from_then(self, due: datetime) -> datetime:
        """When something that is due then can go."""
        return max(one for one in (due, self._hold_until, self.breaker.rests_until) if one)

    def heard(self, told: Iterable[Heard], since: int) -> None:
        """A call has ended with these; it began when the platform had been given up so many times."""
        for one in told:
            if one.is_read:
                self._has_read(one.outcomes, since)
            else:
                self._hold(one.outcomes, since)

    def _hold(self, outcomes: Sequence[Outcome], since: int) -> None:
        """A platform that says «slow down» is left alone by the whole connection for as long.

        So is one that does not serve, until one call shows that it does again.
        """
        self.breaker.heard(outcomes, self._clock(), since)
        if longest := max(map(_wait_asked, outcomes), default=0.0):
            until = self._clock() + timedelta(seconds=longest)
            is_held = is_to_come(self._hold_until, self._clock(), LONGEST_WAIT)
            self._hold_until = max(until, self._hold_until) if is_held and self._hold_until else until
            self._observer.asked_to_wait(self._connection, longest)

    def _has_read(self, found: Sequence[Outcome], since: int) -> None:
        """What reads came to. That they are served does not show that actions are."""
        if faults := [one for one in found if isinstance(one, DispatchError) and not isinstance(one, Unseen)]:
            self._hold(faults, since)
        else:
            self.breaker.answered()


def _wait_asked(outcome: Outcome) -> float:
    """Seconds for which the platform wants no call at all: at 429 or a throttle, and at 503 if it says so."""
    if not isinstance(outcome, Transient):
        return 0.0
    if outcome.status == 429 or outcome.code == "throttled":
        return outcome.retry_after or BRIEFLY
    return (outcome.retry_after or 0.0) if outcome.status == 503 or outcome.code == UNTRIED else 0.0
