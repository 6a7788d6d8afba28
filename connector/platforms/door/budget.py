"""What a platform still takes today, and who may spend it: what is live goes on to the last call."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from connector.platforms.door.lane import Lane

KEPT: Final[Mapping[Lane, float]] = {Lane.LIVE: 0.0, Lane.VERIFY: 0.05, Lane.POLL: 0.1, Lane.IMPORT: 0.2}
"""The share of a day's calls that each lane leaves to those before it."""

FORGET_AFTER: Final = 900.0
"""Seconds after which it is asked again: the day of the platform may have ended."""


SAMPLED: Final = 0.2
"""The share of a day's calls below which what only makes sure is asked of some alone."""

ONE_IN: Final = 10
"""Of so many such calls one is made."""


class Budget:
    """The calls of a day, as the platform told last; before that there are enough. Seconds are the door's."""

    def __init__(self) -> None:
        self._left, self._of, self._told_at = 0, 0, float("-inf")
        self._sampled = 0

    def learn(self, left: int, of: int, now: float) -> None:
        """So many calls of a day's are left."""
        self._left, self._of, self._told_at = left, of, now

    def wait(self, lane: Lane, now: float) -> float:
        """Seconds until the lane may ask again; 0 where it may spend now.

        What is live may always: that its calls are used up is for the platform to say.
        """
        until = self._told_at + FORGET_AFTER
        is_kept = self._of and now < until and self._left <= self._of * KEPT[lane]
        return until - now if is_kept and lane is not Lane.LIVE else 0.0

    def spares(self, now: float) -> bool:
        """Whether a call that only makes sure is better not made, because the day's are nearly used up.

        Of those that are asked for then one in ten is made, as long as some are left for it.
        """
        is_short = self._of and now < self._told_at + FORGET_AFTER and self._left <= self._of * SAMPLED
        if not is_short:
            return False
        self._sampled += 1
        return self._left <= self._of * KEPT[Lane.VERIFY] or self._sampled % ONE_IN != 1
