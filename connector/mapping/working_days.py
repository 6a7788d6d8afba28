"""The days on which colleagues work: which are some, and which come after a day or before it."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from functools import lru_cache
from itertools import islice

from connector.mapping.mapping import WorkingDays
from connector.mapping.public_holidays import of_country


def is_working_day(day: date, rule: WorkingDays) -> bool:
    """Whether colleagues work on this day."""
    return day.weekday() in rule.days and day not in _holidays(rule.holidays, day.year)


def nth_working_day(since: date, count: int, rule: WorkingDays) -> date:
    """So many working days after a date, or before it where `count` is negative; the date itself is none."""
    return next(islice(_from(since, timedelta(days=1 if count > 0 else -1), rule), abs(count) - 1, None))


def _from(day: date, step: timedelta, rule: WorkingDays) -> Iterator[date]:
    """The working days from a date on; every day where the rule has none at all."""
    while True:
        day += step
        if not rule.days or is_working_day(day, rule):
            yield day


@lru_cache(maxsize=256)
def _holidays(country: str | None, year: int) -> frozenset[date]:
    if country is None:
        return frozenset()
    return frozenset(of_country(country, range(year, year + 1)))
