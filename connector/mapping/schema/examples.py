"""The keys of `examples`, the cases that prove a mapping; a chapter of `schema`.

The sentence below a key is its meaning in the reference and in editors.
"""

from __future__ import annotations

from typing import Annotated, Literal, TypeAlias

from pydantic import ConfigDict, Discriminator, Field, Tag

from connector.mapping.nodes import Table, Tree
from connector.mapping.part import Part
from connector.mapping.scalars import CHOICE, ONE_OR_MORE, Text, shape
from connector.mapping.schema.words import Event
from connector.mapping.terms import Place

WhyNot: TypeAlias = Annotated[
    Literal[
        "consent", "complaint", "limit", "late", "no", "cannot_tell", "entered_before", "if_no", "failed",
        "fact_known", "erased", "waits", "ended", "paused", "pressure", "held_out", "canary", "shadow",
        "outranked", "nothing_left",
    ],
    CHOICE,
]  # fmt: skip
"""Why a trigger did nothing; `decision.WHY_NOT` says which answer each word means."""


class OpenPart(Part):
    """A part whose other keys are names, of which the rest of the mapping says whether they exist."""

    model_config = ConfigDict(extra="allow")

    @property
    def others(self) -> dict[str, tuple[Place, Tree]]:
        """The keys that are not declared, each with its place and its value."""
        known, table = self.keys(), self._written
        return {key: (table.place_of(key), node) for key, node in table.items() if key not in known}


class CompanyGivenPart(OpenPart):
    """By what a company is known, and its fields: `{domain: acme.example, employees: 40}`."""

    @property
    def table(self) -> Table:
        """What was written."""
        return self._written


class GivenPart(OpenPart):
    """Something that happens; every other key is a subject that the event carries, with its fields."""

    at: Text
    """When it happens, in the time zone of the mapping: `"2026-11-02 10:00"`."""
    event: Event
    """What happens."""
    contact: dict[Text, Text] = Field(default_factory=dict)
    """By what the person is known: `email`, or an id of the connection (`customer`). What happens to a
    company alone has none."""
    connection: Text | None = None
    """Which connection tells it; without it, the one that told what happened before, if it can tell this too,
    else the first by name that can."""
    fields: dict[Text, Text] = Field(default_factory=dict)
    """What is said of the person, by field of a contact."""
    consent: dict[
        Annotated[Literal["email", "sms"], CHOICE], Annotated[Literal["given", "withdrawn"], CHOICE]
    ] = Field(default_factory=dict)
    """Consent by channel that comes with it."""
    company: CompanyGivenPart | None = None
    """The company of that person: its `domain` or `id`, by which it is known, and its fields."""


class NamedActionPart(OpenPart):
    """An action by its name, with its arguments in part."""


NamedAction = Annotated[
    Annotated[Text, Tag("_text")] | Annotated[NamedActionPart, Tag("_table")], Discriminator(shape)
]
NamedStage = Annotated[
    Annotated[Text, Tag("_text")] | Annotated[dict[Text, Text], Tag("_table")], Discriminator(shape)
]


class ExpectPart(Part):
    """What must be so in the end, and what must not."""

    stage: NamedStage | None = None
    """Where the contact stands: the stage, or a table of stages by journey."""
    actions: Annotated[tuple[NamedAction, ...], ONE_OR_MORE] = ()
    """Actions that are made, in this order, with any others between them; of the arguments only those that
    matter."""
    no_actions: Annotated[tuple[NamedAction, ...], ONE_OR_MORE] = ()
    """Actions that must not be made; `yes` means that nothing is done at all."""
    held_back: dict[Text, WhyNot] = Field(default_factory=dict)
    """By trigger, why it did nothing when it was last asked."""
    ended: dict[Text, Text] = Field(default_factory=dict)
    """By trigger, what ended its last run: an event that called it off, `unless` for a condition, `done`,
    `merged`, or a word of `held_back`."""

    @property
    def is_empty(self) -> bool:
        """Whether nothing is expected, and nothing was written that might have been meant so."""
        expected = self.stage or self.actions or self.no_actions or self.held_back or self.ended
        return not expected and self._written.keys() <= self.keys()


class ExamplePart(Part):
    """A case: what happens to somebody, and what must come of it."""

    name: Text
    """What it proves, in a sentence; `loods test` names it so."""
    given: Annotated[tuple[GivenPart, ...], ONE_OR_MORE]
    """What happens, in the order in which Loods learns of it."""
    at: Text | None = None
    """When it is looked at; without it, after the last that is given. What waits goes on until then."""
    arms: dict[Text, Text] = Field(default_factory=dict)
    """By trigger, the arm in which everybody is: one of its `split`, `held_out` or `treated`."""
    expect: ExpectPart
    """What must come of it."""
