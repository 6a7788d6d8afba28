"""The keys of `triggers`."""

from __future__ import annotations

from typing import Annotated, ClassVar, Final, Literal

from pydantic import BeforeValidator, Discriminator, Field, Tag

from connector.mapping.part import Part
from connector.mapping.scalars import CHOICE, ONE_OR_MORE, Code, Duration, FrequencyText, Text, shape
from connector.mapping.schema.steps import StepPart
from connector.mapping.schema.words import Event, built

ONCE_LATER: Final = frozenset({"company", "order item"})


def _once(value: object) -> str:
    return built(value, ONCE_LATER)


class EntryPart(Part):
    """What a trigger listens to besides events: entries of a stage."""

    later: ClassVar[frozenset[str]] = frozenset(
        {
            "date", "at", "every", "moment", "before", "after", "for", "quiet", "since",
            "score", "above", "below", "grid", "segment",
        }
    )  # fmt: skip

    stage: Text
    """A stage that is entered, as `care` or, where several journeys have it, `main.care`."""


Listened = Annotated[
    Annotated[Event, Tag("_text")] | Annotated[EntryPart, Tag("_table")], Discriminator(shape)
]


class TriggerPart(Part):
    """What to do when something happens; the rest of a file that has `trigger: NAME`."""

    later: ClassVar[frozenset[str]] = frozenset(
        {
            "wait", "restart", "unless", "for_each", "hours", "pressure", "priority", "group",
            "loser", "suggest", "hold_out", "split", "goal", "mode", "blast", "stop_at",
        }
    )  # fmt: skip

    about: Text | None = None
    """What it is for, in a sentence."""
    angle: Annotated[Literal["interaction", "lifecycle", "life_stage", "world"], CHOICE] = "interaction"
    """From which side the contact is seen."""
    kind: Annotated[Literal["marketing", "service", "internal"] | None, CHOICE] = None
    """How it is guarded: `marketing` needs consent and waits for complaints; without it, the most guarded of
    its actions decides."""
    on: Annotated[tuple[Listened, ...], ONE_OR_MORE]
    """An event, a list of events, or `{stage: care}`: an entry of a stage."""
    when: Code | None = None
    """Only where this is yes."""
    once_per: Annotated[Literal["subject", "contact"], BeforeValidator(_once), Field(alias="once per")] = (
        "subject"
    )
    """How often it may act: once for each order, cart, …, or once for a contact."""
    limit: FrequencyText | None = None
    """How often it may act for one contact."""
    late: Duration | None = None
    """An event that is older than this starts nothing; without it, as the defaults say for its kind."""
    do: Annotated[tuple[StepPart, ...], ONE_OR_MORE]
    """The steps, each an action with `if` and `name` beside it."""
