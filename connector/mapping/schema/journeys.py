"""The keys of `journeys`."""

from __future__ import annotations

from typing import Annotated, Final, Literal, TypeAlias, get_args

from pydantic import Field

from connector.mapping.part import Part
from connector.mapping.scalars import CHOICE, ONE_OR_MORE, Code, Duration, Name, Text, YesNo
from connector.mapping.schema.steps import StepPart
from connector.mapping.schema.words import Event


class StagePart(Part):
    """A stage of a journey."""

    label: Text
    """As people call it."""
    about: Text | None = None
    """What it means that a contact is there."""


class MovePart(Part):
    """What takes a contact to a stage."""

    on: Annotated[tuple[Event, ...], ONE_OR_MORE] = ()
    """The events that may move a contact."""
    quiet: Duration | None = None
    """Instead of `on`: moved when none of `since` has happened for so long; with `from`."""
    since: Annotated[tuple[Event, ...], ONE_OR_MORE] = ()
    """With `quiet`: the events of which the last begins the quiet."""
    to: Text
    """The stage that it comes to."""
    from_: Annotated[Text | None, Field(alias="from")] = None
    """Only from this stage, also backward; without it a move only goes forward."""
    when: Code | None = None
    """Only where this is yes."""
    cycle: YesNo = False
    """With a `from` that stands behind `to`: the contact goes through the stages once more, and
    `contact.cycle` is one higher."""


Preset: TypeAlias = Literal[
    "see_think_do_care", "five_a", "four_phase", "buyer_and_customer", "hubspot_lifecycle"
]


PRESETS: Final[tuple[str, ...]] = get_args(Preset)


class JourneyPart(Part):
    """Ordered stages and what moves a contact between them."""

    preset: Annotated[Preset | None, CHOICE] = None
    """A journey that comes with Loods, with whose stages and moves this one begins."""
    name: Text | None = None
    """As people call it."""
    subject: Annotated[Literal["contact", "company"], CHOICE] = "contact"
    """Who goes through it: each contact, or each company by what all its people do."""
    stages: dict[Name, StagePart] = Field(default_factory=dict)
    """The stages, first to last."""
    moves: tuple[MovePart, ...] = ()
    """What moves a contact on; read from the top, the first that fits decides."""
    enter: dict[Text, Annotated[tuple[StepPart, ...], ONE_OR_MORE]] = Field(default_factory=dict)
    """By stage, what is done when a contact comes into it."""
