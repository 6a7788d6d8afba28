"""What a trigger can listen to besides events: what the contact enters, and what time brings."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import time, timedelta
from decimal import Decimal
from typing import TypeAlias

from connector.mapping.terms import Expression


@dataclass(frozen=True, slots=True)
class StageEntered:
    """The contact enters a stage."""

    journey: str
    stage: str


@dataclass(frozen=True, slots=True)
class DateComes:
    """A date of the contact comes: at a local time, `shift` after it (before it where negative).

    `is_yearly`: every year on that day, else once. `date` is the expression that gives it; in a year without
    29 February that day comes on `leap_day`, a month and a day.
    """

    date: Expression
    at: time = time(9)
    is_yearly: bool = False
    shift: timedelta = timedelta(0)
    leap_day: tuple[int, int] = (2, 28)


@dataclass(frozen=True, slots=True)
class MomentComes:
    """A moment of the calendar comes, for everybody or for a segment; `shift` as of dates."""

    moment: str
    at: time = time(9)
    shift: timedelta = timedelta(0)
    segment: str | None = None


@dataclass(frozen=True, slots=True)
class FallsQuiet:
    """None of the events `since` has happened for `quiet`, after one of them did."""

    quiet: timedelta
    since: frozenset[str]


@dataclass(frozen=True, slots=True)
class ScoreCrosses:
    """A score comes to be above or below a bound; one of the two is there."""

    score: str
    above: Decimal | None = None
    below: Decimal | None = None


@dataclass(frozen=True, slots=True)
class CellEntered:
    """The contact enters a cell of the grid (`hot/good`)."""

    cell: str


@dataclass(frozen=True, slots=True)
class SegmentEntered:
    """The contact comes to belong to a segment."""

    segment: str


Occasion: TypeAlias = (
    StageEntered | DateComes | MomentComes | FallsQuiet | ScoreCrosses | CellEntered | SegmentEntered
)
"""What a trigger can listen to besides events."""
