"""The keys of a source file."""

from __future__ import annotations

from datetime import timedelta
from typing import Annotated, Literal

from pydantic import Discriminator, Field, Tag

from connector.mapping.nodes import Table
from connector.mapping.part import Part
from connector.mapping.scalars import (
    CHOICE,
    ONE_OR_MORE,
    Code,
    Duration,
    HyphenedName,
    Name,
    Text,
    YesNo,
    shape,
)
from connector.mapping.schema.words import Channel, Event, Fact, Filled, Subject
from connector.mapping.source import Scheme


class VerifyPart(Part):
    """How a source proves that a webhook is its own."""

    scheme: Annotated[Scheme, CHOICE]
    """How what was sent is signed."""
    header: Text | None = None
    """The header that carries the signature or the token, where the scheme does not fix it."""
    query: Text | None = None
    """The parameter of the address that carries the token."""
    path: YesNo = False
    """Whether the token may stand behind the address: `/webhooks/NAME/TOKEN`."""
    encoding: Annotated[Literal["base64", "hex"], CHOICE] = "hex"
    """How the signature is written."""
    prefix: Text | None = None
    """What stands before the signature in the header, as in `sha256=`."""
    signed: Text | None = None
    """What is signed, if it is not the body alone, as in `"{{ timestamp }}.{{ body }}"`; also `body_base64`,
    `method`, `url` and `headers['X-Name']`."""
    timestamp: Text | None = None
    """The header with the time that is signed, in seconds or milliseconds since 1970."""
    tolerance: Duration = timedelta(minutes=5)
    """How old a time that was signed may be."""


class DeliveryPart(Part):
    """What is read of a delivery itself."""

    topic: Code
    """The source's own name for what happened."""
    occurred_at: Code | None = None
    """When it happened; without it, when the delivery came."""
    key: Annotated[tuple[Code, ...], ONE_OR_MORE]
    """What makes a delivery unique; the name of its event is always part of it. May also use `topic` and
    `body_hash`."""


class ConsentPart(Part):
    """When a delivery is fresh evidence, and when it is a withdrawal."""

    given: Code | None = None
    """Yes where this very delivery is consent; a no says nothing."""
    withdrawn: Code | None = None
    """Yes where this very delivery withdraws it."""


class ContactPart(Part):
    """What a delivery says of the person."""

    identities: dict[Name, Annotated[tuple[Code, ...], ONE_OR_MORE]] = Field(default_factory=dict)
    """By what the person is known: `email`, or ids of your own naming; several of a kind are one person's."""
    fields: dict[Text, Code] = Field(default_factory=dict)
    """What is said of the person, by field of a contact."""
    consent: dict[Channel, ConsentPart] = Field(default_factory=dict)
    """Consent by channel."""


class CompanyPart(Part):
    """What a delivery says of the company of the person, or of a company alone."""

    identities: dict[Annotated[Literal["id", "domain"], CHOICE], Code] = Field(default_factory=dict)
    """By what the company is known: its own `id` there, or its `domain`; a name identifies nothing."""
    fields: dict[Text, Code] = Field(default_factory=dict)
    """What is said of the company, by field of a company."""


class EachPart(Part):
    """A list of a subject: each element of `each` is `item` in the expressions of `as`."""

    each: Code
    """The list."""
    as_: Annotated[dict[Text, Code], Field(alias="as")]
    """The fields of each element, which is `item` here."""


class TypedPart(Part):
    """A field of `data`, which an event of your own carries; an expression alone is a text."""

    value: Code
    """What it holds."""
    type: Annotated[Literal["text", "number", "yes/no", "date", "time"], CHOICE]
    """What that is, for the conditions of rules."""


def field_shape(value: object) -> str:
    """The tag of a field: an expression, a list, or one with its type."""
    return "_list" if isinstance(value, Table) and ("each" in value or "as" in value) else shape(value)


PlainField = Annotated[
    Annotated[Code, Tag("_text")] | Annotated[TypedPart, Tag("_table")], Discriminator(shape)
]
SubjectField = Annotated[
    Annotated[Code, Tag("_text")] | Annotated[EachPart, Tag("_list")] | Annotated[TypedPart, Tag("_table")],
    Discriminator(field_shape),
]


class EventPart(Part):
    """An event that a topic means; without `name`, only what an order's status says."""

    name: Event | None = None
    """The event; without it the topic only tells what an order's status says."""
    carries: Annotated[tuple[Subject, ...], ONE_OR_MORE] = ()
    """The subjects that come with it."""
    when: Code | None = None
    """Only where this is yes."""
    at: Code | None = None
    """When it happened, where that is another time than the delivery's."""
    fields: dict[Filled, dict[Text, PlainField]] = Field(default_factory=dict)
    """Fields of subjects, or of the `contact`, that differ for this event."""
    identities: dict[Name, Annotated[tuple[Code, ...], ONE_OR_MORE]] = Field(default_factory=dict)
    """Identities that differ for this event."""
    consent: dict[Channel, ConsentPart] = Field(default_factory=dict)
    """Consent that differs for this event."""
    company: CompanyPart | None = None
    """What differs of the company for this event."""


class FetchPart(Part):
    """What completes a payload that says little more than an id: the answer is `fetched` in the expressions
    of the contact, the subjects and the events."""

    path: Text
    """Where it is read, below the `url` of the connection, as in `"/api/orders/{{ body.id }}"`."""
    when: Code | None = None
    """Only where this is yes."""


class ResendsPart(Part):
    """What the sender does about a webhook that was not taken. While more comes than can be stored, those
    who resend longest are turned away first."""

    for_: Annotated[Duration, Field(alias="for")]
    """How long it goes on sending it again."""
    busy: Annotated[Literal["too_many", "unavailable"], CHOICE] = "unavailable"
    """What it takes for "come again later": status 429 or 503."""


class SourcePart(Part):
    """How one kind of webhook becomes events; the rest of a file that has `source: NAME`."""

    replaces: HyphenedName | None = None
    """The source of Loods whose place it takes: whoever names that one gets this."""
    verify: VerifyPart
    """How a webhook proves that it is the source's own."""
    delivery: DeliveryPart
    """What is read of each delivery."""
    parse: Annotated[Literal["json", "form"], CHOICE] = "json"
    """How the body is written."""
    split: Code | None = None
    """The list of which each element is a delivery of its own; it is then `body`."""
    fetch: FetchPart | None = None
    """What is read at the source's API where the payload says too little."""
    handshake: Annotated[Literal["none", "get", "ping"], CHOICE] = "none"
    """What is answered at first contact."""
    resends: ResendsPart | None = None
    """How long the sender sends again what was not taken; without it, never."""
    echo: Code | None = None
    """The id of the app that caused a change."""
    contact: ContactPart | None = None
    """What a delivery says of the person."""
    company: CompanyPart | None = None
    """What a delivery says of the company."""
    subjects: dict[Subject, dict[Text, SubjectField]] = Field(default_factory=dict)
    """The fields of each subject."""
    statuses: dict[Fact, Annotated[tuple[Text, ...], ONE_OR_MORE]] = Field(default_factory=dict)
    """Which statuses of an order mean that it is placed, paid, payment_failed, shipped, delivered, cancelled
    or refunded."""
    status_times: dict[Fact, Code] = Field(default_factory=dict)
    """When that became so."""
    events: dict[Text, Annotated[tuple[EventPart, ...], ONE_OR_MORE]]
    """By topic, the event that it means, or a list of them; `*` in a topic stands for anything."""
    keep: Annotated[tuple[Text, ...], ONE_OR_MORE] | None = None
    """The fields that events may have, as `contact.city`, `order.total`, or `order` for all of it; what is
    not named is forgotten once it is read. Ids are always kept. Without it, all that is read."""
    ignore: Annotated[tuple[Text, ...], ONE_OR_MORE] = ()
    """Topics that mean nothing here; `*` stands for anything."""
