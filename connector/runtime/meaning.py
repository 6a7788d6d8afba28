"""What becomes of an action that is not known to be done: again later, to be looked up, or given up."""

from __future__ import annotations

from datetime import datetime, timedelta
from random import Random
from typing import Final

from connector.errors import DispatchError, Rejected, Transient, Unauthorized, Unknown, Unseen
from connector.platforms import base
from connector.platforms.base import Platform
from connector.runtime.backoff import next_attempt
from connector.runtime.breaker import Breaker, is_absence
from connector.runtime.looking import Untold
from connector.store import endings, rereading
from connector.store.endings import Ending, Missed
from connector.store.outbox import Queued

LOOK_AGAIN: Final = (timedelta(seconds=5), timedelta(seconds=30), timedelta(minutes=3))
"""Waits before each further read of what was answered to be done and is not seen."""

LONGEST_OUTAGE: Final = timedelta(days=7)
"""How old an action is at most of which an outage is no failure."""


class Meaning:
    """Reads the outcomes of one platform; nothing is written. `looks` is how many reads did not show it."""

    def __init__(self, platform: Platform, breaker: Breaker) -> None:
        self._looked_up = frozenset(spec.name for spec in platform.specs if spec.can_look_up)
        self._deadline = timedelta(seconds=platform.deadline)
        self._breaker = breaker
        self._random = Random()

    def sent(self, queued: Queued, outcome: DispatchError, now: datetime, looks: int) -> Ending:
        """It was sent, with this outcome."""
        match outcome:
            case Rejected():
                return endings.dead(queued.id, now, "rejected", outcome.words)
            case Unauthorized() | Transient(code=base.UNTRIED):
                return endings.given_back(queued.id, now, outcome.words)
            case Unseen():
                return self._unseen(queued, outcome, now, looks, is_first=True)
            case Unknown() if queued.action.name in self._looked_up:
                return endings.lost(queued.id, self._missed(queued, outcome, now, now + self._deadline))
            case Unknown():
                return self._again(queued, outcome, now, "unknown")
            case _:
                return self._again(queued, outcome, now, "transient")

    def looked(
        self, queued: Queued, found: DispatchError | Untold | None, now: datetime, looks: int
    ) -> Ending | None:
        """It was looked at; None where it stays as it is, until the platform knows us again."""
        match found:
            case Unseen():
                return self._unseen(queued, found, now, looks, is_first=False)
            case Unauthorized():
                return None
            case DispatchError():
                return self._look_failed(queued, found, now)
            case None:
                return self._repeat(queued, now, "looked_absent", "looked: it had not happened")
            case _:
                return self._repeat(queued, now, "unknown", queued.words)

    def _unseen(
        self, queued: Queued, outcome: Unseen, now: datetime, looks: int, *, is_first: bool
    ) -> Ending:
        """The platform said that it was done, and nobody has seen it.

        It is read again after growing waits. What cannot be read is asked for as long as anything that fails.
        """
        why = outcome.unread
        if why is None:
            due = now + LOOK_AGAIN[looks] if looks < len(LOOK_AGAIN) else None
        else:
            due = self._due(queued.failures + self._counts(queued, why, now), now, why)
        if due is None:
            words = f"the platform answered that it was done, but {outcome.words}"
            return endings.dead(queued.id, now, "unknown" if why else "rejected", words)
        counts = why is not None and self._counts(queued, why, now)
        again = rereading.Again(due, outcome.words, outcome.reference, is_first, counts)
        return rereading.ending(queued.id, now, again, rereading.UNREAD if why else rereading.UNSEEN)

    def _look_failed(self, queued: Queued, error: DispatchError, now: datetime) -> Ending:
        """The platform could not say; it is asked again, and in the end a person has to look."""
        due = self._due(queued.failures + self._counts(queued, error, now), now, error)
        if due is None:
            words = f"its outcome could not be looked up: {error.words}"
            return endings.dead(queued.id, now, "unknown", words)
        return endings.unknown(queued.id, self._missed(queued, error, now, due))

    def _again(self, queued: Queued, error: DispatchError, now: datetime, outcome: str) -> Ending:
        """It waits for its next attempt, or is given up."""
        failures = queued.failures + self._counts(queued, error, now)
        due = self._due(failures, now, error)
        if due is None:
            return _given_up(queued, now, outcome, f"{failures} attempts: {error.words}")
        return endings.again(queued.id, self._missed(queued, error, now, due), outcome)

    def _repeat(self, queued: Queued, now: datetime, outcome: str, words: str) -> Ending:
        """After an unknown outcome, which was counted as a failure when it was written down."""
        due = self._due(queued.failures, now)
        if due is None:
            return _given_up(queued, now, outcome, f"{queued.failures} attempts: {queued.words}")
        return endings.again(queued.id, Missed(now, due, words), outcome)

    def _missed(self, queued: Queued, error: DispatchError, now: datetime, due: datetime) -> Missed:
        return Missed(now, due, error.words, counts=self._counts(queued, error, now))

    def _counts(self, queued: Queued, error: DispatchError, now: datetime) -> bool:
        """Whether the action failed; for a week it has not where the platform serves nobody just then."""
        is_old = now - queued.action.decided_at > LONGEST_OUTAGE
        return is_old or not (self._breaker.is_trying and is_absence(error))

    def _due(self, failures: int, now: datetime, error: DispatchError | None = None) -> datetime | None:
        """When to try again, never before the platform wants to be asked; None to give up."""
        due = next_attempt(failures, now, self._random)
        if due is not None and isinstance(error, Transient) and error.retry_after is not None:
            return max(due, now + timedelta(seconds=error.retry_after))
        return due


def _given_up(queued: Queued, now: datetime, outcome: str, after: str) -> Ending:
    return endings.dead(queued.id, now, outcome, f"given up after {after}")
