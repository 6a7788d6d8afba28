"""Days of the week and opening hours, as `mon-fri` and `{mon-sat: "09:00-20:00"}` say them."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import time
from itertools import pairwise
from typing import Final

from connector.mapping.checker import Checker
from connector.mapping.nodes import Written
from connector.mapping.rules import Hours

WEEK: Final = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_MIDNIGHT: Final = time(0)


def build_hours(part: Mapping[Written, tuple[tuple[time, time], ...]], checker: Checker) -> Hours:
    """The hours by weekday; a day that is not named is closed. What is wrong is told to the checker."""
    found: dict[int, tuple[tuple[time, time], ...]] = {}
    for written, ranges in part.items():
        if not ranges:
            hint = 'write one, as in "09:00-20:00", or leave the days out: they are closed then'
            checker.refuse(written.place, "M121", f'"{written[:60]}" has no hours', hint)
        if any(_ends(first) > second[0] for first, second in pairwise(sorted(ranges))):
            hint = "join them into one"
            checker.refuse(written.place, "M145", f'the hours of "{written[:60]}" overlap', hint)
        for day in sorted(weekdays(written, checker)):
            if day in found:
                hint = "name every day once; a day can have a list of hours"
                checker.refuse(written.place, "M145", f'"{WEEK[day]}" has hours already', hint)
            found.setdefault(day, tuple(sorted(ranges)))
    return Hours(dict(sorted(found.items())))


def weekdays(written: Written, checker: Checker) -> frozenset[int]:
    """The weekdays of `mon-fri` or `sat`; Monday is 0."""
    first, _, last = written.lower().partition("-")
    if first not in WEEK or (last or first) not in WEEK:
        hint = "write the first and the last day, as in mon-fri, or a list of days"
        checker.refuse(written.place, "M145", f'"{written[:60]}" are no days of the week', hint)
        return frozenset()
    begin, length = WEEK.index(first), (WEEK.index(last or first) - WEEK.index(first)) % 7
    return frozenset((begin + day) % 7 for day in range(length + 1))


def _ends(hours: tuple[time, time]) -> time:
    """The end as a time to compare: midnight is behind all others."""
    return time.max if hours[1] == _MIDNIGHT else hours[1]
