"""When to try a failed action again."""

from __future__ import annotations

from datetime import datetime, timedelta
from random import Random

FIRST = 30.0
LONGEST = 6 * 3600.0
GIVE_UP_AFTER = 14


def next_attempt(failures: int, now: datetime, random: Random) -> datetime | None:
    """The time to try again after `failures` failures, or None to give up.

    Waits double from half a minute up to six hours. Half of each is fixed and half is chance, so that actions
    which failed together come back apart. Together they span at least thirteen hours and twice that at most:
    a platform that is down overnight loses no action.
    """
    if failures >= GIVE_UP_AFTER:
        return None
    longest = min(FIRST * 2 ** max(failures - 1, 0), LONGEST)
    return now + timedelta(seconds=random.uniform(longest / 2, longest))
