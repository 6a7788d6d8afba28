"""What can be asked of Mailchimp: one model an action, whose docstring is its sentence in the reference."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Final

from pydantic import AfterValidator, Field, StringConstraints, model_validator

from connector.model.action import ActionSpec, Effect, Kind, always, on_request
from connector.model.naming import Names, Thing
from connector.platforms.joining import with_later_tags, with_later_values
from connector.platforms.mailchimp.shop_arguments import (
    Arguments,
    RemoveCart,
    UpdateCart,
    UpdateOrder,
    Words,
)
from connector.platforms.mailchimp.values import FieldValue, PlainValue, fitting

TagName = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=100)]
EventName = Annotated[str, StringConstraints(strip_whitespace=True, min_length=2, max_length=30)]
NoteText = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=1000)]
MergeTag = Annotated[
    str, StringConstraints(strip_whitespace=True, min_length=1, max_length=10, pattern=r"^\s*\w+\s*$")
]
FieldWritten = Annotated[FieldValue, AfterValidator(fitting)]
Number = Annotated[int, Field(ge=1)]

STORE: Final = frozenset({"store"})
"""The setting of a connection that carts and orders need."""


class UpdateMember(Arguments):
    """Sets merge fields of the contact, who is put into the audience where they are not in it yet.

    Who is new becomes subscribed with consent (pending in an audience with double opt-in) and transactional
    without; whoever is in the audience keeps their status. A value that is missing leaves its field alone; an
    empty text clears it.
    """

    fields: Annotated[Mapping[MergeTag, FieldWritten | None], Names(Thing.MERGE_FIELD)] = Field(
        default={}, description="merge tags and their values, of at most 255 bytes each"
    )
    language: Words | None = Field(default=None, description="the language code, as in `nl` or `pt_PT`")


class Tag(Arguments):
    """Adds and removes tags of the contact; tags that are not named stay as they are."""

    add: Annotated[tuple[TagName, ...], Names(Thing.TAG)] = Field(
        default=(), description="tags that the contact gets"
    )
    remove: Annotated[tuple[TagName, ...], Names(Thing.TAG)] = Field(
        default=(), description="tags that the contact loses"
    )

    @model_validator(mode="after")
    def _says_something(self) -> Tag:
        if not self.add and not self.remove:
            raise ValueError("name at least one tag, to add or to remove")
        if both := {name.lower() for name in self.add} & {name.lower() for name in self.remove}:
            raise ValueError(f"{min(both)} cannot be added and removed at once")
        return self


class StartJourney(Arguments):
    """Lets the contact into a journey at its API step. What Mailchimp started cannot be called back."""

    journey: Annotated[Number, Names(Thing.JOURNEY)] = Field(
        description="the number of the journey, from the address that its step shows"
    )
    step: Annotated[Number, Names(Thing.JOURNEY_STEP, of="journey")] = Field(
        description="the number of the step, from the same address"
    )


class SendEvent(Arguments):
    """Tells Mailchimp that the contact did something; journeys and segments there can wait for it."""

    name: Annotated[EventName, Names(Thing.EVENT)] = Field(description="the event's name, 2 to 30 characters")
    properties: Mapping[Words, PlainValue | None] = Field(default={}, description="what belongs to the event")


class StartAutomation(Arguments):
    """Puts the contact into the queue of an e-mail of a classic automation.

    Mailchimp lets each contact in once: for whom was there before, nothing more happens. What Mailchimp
    started cannot be called back.
    """

    automation: Annotated[Words, Names(Thing.AUTOMATION)] = Field(description="the id of the automation")
    email: Annotated[Words, Names(Thing.AUTOMATION_EMAIL, of="automation")] = Field(
        description="the id of its e-mail, which the automation begins with for this contact"
    )


class AddNote(Arguments):
    """Writes a note on the contact, for colleagues."""

    text: NoteText = Field(description="the note, at most 1,000 characters")


class Unsubscribe(Arguments):
    """Unsubscribes the contact, who asked for it: only they themselves can come back.

    Somebody who merely became less interesting is archived or tagged instead.
    """


class Archive(Arguments):
    """Archives the contact, who then gets nothing and is not paid for; what is known of them stays.

    `update_member` brings them back.
    """


SPECS: Final = (
    ActionSpec(
        "mailchimp",
        "update_member",
        UpdateMember,
        Kind.INTERNAL,
        is_idempotent=True,
        join=with_later_values,
        effect=Effect.ADDS,
        verifies=on_request,
    ),
    ActionSpec(
        "mailchimp",
        "tag",
        Tag,
        Kind.INTERNAL,
        is_idempotent=True,
        join=with_later_tags,
        effect=Effect.ADDS,
        verifies=always,
    ),
    ActionSpec(
        "mailchimp",
        "start_journey",
        StartJourney,
        Kind.MARKETING,
        is_idempotent=False,
        effect=Effect.ADDS_CONSENTING,
    ),
    ActionSpec(
        "mailchimp",
        "send_event",
        SendEvent,
        Kind.MARKETING,
        is_idempotent=False,
        can_look_up=True,
        effect=Effect.ADDS,
    ),
    ActionSpec(
        "mailchimp",
        "start_automation",
        StartAutomation,
        Kind.MARKETING,
        is_idempotent=True,
        effect=Effect.ADDS_CONSENTING,
    ),
    ActionSpec(
        "mailchimp",
        "add_note",
        AddNote,
        Kind.INTERNAL,
        is_idempotent=False,
        can_look_up=True,
        effect=Effect.ADDS,
    ),
    ActionSpec(
        "mailchimp",
        "update_cart",
        UpdateCart,
        Kind.MARKETING,
        is_idempotent=True,
        needs=STORE,
        effect=Effect.ADDS,
        is_shared=True,
    ),
    ActionSpec(
        "mailchimp",
        "remove_cart",
        RemoveCart,
        Kind.INTERNAL,
        is_idempotent=True,
        needs=STORE,
        is_shared=True,
    ),
    ActionSpec(
        "mailchimp",
        "update_order",
        UpdateOrder,
        Kind.SERVICE,
        is_idempotent=True,
        needs=STORE,
        effect=Effect.ADDS,
        is_shared=True,
    ),
    ActionSpec("mailchimp", "unsubscribe", Unsubscribe, Kind.INTERNAL, is_idempotent=True, verifies=always),
    ActionSpec(
        "mailchimp",
        "archive",
        Archive,
        Kind.INTERNAL,
        is_idempotent=True,
        effect=Effect.ARCHIVES,
        verifies=always,
    ),
)
