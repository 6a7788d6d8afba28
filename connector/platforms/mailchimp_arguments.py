"""What can be asked of Mailchimp: one model an action, whose docstring is its sentence in the reference."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Final

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, model_validator

from connector.model.action import ActionSpec, Kind
from connector.platforms.mailchimp_values import FieldValue, PlainValue

Words = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1)]
TagName = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=100)]
EventName = Annotated[str, StringConstraints(strip_whitespace=True, min_length=2, max_length=30)]
Number = Annotated[int, Field(ge=1)]


class Arguments(BaseModel):
    """What the models have in common: they are frozen, and an unknown argument is an error."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class UpdateMember(Arguments):
    """Sets merge fields of the contact, who is put into the audience where they are not in it yet.

    Who is new becomes subscribed with consent (pending in an audience with double opt-in) and transactional
    without; whoever is in the audience keeps their status. A value that is missing leaves its field alone; an
    empty text clears it.
    """

    fields: Mapping[Words, FieldValue | None] = Field(default={}, description="merge tags and their values")
    language: Words | None = Field(default=None, description="the language code, as in `nl` or `pt_PT`")


class Tag(Arguments):
    """Adds and removes tags of the contact; tags that are not named stay as they are."""

    add: tuple[TagName, ...] = Field(default=(), description="tags that the contact gets")
    remove: tuple[TagName, ...] = Field(default=(), description="tags that the contact loses")

    @model_validator(mode="after")
    def _says_something(self) -> Tag:
        if not self.add and not self.remove:
            raise ValueError("name at least one tag, to add or to remove")
        if both := {name.lower() for name in self.add} & {name.lower() for name in self.remove}:
            raise ValueError(f"{min(both)} cannot be added and removed at once")
        return self


class StartJourney(Arguments):
    """Lets the contact into a journey at its API step. What Mailchimp started cannot be called back."""

    journey: Number = Field(description="the number of the journey, from the address that its step shows")
    step: Number = Field(description="the number of the step, from the same address")


class SendEvent(Arguments):
    """Tells Mailchimp that the contact did something; journeys and segments there can wait for it."""

    name: EventName = Field(description="the event's name, 2 to 30 characters")
    properties: Mapping[Words, PlainValue | None] = Field(default={}, description="what belongs to the event")


SPECS: Final = (
    ActionSpec("mailchimp", "update_member", UpdateMember, Kind.INTERNAL, is_idempotent=True),
    ActionSpec("mailchimp", "tag", Tag, Kind.INTERNAL, is_idempotent=True),
    ActionSpec("mailchimp", "start_journey", StartJourney, Kind.MARKETING, is_idempotent=False),
    ActionSpec("mailchimp", "send_event", SendEvent, Kind.MARKETING, is_idempotent=False, can_look_up=True),
)
