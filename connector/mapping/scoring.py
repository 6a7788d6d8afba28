"""Scores, the follow-up grid, the calendar and the goals of a mapping."""

from __future__ import annotations

from collections import abc
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import ROUND_HALF_UP, Decimal
from typing import Final, Literal, TypeAlias

from connector.mapping.rules import ActionTemplate, numbered_by_event
from connector.mapping.terms import Expression, Frequency, Place

_CENT: Final = Decimal("0.01")
_NOISE: Final = Decimal("0.000001")


@dataclass(frozen=True, slots=True)
class Points:
    """One rule of a score: so many points upon an event, or, without `on`, for what the contact is.

    `at_most` bounds how often it counts, in whole periods of the mapping's time zone; `once` lets it count a
    single time; what it gave is gone after `expires`.
    """

    on: frozenset[str]
    add: Decimal
    when: Expression | None
    place: Place
    at_most: Frequency | None = None
    once: bool = False
    expires: timedelta | None = None


@dataclass(frozen=True, slots=True)
class Score:
    """A score: what gives points, how fast they fade (`half_life`), and its bounds.

    `points_on` finds the rules that listen to an event, each with its number from 1; `lasting` are those that
    listen to none. `without_points` is what is shown of it where nothing has given any.
    """

    name: str
    points: tuple[Points, ...]
    half_life: timedelta | None
    lowest: Decimal | None
    highest: Decimal | None
    place: Place
    points_on: abc.Mapping[str, tuple[tuple[int, Points], ...]] = field(init=False, repr=False, compare=False)
    lasting: tuple[Points, ...] = field(init=False, repr=False, compare=False)
    without_points: Decimal = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "points_on", numbered_by_event(self.points))
        object.__setattr__(self, "lasting", tuple(one for one in self.points if not one.on))
        object.__setattr__(self, "without_points", self.shown(Decimal(0)))

    def shown(self, value: Decimal) -> Decimal:
        """What the score is with so many points: within its bounds, to the hundredth."""
        if self.lowest is not None:
            value = max(value, self.lowest)
        if self.highest is not None:
            value = min(value, self.highest)
        return value.quantize(_NOISE).quantize(_CENT, ROUND_HALF_UP)


@dataclass(frozen=True, slots=True)
class Axis:
    """One side of the grid: a score and its levels, each from a bound on, the lowest first.

    Below the lowest bound the first level holds too.
    """

    score: str
    levels: tuple[tuple[str, Decimal], ...]

    def level_of(self, value: Decimal) -> str:
        """The highest level whose bound is reached; below them all it is the first."""
        for name, bound in reversed(self.levels):
            if value >= bound:
                return name
        return self.levels[0][0]


@dataclass(frozen=True, slots=True)
class Cell:
    """A cell of the grid: its label, and what entering it does."""

    name: str
    label: str
    do: tuple[ActionTemplate, ...]
    place: Place


@dataclass(frozen=True, slots=True)
class Grid:
    """The follow-up model: two scores side by side; `cells` by `level/level`, in the order of `axes`."""

    axes: tuple[Axis, Axis]
    cells: abc.Mapping[str, Cell]


@dataclass(frozen=True, slots=True)
class OnDates:
    """On these days."""

    dates: tuple[date, ...]


@dataclass(frozen=True, slots=True)
class EveryYear:
    """On a day of every year (`12-05`); 29 February is the 28th in other years."""

    month: int
    day: int


@dataclass(frozen=True, slots=True)
class NthWeekday:
    """The `nth` weekday (Monday is 0) of a month; -1 is the last."""

    nth: int
    weekday: int
    month: int


@dataclass(frozen=True, slots=True)
class FromEaster:
    """So many days after Easter Sunday; before it where negative."""

    days: int


@dataclass(frozen=True, slots=True)
class PublicHoliday:
    """A public holiday by its name, in a language of its country or in English; of `country`, or where that
    is None of each country of its moment."""

    name: str
    country: str | None = None


When: TypeAlias = OnDates | EveryYear | NthWeekday | FromEaster | PublicHoliday


@dataclass(frozen=True, slots=True)
class NamedMoment:
    """A moment of the calendar. With `countries`, only for contacts of these.

    Without `when` it never comes by itself: somebody fires it. Its days are looked up for every contact: by
    its name they are found as surely as by all that it is.
    """

    name: str
    when: When | None
    countries: frozenset[str]
    about: str
    place: Place

    def __hash__(self) -> int:
        return hash(self.name)


@dataclass(frozen=True, slots=True)
class CompanyGoal:
    """What the company wants to reach: the `measure` in its own words, checked, the target and until when.

    `target` is a share (0 to 1) of the contacts where it was written in percent (`is_share`), else their
    number. It is measured who had the event for the `nth` time, or came into a stage (journey and stage),
    `within` so long after the time before that or, for the first, after the contact became known. A goal
    whose `sense` is `lower` is reached from the other side.
    """

    name: str
    measure: str
    target: Decimal
    is_share: bool
    by: date | None
    place: Place
    event: str | None = None
    within: timedelta | None = None
    sense: Literal["raise", "lower"] = "raise"
    nth: int = 1
    stage: tuple[str, str] | None = None
