"""The keys of what a trigger listens to besides events, one part a form."""

from __future__ import annotations

import difflib
from typing import Annotated, Final, Literal, TypeAlias

from pydantic import BeforeValidator, Discriminator, Field, Tag

from connector.mapping.nodes import Table
from connector.mapping.part import Part
from connector.mapping.scalars import CHOICE, ONE_OR_MORE, Code, Duration, Number, Text, refuse
from connector.mapping.schema.values import Clock
from connector.mapping.schema.words import Event


class StageEnteredPart(Part):
    """The contact comes into a stage."""

    stage: Text
    """A stage that is entered, as `care` or, where several journeys have it, `main.care`."""


class DateComesPart(Part):
    """A date of the contact comes, such as a birthday."""

    date: Code
    """The date, as `contact.birthday`."""
    at: Clock | None = None
    """The time of that day, by the contact's own clock where its zone is known; without it, 09:00."""
    every: Annotated[Literal["year"] | None, CHOICE] = None
    """On this day of every `year`; without it, on the date itself and no other."""
    leap_day: Annotated[Literal["02-28", "03-01"] | None, CHOICE] = None
    """With `every: year`, when 29 February comes in a year without it: `02-28`, as is usual, or `03-01`."""
    before: Duration | None = None
    """So long before it."""
    after: Duration | None = None
    """So long after it."""


class MomentComesPart(Part):
    """A moment of the calendar comes."""

    moment: Text
    """Its name in `calendar`."""
    at: Clock | None = None
    """The time of that day, by the contact's own clock where its zone is known; without it, 09:00."""
    before: Duration | None = None
    """So long before it."""
    after: Duration | None = None
    """So long after it."""
    for_: Annotated[Text | None, Field(alias="for")] = None
    """The segment for whom it counts; without it, everybody."""


class FallsQuietPart(Part):
    """Nothing has been heard of the contact for a while."""

    quiet: Duration
    """For how long."""
    since: Annotated[tuple[Event, ...], ONE_OR_MORE]
    """The events of which none has happened; one of them has to have happened before."""


class ScoreCrossesPart(Part):
    """A score comes to be above or below a bound."""

    score: Text
    """Its name in `scores`."""
    above: Number | None = None
    """It has come to be more than this."""
    below: Number | None = None
    """It has come to be less than this."""


class CellEnteredPart(Part):
    """The contact comes into a cell of the follow-up grid."""

    grid: Text
    """The cell, as `hot/good`."""


class SegmentEnteredPart(Part):
    """The contact comes to belong to a segment."""

    segment: Text
    """Its name in `segments`."""


OccasionPart: TypeAlias = (
    StageEnteredPart
    | DateComesPart
    | MomentComesPart
    | FallsQuietPart
    | ScoreCrossesPart
    | CellEnteredPart
    | SegmentEnteredPart
)

LEADS: Final = ("stage", "date", "moment", "quiet", "score", "grid", "segment")
"""The key of each form by which it is told from the others."""

_ALIKE: Final = 0.7
"""How near a key has to be to one of them to be meant as it."""


def form_of(value: object) -> str:
    """The tag of what `on` has: an event, or the form whose key stands there, or one that looks like it."""
    if not isinstance(value, Table):
        return "_text"
    leads = [key for key in LEADS if key in value]
    near = [lead for key in value for lead in difflib.get_close_matches(key, LEADS, n=1, cutoff=_ALIKE)]
    return f"_{[*leads, *near, LEADS[0]][0]}"


def _some_form(value: object) -> object:
    """What `on` has, if it can be told which form that is."""
    if isinstance(value, Table) and not any(
        difflib.get_close_matches(key, LEADS, n=1, cutoff=_ALIKE) for key in value
    ):
        hint = f"an event stands alone, as in order.paid; in braces stand {', '.join(LEADS)}"
        refuse("M122", "this is nothing that can be listened to", hint)
    return value


Listened = Annotated[
    Annotated[Event, Tag("_text")]
    | Annotated[StageEnteredPart, Tag("_stage")]
    | Annotated[DateComesPart, Tag("_date")]
    | Annotated[MomentComesPart, Tag("_moment")]
    | Annotated[FallsQuietPart, Tag("_quiet")]
    | Annotated[ScoreCrossesPart, Tag("_score")]
    | Annotated[CellEnteredPart, Tag("_grid")]
    | Annotated[SegmentEnteredPart, Tag("_segment")],
    Discriminator(form_of),
    BeforeValidator(_some_form),
]
