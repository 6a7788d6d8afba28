"""What can be asked of HubSpot's records beside the contact: companies, tasks, notes, deals and tickets.

One model an action, whose docstring is its sentence in the reference.
"""

from __future__ import annotations

from decimal import Decimal
from typing import Annotated, Literal

from pydantic import AwareDatetime, Field, StringConstraints, model_validator

from connector.model.naming import Names, Thing
from connector.platforms.hubspot.terms import Address, Arguments, Fields, Number, Words

NoteText = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=65_536)]
"""HubSpot takes no longer note (developers.hubspot.com, notes)."""
OWNER = "e-mail address of the colleague; else the connection's `owner`"


class UpdateCompany(Arguments):
    """Sets properties of the company that HubSpot has for the contact, the primary one of several.

    A company is never made. A value that is missing leaves its property alone; an empty text clears it.
    """

    fields: Annotated[Fields, Names(Thing.COMPANY_PROPERTY)] = Field(
        min_length=1, description="property names and their values"
    )


class CreateTask(Arguments):
    """Creates a task for a colleague, on the contact."""

    title: Words = Field(description="what is to be done")
    body: str | None = Field(default=None, description="what is good to know for it")
    due: AwareDatetime = Field(description="when it is to be done")
    owner: Annotated[Address | None, Names(Thing.OWNER)] = Field(default=None, description=OWNER)
    priority: Literal["low", "medium", "high"] | None = Field(default=None, description="how urgent it is")
    type: Literal["call", "email", "todo"] = Field(default="todo", description="what kind of task it is")


class CompleteTask(Arguments):
    """Marks tasks as done: those of the contact with this title, or the one with this number.

    Where the contact has no such task that is still open, nothing is left to do.
    """

    title: Words | None = Field(default=None, description="the title, as the task was given it")
    task: Number | None = Field(default=None, description="or: the number of the task in HubSpot")

    @model_validator(mode="after")
    def _names_one(self) -> CompleteTask:
        if (self.title is None) == (self.task is None):
            raise ValueError("name the task by its title or by its number")
        return self


class AddNote(Arguments):
    """Puts a note on the contact, dated when the rule was decided."""

    text: NoteText = Field(description="what the note says")


class CreateDeal(Arguments):
    """Creates a deal, on the contact."""

    name: Words = Field(description="what the deal is called")
    stage: Annotated[Words, Names(Thing.DEAL_STAGE, of="pipeline")] = Field(
        description="the internal name of its stage, from the settings of the pipeline"
    )
    pipeline: Annotated[Words | None, Names(Thing.DEAL_PIPELINE)] = Field(
        default=None, description="the pipeline's internal name; else the default"
    )
    amount: Decimal | None = Field(default=None, description="what it is worth")
    closes: AwareDatetime | None = Field(default=None, description="when it is expected to close")
    owner: Annotated[Address | None, Names(Thing.OWNER)] = Field(default=None, description=OWNER)
    fields: Annotated[Fields, Names(Thing.DEAL_PROPERTY)] = Field(
        default={}, description="further properties, by name"
    )


class UpdateDeal(Arguments):
    """Changes a deal: the contact's newest with this name, or the one with this number."""

    name: Words | None = Field(default=None, description="what the deal is called")
    deal: Number | None = Field(default=None, description="or: the number of the deal in HubSpot")
    stage: Annotated[Words | None, Names(Thing.DEAL_STAGE)] = Field(
        default=None, description="the internal name of the stage that it comes to"
    )
    amount: Decimal | None = Field(default=None, description="what it is worth")
    fields: Annotated[Fields, Names(Thing.DEAL_PROPERTY)] = Field(
        default={}, description="further properties, by name"
    )

    @model_validator(mode="after")
    def _says_what(self) -> UpdateDeal:
        if (self.name is None) == (self.deal is None):
            raise ValueError("name the deal by its name or by its number")
        if self.stage is None and self.amount is None and not self.fields:
            raise ValueError("say what changes: stage, amount or fields")
        return self


class CreateTicket(Arguments):
    """Creates a ticket for the service team, on the contact."""

    subject: Words = Field(description="what it is about")
    body: str | None = Field(default=None, description="what the customer said, and what is good to know")
    stage: Annotated[Words, Names(Thing.TICKET_STAGE, of="pipeline")] = Field(
        default="1", description="the number of its stage; that of a new ticket is 1"
    )
    pipeline: Annotated[Words, Names(Thing.TICKET_PIPELINE)] = Field(
        default="0", description="the number of its pipeline; that of the first is 0"
    )
    priority: Literal["low", "medium", "high"] | None = Field(default=None, description="how urgent it is")
    owner: Annotated[Address | None, Names(Thing.OWNER)] = Field(default=None, description=OWNER)
    fields: Annotated[Fields, Names(Thing.TICKET_PROPERTY)] = Field(
        default={}, description="further properties, by name"
    )
