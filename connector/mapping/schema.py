"""Every key of the mapping language, each part of it a model; the only place where a key exists, hence long.

The sentence below a key is its meaning in the reference and in editors.

A key in `later` is specified but not built: it is refused by name. Values are read by the declared types of
`scalars`; expressions stay texts here, because what they may name depends on the rest of the mapping.
"""

from __future__ import annotations

from datetime import timedelta
from typing import Annotated, Any, ClassVar, Final, Literal, TypeAlias, get_args

from pydantic import (
    BeforeValidator,
    ConfigDict,
    Discriminator,
    Field,
    GetJsonSchemaHandler,
    Tag,
    WithJsonSchema,
)
from pydantic_core import CoreSchema

from connector.mapping.json_forms import one_of
from connector.mapping.mapping import Place, Scheme, Setting
from connector.mapping.nodes import Table, Tree, Written
from connector.mapping.part import Part
from connector.mapping.scalars import (
    CHOICE,
    ONE_OR_MORE,
    Code,
    Duration,
    FrequencyText,
    HyphenedName,
    Name,
    SecretText,
    SettingText,
    Text,
    not_built,
    read_text,
    refuse,
    shape,
)
from connector.model.action import Kind
from connector.model.vocabulary import EVENTS, FACTS, SUBJECTS

SCHEMES_LATER: Final = frozenset(
    {"shopware", "rsa-sha256", "basic", "hmac-sha512", "hmac-sha1", "hubspot-v2"}
)
ONCE_LATER: Final = frozenset({"company", "order item"})

Event: TypeAlias = Annotated[
    Text,
    WithJsonSchema(
        {"title": "event", "anyOf": [{"enum": list(EVENTS)}, {"type": "string", "pattern": r"^custom\."}]}
    ),
]
Subject: TypeAlias = Annotated[Text, one_of("subject", SUBJECTS)]
Filled: TypeAlias = Annotated[Text, one_of("subject or contact", [*SUBJECTS, "contact"])]
Fact: TypeAlias = Annotated[Text, one_of("fact", FACTS)]
Channel: TypeAlias = Annotated[Text, one_of("channel", ("email", "sms"))]


def _built(value: object, later: frozenset[str]) -> str:
    word = str(read_text(value))
    if word in later:
        refuse(*not_built(word))
    return word


def _scheme(value: object) -> str:
    return _built(value, SCHEMES_LATER)


def _once(value: object) -> str:
    return _built(value, ONCE_LATER)


class ConnectionPart(Part):
    """One account. Which of the settings it needs depends on its platform and its source."""

    later: ClassVar[frozenset[str]] = frozenset({"choose"})

    platform: Name | None = None
    """What can be acted on: `hubspot`, `mailchimp` or `http`."""
    source: HyphenedName | None = None
    """Whose webhooks come in: a shipped source or one of your own. A platform with a `secret` listens to its
    own webhooks without it."""
    ids: Name | None = None
    """A connection or group that shares its ids of people and orders; without it, its own name."""
    secret: Annotated[tuple[SecretText, ...], ONE_OR_MORE] = ()
    """Verifies the webhooks; a list while you change it. For `http` it signs what is sent."""
    token: SecretText | None = None
    """The access token of HubSpot, or the API key of Mailchimp."""
    api_key: SecretText | None = None
    """The key of a shop's API."""
    api_secret: SecretText | None = None
    """The secret of a shop's API."""
    app_id: SettingText | None = None
    """The number of your HubSpot app: what it changed itself starts nothing."""
    owner: SettingText | None = None
    """E-mail address of the colleague who gets the tasks that name nobody."""
    audience: SettingText | None = None
    """The id of the Mailchimp audience."""
    url: SettingText | None = None
    """The address of an `http` platform, of a shop, or of a sandbox instead of the platform."""
    list_: Annotated[SettingText | None, Field(alias="list")] = None
    """The connection whose audience the consents of this source count for; without it, the only audience."""
    user: SettingText | None = None
    """The user of a platform that wants one."""

    @property
    def settings(self) -> dict[str, Setting]:
        """Everything but what the `Connection` itself names, by its key."""
        own = {"platform", "source", "ids", "secret"}
        values = {one.alias or name: getattr(self, name) for name, one in type(self).model_fields.items()}
        return {key: value for key, value in values.items() if key not in own and value is not None}


class VerifyPart(Part):
    """How a source proves that a webhook is its own."""

    scheme: Annotated[Scheme, BeforeValidator(_scheme)]
    """How what was sent is signed."""
    header: Text | None = None
    """The header that carries the signature or the token, where the scheme does not fix it."""
    query: Text | None = None
    """The parameter of the address that carries the token."""
    encoding: Annotated[Literal["base64", "hex"], CHOICE] = "hex"
    """How the signature is written."""
    prefix: Text | None = None
    """What stands before the signature in the header, as in `sha256=`."""
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

    identities: dict[Name, Code] = Field(default_factory=dict)
    """By what the person is known: `email`, or ids of your own naming."""
    fields: dict[Text, Code] = Field(default_factory=dict)
    """What is said of the person, by field of a contact."""
    consent: dict[Channel, ConsentPart] = Field(default_factory=dict)
    """Consent by channel."""


class EachPart(Part):
    """A list of a subject: each element of `each` is `item` in the expressions of `as`."""

    each: Code
    """The list."""
    as_: Annotated[dict[Text, Code], Field(alias="as")]
    """The fields of each element, which is `item` here."""


SubjectField = Annotated[
    Annotated[Code, Tag("_text")] | Annotated[EachPart, Tag("_table")], Discriminator(shape)
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
    fields: dict[Filled, dict[Text, Code]] = Field(default_factory=dict)
    """Fields of subjects, or of the `contact`, that differ for this event."""
    identities: dict[Name, Code] = Field(default_factory=dict)
    """Identities that differ for this event."""
    consent: dict[Channel, ConsentPart] = Field(default_factory=dict)
    """Consent that differs for this event."""


class SourcePart(Part):
    """How one kind of webhook becomes events; the rest of a file that has `source: NAME`."""

    later: ClassVar[frozenset[str]] = frozenset({"fetch", "keep", "replaces"})

    verify: VerifyPart
    """How a webhook proves that it is the source's own."""
    delivery: DeliveryPart
    """What is read of each delivery."""
    parse: Annotated[Literal["json", "form"], CHOICE] = "json"
    """How the body is written."""
    split: Code | None = None
    """The list of which each element is a delivery of its own; it is then `body`."""
    handshake: Annotated[Literal["none", "get", "ping"], CHOICE] = "none"
    """What is answered at first contact."""
    echo: Code | None = None
    """The id of the app that caused a change."""
    contact: ContactPart | None = None
    """What a delivery says of the person."""
    subjects: dict[Subject, dict[Text, SubjectField]] = Field(default_factory=dict)
    """The fields of each subject."""
    statuses: dict[Fact, Annotated[tuple[Text, ...], ONE_OR_MORE]] = Field(default_factory=dict)
    """Which statuses of an order mean that it is placed, paid, payment_failed, shipped, delivered, cancelled
    or refunded."""
    status_times: dict[Fact, Code] = Field(default_factory=dict)
    """When that became so."""
    events: dict[Text, Annotated[tuple[EventPart, ...], ONE_OR_MORE]]
    """By topic, the event that it means, or a list of them; `*` in a topic stands for anything."""
    ignore: Annotated[tuple[Text, ...], ONE_OR_MORE] = ()
    """Topics that mean nothing here; `*` stands for anything."""


class StepPart(Part):
    """One step of `do` or `enter`: an action under its own name, and what stands beside it."""

    model_config = ConfigDict(extra="allow")
    later: ClassVar[frozenset[str]] = frozenset({"wait", "verify"})

    if_: Annotated[Code | None, Field(alias="if")] = None
    """The step is done only where this is yes."""
    name: Text | None = None
    """What the step is called in histories; without it, its action."""

    @property
    def actions(self) -> dict[str, tuple[Place, Tree]]:
        """Every other key: an action's name, with its place and its arguments."""
        known = self.keys() | self.later
        table = self._written
        return {key: (table.place_of(key), node) for key, node in table.items() if key not in known}

    @property
    def has_later(self) -> bool:
        """Whether it is a step that this version cannot do, and has refused."""
        return not self.later.isdisjoint(self._written)


class StagePart(Part):
    """A stage of a journey."""

    label: Text
    """As people call it."""
    about: Text | None = None
    """What it means that a contact is there."""


class MovePart(Part):
    """What takes a contact to a stage."""

    later: ClassVar[frozenset[str]] = frozenset({"quiet", "since"})

    on: Annotated[tuple[Event, ...], ONE_OR_MORE]
    """The events that may move a contact."""
    to: Text
    """The stage that it comes to."""
    from_: Annotated[Text | None, Field(alias="from")] = None
    """Only from this stage, also backward; without it a move only goes forward."""
    when: Code | None = None
    """Only where this is yes."""


Preset: TypeAlias = Literal[
    "see_think_do_care", "five_a", "four_phase", "buyer_and_customer", "hubspot_lifecycle"
]
PRESETS: Final[tuple[str, ...]] = get_args(Preset)


class JourneyPart(Part):
    """Ordered stages and what moves a contact between them."""

    later: ClassVar[frozenset[str]] = frozenset({"subject", "cycle"})

    preset: Annotated[Preset | None, CHOICE] = None
    """A journey that comes with Loods, with whose stages and moves this one begins."""
    name: Text | None = None
    """As people call it."""
    stages: dict[Name, StagePart] = Field(default_factory=dict)
    """The stages, first to last."""
    moves: tuple[MovePart, ...] = ()
    """What moves a contact on; read from the top, the first that fits decides."""
    enter: dict[Text, Annotated[tuple[StepPart, ...], ONE_OR_MORE]] = Field(default_factory=dict)
    """By stage, what is done when a contact comes into it."""


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


class FieldPart(Part):
    """A property of a contact that the company adds; `text` is short for `{type: text}`."""

    later: ClassVar[frozenset[str]] = frozenset({"from"})

    type: Annotated[Literal["text", "number", "yes/no", "date", "time"], CHOICE]
    """What it holds."""
    about: Text | None = None
    """What it means."""

    @classmethod
    def long_form(cls, value: Any) -> Any:
        """The table with the type that was written."""
        if not isinstance(value, Written) or value.is_nothing:
            return value
        table = Table(value.place)
        table.add(Written("type", value.place), value)
        return table

    @classmethod
    def __get_pydantic_json_schema__(
        cls, schema: CoreSchema, handler: GetJsonSchemaHandler
    ) -> dict[str, Any]:
        table = handler(schema)
        return {"anyOf": [handler.resolve_ref_schema(table)["properties"]["type"], table]}


class WorkingDaysPart(Part):
    """When colleagues work."""

    days: Annotated[tuple[Text, ...], ONE_OR_MORE] = ()
    """The days on which colleagues work, as in `mon-fri`; without it, those."""
    holidays: Text | None = None
    """The country whose public holidays are free, in two letters."""


class DefaultsPart(Part):
    """What holds where a rule says nothing else."""

    later: ClassVar[frozenset[str]] = frozenset({"hours", "pressure"})

    time_zone: Text | None = None
    """The zone of dates, clock times and working days; without it, Europe/Amsterdam."""
    locale: Text | None = None
    """How money and dates are written; without it, nl_NL."""
    working_days: WorkingDaysPart | None = None
    """When colleagues work."""
    consent: dict[Annotated[Literal["email", "sms"], CHOICE], Event] | None = None
    """By channel, the event that is consent; without it, `email: newsletter.confirmed`."""
    late: dict[Annotated[Kind, CHOICE], Duration] = Field(default_factory=dict)
    """By kind, how old an event may be that still starts something; without it, marketing 24h, service 7d,
    internal 30d."""


NAMED: Final[dict[str, type[Part]]] = {
    "connections": ConnectionPart,
    "journeys": JourneyPart,
    "triggers": TriggerPart,
    "fields": FieldPart,
}
"""The top-level keys that hold parts by name."""

ABOUT: Final[dict[str, str]] = {
    "connections": "The accounts: platforms that Loods acts on, sources that it listens to.",
    "source": "The rest of the file says how one kind of webhook becomes events.",
    "journeys": "Stages, what moves a contact between them, and what entering one does.",
    "trigger": "The rest of the file is one rule.",
    "triggers": "Several rules, by name.",
    "fields": "Your own properties of a contact.",
    "segments": "Named conditions, to be asked as `contact.segments.NAME`.",
    "defaults": "What holds where a rule says nothing else.",
    "examples": "Cases that prove the mapping; `loods test` plays them.",
}
"""The top-level keys, with what each holds."""

TOP_LEVEL: Final = frozenset(ABOUT)
TOP_LEVEL_LATER: Final = frozenset({"scores", "calendar", "goals"})
