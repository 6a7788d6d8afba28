"""Whether a source is silent against its habit, told from how many deliveries it brought by the hour.

Two ways, both without a model of how deliveries come. Who has been known for two weeks is compared with the
same stretch of the week in the weeks before, so that nights and weekends do not count. Who is new is compared
with its own longest pause.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from itertools import pairwise
from typing import Final

from connector.model.showing import lasting
from connector.store.habits import Habit

SOONEST: Final = timedelta(minutes=30)
"""Nobody is called silent earlier."""

ENOUGH: Final = 10
"""Deliveries that came in the same stretch of each week before: so many do not fail to come by chance."""

_WEEK: Final = timedelta(weeks=1)
_HOUR: Final = timedelta(hours=1)
_WEEKS: Final = 4
_FEWEST_WEEKS: Final = 2
_TIMES_LONGER: Final = 3
_BUSY_HOURS: Final = 20
"""Hours with deliveries after which the longest pause of a new source says something."""


def silence(habit: Habit, now: datetime) -> str:
    """Why it is implausible that nothing has come since the last delivery; empty where it is plausible."""
    quiet = now - habit.last_at
    if quiet < SOONEST or not habit.by_hour:
        return ""
    began = min(habit.by_hour)
    weeks = _weeks_to_compare(began, habit.last_at, quiet)
    return _against_weeks(habit, now, weeks) if weeks else _against_pauses(habit, quiet)


def _weeks_to_compare(began: datetime, last_at: datetime, quiet: timedelta) -> tuple[int, ...]:
    """How many weeks before now the stretches lie that are wholly known; none where they are too few."""
    nearest = -(-quiet // _WEEK)
    known = [one for one in range(nearest, nearest + _WEEKS) if last_at - one * _WEEK >= began]
    return tuple(known) if len(known) >= _FEWEST_WEEKS else ()


def _against_weeks(habit: Habit, now: datetime, weeks: tuple[int, ...]) -> str:
    came = [_came(habit.by_hour, habit.last_at - one * _WEEK, now - one * _WEEK) for one in weeks]
    fewest = min(came)
    if fewest < ENOUGH:
        return ""
    return (
        f"nothing for {lasting(now - habit.last_at)}; in this time at least {fewest:.0f} deliveries came in "
        f"each of {len(weeks)} weeks before"
    )


def _came(by_hour: Mapping[datetime, int], begin: datetime, end: datetime) -> float:
    """How many deliveries came between two moments; of an hour that is cut, its share."""
    total, hour = 0.0, begin.replace(minute=0, second=0, microsecond=0)
    while hour < end:
        share = (min(end, hour + _HOUR) - max(begin, hour)) / _HOUR
        total += share * by_hour.get(hour, 0)
        hour += _HOUR
    return total


def _against_pauses(habit: Habit, quiet: timedelta) -> str:
    hours = sorted(habit.by_hour)
    if len(hours) < _BUSY_HOURS:
        return ""
    longest = max(later - earlier for earlier, later in pairwise(hours))
    if quiet < _TIMES_LONGER * longest:
        return ""
    return f"nothing for {lasting(quiet)}; its longest pause until now was {lasting(longest)}"
