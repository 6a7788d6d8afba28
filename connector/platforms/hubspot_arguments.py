"""What can be asked of HubSpot: one model an action, whose docstring is its sentence in the reference."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Final, Literal

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, StringConstraints, model_validator

from connector.model.action import ActionSpec, Kind
from connector.platforms.hubspot_values import FieldValue

Words = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1)]
Address = Annotated[
    str, StringConstraints(strip_whitespace=True, to_lower=True, pattern=r"^[^@\s]+@[^@\s]+$")
]
Choice = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, pattern=r"^[^;]+$")]
Number = Annotated[int, Field(ge=1)]


class Arguments(BaseModel):
    """What the models have in common: they are frozen, and an unknown argument is an error."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class UpdateContact(Arguments):
    """Sets properties of the contact, who is created where HubSpot does not know the e-mail address yet.

    A value that is missing leaves its property alone; an empty text clears it.
    """

    fields: Mapping[Words, FieldValue | None] = Field(
        min_length=1, description="property names and their values"
    )


class CreateTask(Arguments):
    """Creates a task for a colleague, on the contact."""

    title: Words = Field(description="what is to be done")
    body: str | None = Field(default=None, description="what is good to know for it")
    due: AwareDatetime = Field(description="when it is to be done")
    owner: Address | None = Field(
        default=None, description="e-mail address of the colleague; else the connection's `owner`"
    )
    priority: Literal["low", "medium", "high"] | None = Field(default=None, description="how urgent it is")
    type: Literal["call", "email", "todo"] = Field(default="todo", description="what kind of task it is")


class StartWorkflow(Arguments):
    """Enrols the contact in a workflow. What HubSpot started cannot be called back."""

    workflow: Number = Field(description="the number of the workflow, from its address in HubSpot")


class StartSequence(Arguments):
    """Enrols the contact in a sales sequence. What HubSpot started cannot be called back."""

    sequence: Number = Field(description="the number of the sequence, from its address in HubSpot")
    sender: Address = Field(description="the connected e-mail address that the sequence is sent from")
    user: Number = Field(description="the number of the HubSpot user who enrols; it needs a sales seat")


class AddToList(Arguments):
    """Adds the contact to a static list; whoever is on it already stays there."""

    list: Words = Field(description="the list's number, or its name where that is not a number")


class Tag(Arguments):
    """Adds and removes tags: choices of the multi-checkbox property `loods_tags`, which HubSpot must have."""

    add: tuple[Choice, ...] = Field(default=(), description="tags that the contact gets")
    remove: tuple[Choice, ...] = Field(default=(), description="tags that the contact loses")

    @model_validator(mode="after")
    def _says_something(self) -> Tag:
        if not self.add and not self.remove:
            raise ValueError("name at least one tag, to add or to remove")
        if both := set(self.add) & set(self.remove):
            raise ValueError(f"{min(both)} cannot be added and removed at once")
        return self


SPECS: Final = (
    ActionSpec("hubspot", "update_contact", UpdateContact, Kind.INTERNAL, is_idempotent=True),
    ActionSpec(
        "hubspot",
        "create_task",
        CreateTask,
        Kind.INTERNAL,
        is_idempotent=False,
        can_look_up=True,
        moments=frozenset({"due"}),
        can_close=True,
    ),
    ActionSpec("hubspot", "start_workflow", StartWorkflow, Kind.MARKETING, is_idempotent=False),
    ActionSpec(
        "hubspot", "start_sequence", StartSequence, Kind.MARKETING, is_idempotent=False, can_look_up=True
    ),
    ActionSpec("hubspot", "add_to_list", AddToList, Kind.INTERNAL, is_idempotent=True),
    ActionSpec("hubspot", "tag", Tag, Kind.INTERNAL, is_idempotent=True),
)
