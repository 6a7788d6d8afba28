"""From a table of days and hours to when something may reach people."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import time
from typing import Final, Protocol, TypeAlias

from connector.mapping.checker import Checker
from connector.mapping.quantities import parse_days
from connector.mapping.rules import Hours
from connector.mapping.schema.defaults import HoursTable
from connector.mapping.terms import Place

_MIDNIGHT: Final = time(0)

Range: TypeAlias = tuple[time, time]


class WithHours(Protocol):
    """A part of the schema that has the key `hours`."""

    @property
    def hours(self) -> HoursTable | None:
        """What was written."""

    def place_of(self, key: str) -> Place:
        """Where the key stands."""


def build_hours(part: WithHours, checker: Checker) -> Hours | None:
    """The hours of a part, or None where it has none; what is wrong is told to the checker.

    Several lines about one day add up; on a day that no line names nothing reaches anybody.
    """
    if part.hours is None:
        return None
    if not any(part.hours.values()):
        hint = 'write some, as in {mon-sat: "09:00-20:00"}, or leave it out'
        checker.refuse(part.place_of("hours"), "M121", "these hours let nothing through at any time", hint)
    return Hours({day: ranges for day, ranges in _by_day(part.hours).items() if ranges})


def _by_day(table: HoursTable) -> Mapping[int, tuple[Range, ...]]:
    open_on: dict[int, list[Range]] = {}
    for days, ranges in table.items():
        for day in parse_days(days):
            open_on.setdefault(day, []).extend(ranges)
    return {day: _joined(sorted(open_on[day])) for day in sorted(open_on)}


def _joined(ranges: list[Range]) -> tuple[Range, ...]:
    """The ranges of a day, each once, where they meet or overlap as one."""
    joined = ranges[:1]
    for begins, ends in ranges[1:]:
        before, until = joined[-1]
        if until == _MIDNIGHT or begins <= until:
            joined[-1] = (before, _MIDNIGHT if _MIDNIGHT in (until, ends) else max(until, ends))
        else:
            joined.append((begins, ends))
    return tuple(joined)
