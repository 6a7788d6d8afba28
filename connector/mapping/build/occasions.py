"""From what `on` says to events and occasions, and to the names that a rule may use upon them."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import time, timedelta
from typing import Final

from connector.mapping.build.journeys import events_into, find_stage
from connector.mapping.build.known import know
from connector.mapping.checker import Checker, Names, every_name, names_for
from connector.mapping.durations import BEGIN_OF_DAY
from connector.mapping.nodes import Written
from connector.mapping.rules import (
    CellEntered,
    DateComes,
    FallsQuiet,
    MomentComes,
    Occasion,
    ScoreCrosses,
    SegmentEntered,
    StageEntered,
)
from connector.mapping.schema.journeys import JourneyPart
from connector.mapping.schema.occasions import (
    CellEnteredPart,
    DateComesPart,
    FallsQuietPart,
    MomentComesPart,
    OccasionPart,
    ScoreCrossesPart,
    SegmentEnteredPart,
    StageEnteredPart,
)
from connector.model.types import Sort, Type

_SPOKEN: Final[Mapping[type, str]] = {
    DateComes: "a date",
    MomentComes: "a moment",
    FallsQuiet: "a quiet period",
    ScoreCrosses: "a score",
    CellEntered: "a cell of the grid",
    SegmentEntered: "a segment",
}
"""What no event stands behind, as a problem names it that a subject does not come with it."""


_LEAP_DAYS: Final[Mapping[str, tuple[int, int]]] = {"02-28": (2, 28), "03-01": (3, 1)}
"""Month and day on which 29 February comes in a year that has none, as they are written."""


@dataclass(frozen=True, slots=True)
class Listening:
    """What a trigger listens to, and the names that it may use whichever of it comes."""

    events: frozenset[str]
    occasions: tuple[Occasion, ...]
    names: Names


class OccasionBuilder:
    """Builds what triggers of one mapping listen to; what is wrong is told to the checker.

    `moments` are the names of its calendar; its segments, scores and cells are those of the type `contact`.
    """

    def __init__(
        self, checker: Checker, journeys: Mapping[str, JourneyPart], contact: Type, moments: Collection[str]
    ) -> None:
        self._checker = checker
        self._journeys = journeys
        self._contact = contact
        self._moments = moments

    def build(self, parts: Sequence[Written | OccasionPart]) -> Listening:
        """What is listened to, with its names; those of a rule of which something is unknown are all."""
        events = [one for one in parts if isinstance(one, Written)]
        known = frozenset(str(one) for one in events if self._checker.event(one))
        every = [self._occasion(part) for part in parts if not isinstance(part, Written)]
        occasions = tuple(one for place, one in enumerate(every) if one not in every[:place])
        names = self._names(known, occasions) if known.issuperset(events) else every_name(self._contact)
        return Listening(known, occasions, names)

    def _names(self, events: frozenset[str], occasions: Sequence[Occasion]) -> Names:
        stages = [one for one in occasions if isinstance(one, StageEntered) and one.journey]
        into = [events_into(self._journeys[one.journey], one.stage) for one in stages]
        spoken = [_SPOKEN[type(one)] for one in occasions if type(one) in _SPOKEN]
        return names_for(events.union(*into, spoken), self._contact)

    def _occasion(self, part: OccasionPart) -> Occasion:
        match part:
            case DateComesPart():
                return self._date(part)
            case MomentComesPart():
                return self._moment(part)
            case FallsQuietPart():
                return self._quiet(part)
            case ScoreCrossesPart():
                return self._score(part)
            case _:
                return self._entered(part)

    def _entered(self, part: StageEnteredPart | CellEnteredPart | SegmentEnteredPart) -> Occasion:
        match part:
            case StageEnteredPart():
                return StageEntered(*find_stage(part.stage, self._journeys, self._checker))
            case CellEnteredPart():
                self._know("cell", part.grid, self._contact.fields["grid"].choices)
                return CellEntered(str(part.grid))
            case SegmentEnteredPart():
                self._know("segment", part.segment, self._contact.fields["segments"].fields)
                return SegmentEntered(str(part.segment))

    def _know(self, sort: str, name: Written, known: Collection[str]) -> None:
        know(sort, name, known, self._checker)

    def _date(self, part: DateComesPart) -> DateComes:
        date = self._checker.expression(part.date, names_for((), self._contact), Sort.DATE)
        if part.leap_day is not None and part.every is None:
            hint = "add every: year, or leave it out: a date itself has its own year"
            message = '"leap_day" without "every: year" means nothing'
            self._checker.refuse(part.place_of("leap_day"), "M171", message, hint)
        leap_day = _LEAP_DAYS[part.leap_day or "02-28"]
        return DateComes(date, _at(part), part.every == "year", self._shift(part), leap_day)

    def _moment(self, part: MomentComesPart) -> MomentComes:
        self._know("moment", part.moment, self._moments)
        if part.for_ is not None:
            self._know("segment", part.for_, self._contact.fields["segments"].fields)
        segment = str(part.for_) if part.for_ is not None else None
        return MomentComes(str(part.moment), _at(part), self._shift(part), segment)

    def _quiet(self, part: FallsQuietPart) -> FallsQuiet:
        if not part.since:
            hint = "name an event: quiet since what?"
            self._checker.refuse(part.place_of_value("since"), "M121", '"since" is empty', hint)
        return FallsQuiet(part.quiet, frozenset(str(one) for one in part.since if self._checker.event(one)))

    def _score(self, part: ScoreCrossesPart) -> ScoreCrosses:
        self._know("score", part.score, self._contact.fields["scores"].fields)
        if part.above is None and part.below is None:
            hint = "write one, as in above: 80"
            self._checker.refuse(part.place, "M121", '"above" or "below" is missing', hint)
        elif part.above is not None and part.below is not None:
            hint = "make two of it, {score: …, above: …} and {score: …, below: …}"
            self._checker.refuse(part.place_of("below"), "M172", '"above" and "below" in one', hint)
        return ScoreCrosses(str(part.score), part.above, part.below)

    def _shift(self, part: DateComesPart | MomentComesPart) -> timedelta:
        if part.before is not None and part.after is not None:
            hint = "keep one of them"
            self._checker.refuse(part.place_of("after"), "M172", '"before" and "after" in one', hint)
        return -part.before if part.before is not None else part.after or timedelta(0)


def _at(part: DateComesPart | MomentComesPart) -> time:
    return part.at if part.at is not None else BEGIN_OF_DAY
