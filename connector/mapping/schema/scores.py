"""The keys of `scores`, and of the follow-up grid that stands among them."""

from __future__ import annotations

from typing import Annotated

from pydantic import ConfigDict, Field

from connector.mapping.nodes import Written
from connector.mapping.part import Part
from connector.mapping.scalars import ONE_OR_MORE, Code, Duration, FrequencyText, Name, Number, Text, YesNo
from connector.mapping.schema.steps import StepPart
from connector.mapping.schema.words import Event


class PointsPart(Part):
    """What gives points, or takes them away."""

    on: Annotated[tuple[Event, ...], ONE_OR_MORE] = ()
    """The events that each give the points; without it they follow from what the contact is, as long as it
    is so."""
    when: Code | None = None
    """Only where this is yes."""
    add: Number
    """How many points; less than nothing takes them away."""
    at_most: FrequencyText | None = None
    """How often they can be given, as in `3 per day`."""
    once: YesNo = False
    """Given a single time."""
    expires: Duration | None = None
    """After how long they are gone."""


class ScorePart(Part):
    """A score of a contact, to be asked as `contact.scores.NAME`."""

    half_life: Duration | None = None
    """The time in which half of what events gave fades away."""
    between: tuple[Number, ...] = ()
    """The lowest and the highest that it can be, as in `[-100, 200]`."""
    points: Annotated[tuple[PointsPart, ...], ONE_OR_MORE]
    """What gives points; everything that fits counts."""


class CellPart(Part):
    """A cell of the follow-up grid."""

    name: Text | None = None
    """As people call it."""
    do: Annotated[tuple[StepPart, ...], ONE_OR_MORE] = ()
    """What is done when a contact comes into it."""


class GridPart(Part):
    """The follow-up model: `grid` among the scores. Two scores stand side by side, each under its own name
    with its levels, and each level with the points from which it holds."""

    model_config = ConfigDict(extra="allow")
    __pydantic_extra__: dict[str, dict[Name, Number]] = Field(init=False)

    cells: dict[Text, CellPart] = Field(default_factory=dict)
    """By a level of each, as in `hot/good`, what that means and does."""

    @property
    def levels(self) -> dict[Written, dict[Name, Number]]:
        """The levels of each score, in the order in which they stand."""
        written = self._written.keys_written
        return {written[score]: levels for score, levels in self.__pydantic_extra__.items()}
