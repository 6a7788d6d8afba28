"""What can be asked of HubSpot: one model an action, whose docstring is its sentence in the reference."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Final

from pydantic import Field, model_validator

from connector.model.action import ActionSpec, Closer, Effect, Kept, Kind, always, on_request
from connector.model.action import Arguments as Values
from connector.model.naming import Names, Thing
from connector.platforms.hubspot.record_arguments import (
    AddNote,
    CompleteTask,
    CreateDeal,
    CreateTask,
    CreateTicket,
    UpdateCompany,
    UpdateDeal,
)
from connector.platforms.hubspot.terms import STAGE, Address, Arguments, Choice, Fields, Number, Words
from connector.platforms.joining import with_later_tags, with_later_values


class UpdateContact(Arguments):
    """Sets properties of the contact, who is created where HubSpot does not know the e-mail address yet.

    A value that is missing leaves its property alone; an empty text clears it. A lifecycle stage is read
    back.
    """

    fields: Annotated[Fields, Names(Thing.CONTACT_PROPERTY)] = Field(
        min_length=1, description="property names and their values"
    )


class SetOwner(Arguments):
    """Makes a colleague the owner of the contact."""

    owner: Annotated[Address, Names(Thing.OWNER)] = Field(description="e-mail address of the colleague")


class StartWorkflow(Arguments):
    """Enrols the contact in a workflow. What HubSpot started cannot be called back."""

    workflow: Annotated[Number, Names(Thing.WORKFLOW)] = Field(
        description="the number by which the API enrols, which `loods doctor` tells; not that of its address"
    )


class StartSequence(Arguments):
    """Enrols the contact in a sales sequence. What HubSpot started cannot be called back.

    HubSpot refuses a sender whose inbox is not connected, a user without a seat, and whoever is in a sequence
    already: `or_task` gives the sender a task then, and without it the action is dead.
    """

    sequence: Annotated[Number, Names(Thing.SEQUENCE, of="user")] = Field(
        description="the number of the sequence, from its address in HubSpot"
    )
    sender: Annotated[Address, Names(Thing.SENDER, of="user")] = Field(
        description="the connected e-mail address that the sequence is sent from"
    )
    user: Annotated[Number, Names(Thing.USER)] = Field(
        description="the number of the HubSpot user who enrols; it needs a sales seat"
    )
    or_task: Words | None = Field(
        default=None, description="the title of a task for the sender where HubSpot refuses to enrol"
    )


class AddToList(Arguments):
    """Adds the contact to a static list; whoever is on it already stays there."""

    list: Annotated[Words, Names(Thing.LIST)] = Field(
        description="the list's number, or its name where that is not a number"
    )


class RemoveFromList(Arguments):
    """Takes the contact off a static list; whoever is not on it stays off."""

    list: Annotated[Words, Names(Thing.LIST)] = Field(
        description="the list's number, or its name where that is not a number"
    )


class Tag(Arguments):
    """Adds and removes tags: choices of the multi-checkbox property `loods_tags`, which HubSpot must have.

    Where the connection says `tags: lists`, each tag is a static list of its name.
    """

    add: Annotated[tuple[Choice, ...], Names(Thing.TAG)] = Field(
        default=(), description="tags that the contact gets"
    )
    remove: Annotated[tuple[Choice, ...], Names(Thing.TAG)] = Field(
        default=(), description="tags that the contact loses"
    )

    @model_validator(mode="after")
    def _says_something(self) -> Tag:
        if not self.add and not self.remove:
            raise ValueError("name at least one tag, to add or to remove")
        if both := set(self.add) & set(self.remove):
            raise ValueError(f"{min(both)} cannot be added and removed at once")
        return self


class SendEvent(Arguments):
    """Tells HubSpot that the contact did something: an event of its own that HubSpot must have.

    HubSpot keeps one event for one action, however often it is sent. Workflows there may wait for it.
    """

    name: Annotated[Words, Names(Thing.EVENT)] = Field(
        description="the event's internal name, as in `pe1234567_quiz_taken`"
    )
    properties: Annotated[Fields, Names(Thing.EVENT_PROPERTY, of="name")] = Field(
        default={}, description="what belongs to the event"
    )


class Unsubscribe(Arguments):
    """Takes the contact off HubSpot's e-mail, or off one subscription type of it.

    Only for somebody who has asked for it: HubSpot lets nobody but the person undo it by themselves.
    """

    subscription: Annotated[Number | None, Names(Thing.SUBSCRIPTION)] = Field(
        default=None, description="the number of the subscription type; else all marketing e-mail"
    )


_STAGE_KEPT: Final = Kept(STAGE, "stage_property")
"""HubSpot moves stages by itself, too, and mostly forwards only: the one that was meant stays readable."""


def _sets_stage(arguments: Values) -> bool:
    """HubSpot has ways of its own with lifecycle stages, so that they are read back."""
    fields = arguments.get("fields")
    return isinstance(fields, Mapping) and STAGE in fields


SPECS: Final = (
    ActionSpec(
        "hubspot",
        "update_contact",
        UpdateContact,
        Kind.INTERNAL,
        is_idempotent=True,
        join=with_later_values,
        effect=Effect.ADDS,
        verifies=_sets_stage,
        kept=_STAGE_KEPT,
    ),
    ActionSpec(
        "hubspot",
        "update_company",
        UpdateCompany,
        Kind.INTERNAL,
        is_idempotent=True,
        join=with_later_values,
        is_shared=True,
        kept=_STAGE_KEPT,
    ),
    ActionSpec(
        "hubspot",
        "create_task",
        CreateTask,
        Kind.INTERNAL,
        is_idempotent=False,
        can_look_up=True,
        moments=frozenset({"due"}),
        closer=Closer("complete_task", "task"),
        effect=Effect.ADDS,
        verifies=on_request,
    ),
    ActionSpec("hubspot", "complete_task", CompleteTask, Kind.INTERNAL, is_idempotent=True),
    ActionSpec(
        "hubspot", "start_workflow", StartWorkflow, Kind.MARKETING, is_idempotent=False, effect=Effect.ENROLS
    ),
    ActionSpec(
        "hubspot",
        "start_sequence",
        StartSequence,
        Kind.MARKETING,
        is_idempotent=False,
        can_look_up=True,
        effect=Effect.ADDS,
        verifies=always,
    ),
    ActionSpec(
        "hubspot",
        "add_to_list",
        AddToList,
        Kind.INTERNAL,
        is_idempotent=True,
        effect=Effect.ADDS,
        verifies=on_request,
    ),
    ActionSpec(
        "hubspot", "remove_from_list", RemoveFromList, Kind.INTERNAL, is_idempotent=True, verifies=on_request
    ),
    ActionSpec(
        "hubspot",
        "tag",
        Tag,
        Kind.INTERNAL,
        is_idempotent=True,
        join=with_later_tags,
        effect=Effect.ADDS,
        verifies=always,
        is_shared=True,
    ),
    ActionSpec(
        "hubspot",
        "add_note",
        AddNote,
        Kind.INTERNAL,
        is_idempotent=False,
        can_look_up=True,
        effect=Effect.ADDS,
        verifies=on_request,
    ),
    ActionSpec(
        "hubspot",
        "create_deal",
        CreateDeal,
        Kind.INTERNAL,
        is_idempotent=False,
        can_look_up=True,
        moments=frozenset({"closes"}),
        effect=Effect.ADDS,
        verifies=on_request,
    ),
    ActionSpec("hubspot", "update_deal", UpdateDeal, Kind.INTERNAL, is_idempotent=True, is_shared=True),
    ActionSpec(
        "hubspot",
        "create_ticket",
        CreateTicket,
        Kind.INTERNAL,
        is_idempotent=False,
        can_look_up=True,
        effect=Effect.ADDS,
        verifies=on_request,
    ),
    ActionSpec("hubspot", "send_event", SendEvent, Kind.MARKETING, is_idempotent=True, effect=Effect.ADDS),
    ActionSpec(
        "hubspot",
        "set_owner",
        SetOwner,
        Kind.INTERNAL,
        is_idempotent=True,
        effect=Effect.ADDS,
        verifies=on_request,
    ),
    ActionSpec("hubspot", "unsubscribe", Unsubscribe, Kind.INTERNAL, is_idempotent=True, verifies=always),
)
