"""Leaves a platform alone that does not serve, and tries with one action whether it does again."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from random import Random
from typing import Final

from connector.errors import DispatchError, Transient, Unknown
from connector.platforms.base import UNTRIED, Outcome

FAILURES: Final = 3
"""Calls in a row without service after which the platform is left alone."""

OUR_FAULT: Final = "ours"
"""The code of what our own mistake has caused."""

OUR_OWN: Final = frozenset({UNTRIED, OUR_FAULT})
"""Codes of what the platform did not cause: that there was no time or no turn, and our own mistakes."""

ABSENT: Final = frozenset({408, 502, 503, 504})
"""Statuses of a platform that does not get to what is asked."""

FIRST: Final = 5.0
LONGEST: Final = 300.0
"""Seconds: each rest is twice the one before it, up to five minutes; by chance a quarter less."""


class Breaker:
    """Of one connection. Without it, all that waits would be tried in an outage, one call after the other."""

    def __init__(self, random: Random | None = None) -> None:
        self._random = random or Random()
        self._failures = 0
        self.rests = 0
        """How many rests there have been."""
        self.rests_until: datetime | None = None

    @property
    def is_trying(self) -> bool:
        """Whether the next call is to show if the platform serves again."""
        return self.rests_until is not None

    def is_resting(self, now: datetime) -> bool:
        """Whether no call goes now."""
        return is_to_come(self.rests_until, now, LONGEST)

    def at_once(self, most: int) -> int:
        """How many calls may be under way, of at most so many: none more than may fail until a rest, one to
        try.
        """
        return min(most, max(1, FAILURES - self._failures)) if self._failures else most

    def heard(self, outcomes: Sequence[Outcome], now: datetime, since: int | None = None) -> None:
        """A call has ended with these; those that say nothing of the platform change nothing.

        Neither does one without service that began before the last rest, after so many `since` there were
        any: it tells of the same outage.
        """
        told = [one for one in outcomes if not _is_our_own(one)]
        if not told:
            return
        if not all(map(_is_no_service, told)):
            self._failures, self.rests_until = 0, None
        elif since is None or since == self.rests:
            self._failures += 1
            if self._failures >= FAILURES:
                self.rests += 1
                self.rests_until = now + timedelta(seconds=self._rest())

    def answered(self) -> None:
        """A question was answered: no more calls in a row are without service.

        Whether actions are served again only an action can show: those may be broken of which one can ask.
        """
        if not self.is_trying:
            self._failures = 0

    def _rest(self) -> float:
        longest = min(LONGEST, FIRST * 2.0 ** min(self._failures - FAILURES, 16))
        return self._random.uniform(0.75, 1.0) * longest


def is_to_come(moment: datetime | None, now: datetime, most: float) -> bool:
    """Whether there is a moment, and it lies ahead.

    One that is further away than the `most` seconds that it can have been set to has come: our clock was set
    back since.
    """
    return moment is not None and now < moment <= now + timedelta(seconds=most)


def _is_our_own(outcome: Outcome) -> bool:
    return isinstance(outcome, DispatchError) and outcome.code in OUR_OWN


def is_absence(error: DispatchError) -> bool:
    """Whether it says nothing of what was asked: nobody was there, or a gateway says so."""
    is_of_calls = isinstance(error, Transient | Unknown)
    return is_of_calls and (error.status is None or error.status in ABSENT)


def _is_no_service(outcome: Outcome) -> bool:
    """Nothing was reached, no answer came, or one of a server that is broken; a refusal is service."""
    match outcome:
        case Transient(status=status):
            return status is None or status >= 500 or status == 408
        case Unknown(status=status):
            return status is None or status >= 500
        case _:
            return False
