"""Moments on local clocks against a table, over changes of clocks in both hemispheres and leap days.

The table was made without `timing`: by going through the minutes of UTC, one by one, until the zone's clocks
showed what is wanted; where they never do, the first minute after.
"""

from __future__ import annotations

import csv
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from connector.journey.timing import resolve
from connector.mapping.durations import parse_moment
from connector.mapping.mapping import Defaults, WorkingDays

with Path(__file__).with_name("local_moments.csv").open(encoding="utf-8", newline="") as table:
    MOMENTS = [tuple(row) for row in csv.reader(table)][1:]


def changes_between(zone: str, now: str, _: str, then: str) -> bool:
    """Whether the zone's clocks change between the two moments."""
    begin, end = (datetime.fromisoformat(one).astimezone(ZoneInfo(zone)) for one in (now, then))
    return begin.utcoffset() != end.utcoffset()


def test_the_table_is_whole() -> None:
    assert len(MOMENTS) >= 200
    assert len({zone for zone, *_ in MOMENTS}) >= 16
    assert sum("-02-29" in " ".join(row) for row in MOMENTS) >= 16
    assert sum(changes_between(*row) for row in MOMENTS) >= 100


@pytest.mark.parametrize(("zone", "now", "moment", "then"), MOMENTS)
def test_a_local_moment_is_when_the_clocks_show_it(zone: str, now: str, moment: str, then: str) -> None:
    """a gap takes the first valid instant, a fold the first."""
    defaults = Defaults(ZoneInfo(zone), "nl_NL", WorkingDays(), {}, {})

    found = resolve(parse_moment(moment), datetime.fromisoformat(now), defaults)

    assert found == datetime.fromisoformat(then)
