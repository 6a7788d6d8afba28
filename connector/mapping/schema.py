"""Every key of the mapping language, each part of it a model; the only place where a key exists, hence long.

A key in `later` is specified but not built: it is refused by name. Values are read by the declared types of
`scalars`; expressions stay texts here, because what they may name depends on the rest of the mapping.
"""

from __future__ import annotations

from datetime import timedelta
from typing import Annotated, Any, ClassVar, Final, Literal

from pydantic import BeforeValidator, ConfigDict, Discriminator, Field, Tag

from connector.mapping.mapping import Place, Scheme, Setting
from connector.mapping.nodes import Table, Tree, Written
from connector.mapping.part import Part
from connector.mapping.scalars import (
    CHOICE,
    ONE_OR_MORE,
    Code,
    Duration,
    FrequencyText,
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

SCHEMES_LATER: Final = frozenset(
    {"shopware", "rsa-sha256", "basic", "hmac-sha512", "hmac-sha1", "hubspot-v2"}
)
ONCE_LATER: Final = frozenset({"company", "order item"})


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
    source: Name | None = None
    ids: Name | None = None
    secret: Annotated[tuple[SecretText, ...], ONE_OR_MORE] = ()
    token: SecretText | None = None
    api_key: SecretText | None = None
    api_secret: SecretText | None = None
    app_id: SettingText | None = None
    owner: SettingText | None = None
    audience: SettingText | None = None
    url: SettingText | None = None
    list_: Annotated[SettingText | None, Field(alias="list")] = None
    user: SettingText | None = None

    @property
    def settings(self) -> dict[str, Setting]:
        """Everything but what the `Connection` itself names, by its key."""
        own = {"platform", "source", "ids", "secret"}
        values = {one.alias or name: getattr(self, name) for name, one in type(self).model_fields.items()}
        return {key: value for key, value in values.items() if key not in own and value is not None}


class VerifyPart(Part):
    """How a source proves that a webhook is its own."""

    scheme: Annotated[Scheme, BeforeValidator(_scheme)]
    header: Text | None = None
    query: Text | None = None
    encoding: Annotated[Literal["base64", "hex"], CHOICE] = "hex"
    prefix: Text | None = None
    tolerance: Duration = timedelta(minutes=5)


class DeliveryPart(Part):
    """What is read of a delivery itself."""

    topic: Code
    occurred_at: Code | None = None
    key: Annotated[tuple[Code, ...], ONE_OR_MORE]


class ConsentPart(Part):
    """When a delivery is fresh evidence, and when it is a withdrawal."""

    given: Code | None = None
    withdrawn: Code | None = None


class ContactPart(Part):
    """What a delivery says of the person."""

    identities: dict[Name, Code] = Field(default_factory=dict)
    fields: dict[Text, Code] = Field(default_factory=dict)
    consent: dict[Text, ConsentPart] = Field(default_factory=dict)


class EachPart(Part):
    """A list of a subject: each element of `each` is `item` in the expressions of `as`."""

    each: Code
    as_: Annotated[dict[Text, Code], Field(alias="as")]


SubjectField = Annotated[
    Annotated[Code, Tag("_text")] | Annotated[EachPart, Tag("_table")], Discriminator(shape)
]


class EventPart(Part):
    """An event that a topic means; without `name`, only what an order's status says."""

    name: Text | None = None
    carries: Annotated[tuple[Text, ...], ONE_OR_MORE] = ()
    when: Code | None = None
    at: Code | None = None
    fields: dict[Text, dict[Text, Code]] = Field(default_factory=dict)
    identities: dict[Name, Code] = Field(default_factory=dict)
    consent: dict[Text, ConsentPart] = Field(default_factory=dict)


class SourcePart(Part):
    """How one kind of webhook becomes events; the rest of a file that has `source: NAME`."""

    later: ClassVar[frozenset[str]] = frozenset({"fetch", "keep", "replaces"})

    verify: VerifyPart
    delivery: DeliveryPart
    parse: Annotated[Literal["json", "form"], CHOICE] = "json"
    split: Code | None = None
    handshake: Annotated[Literal["none", "get", "ping"], CHOICE] = "none"
    echo: Code | None = None
    contact: ContactPart | None = None
    subjects: dict[Text, dict[Text, SubjectField]] = Field(default_factory=dict)
    statuses: dict[Text, Annotated[tuple[Text, ...], ONE_OR_MORE]] = Field(default_factory=dict)
    status_times: dict[Text, Code] = Field(default_factory=dict)
    events: dict[Text, Annotated[tuple[EventPart, ...], ONE_OR_MORE]]
    ignore: Annotated[tuple[Text, ...], ONE_OR_MORE] = ()


class StepPart(Part):
    """One step of `do` or `enter`: an action under its own name, and what stands beside it."""

    model_config = ConfigDict(extra="allow")
    later: ClassVar[frozenset[str]] = frozenset({"wait", "verify"})

    if_: Annotated[Code | None, Field(alias="if")] = None
    name: Text | None = None

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
    about: Text | None = None


class MovePart(Part):
    """What takes a contact to a stage."""

    later: ClassVar[frozenset[str]] = frozenset({"quiet", "since"})

    on: Annotated[tuple[Text, ...], ONE_OR_MORE]
    to: Text
    from_: Annotated[Text | None, Field(alias="from")] = None
    when: Code | None = None


class JourneyPart(Part):
    """Ordered stages and what moves a contact between them; those of its preset have been written out."""

    later: ClassVar[frozenset[str]] = frozenset({"subject", "cycle"})

    preset: Text | None = None
    name: Text | None = None
    stages: dict[Name, StagePart] = Field(default_factory=dict)
    moves: tuple[MovePart, ...] = ()
    enter: dict[Text, Annotated[tuple[StepPart, ...], ONE_OR_MORE]] = Field(default_factory=dict)


class EntryPart(Part):
    """What a trigger listens to besides events: entries of a stage."""

    later: ClassVar[frozenset[str]] = frozenset(
        {
            "date", "at", "every", "moment", "before", "after", "for", "quiet", "since",
            "score", "above", "below", "grid", "segment",
        }
    )  # fmt: skip

    stage: Text


Listened = Annotated[
    Annotated[Text, Tag("_text")] | Annotated[EntryPart, Tag("_table")], Discriminator(shape)
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
    angle: Annotated[Literal["interaction", "lifecycle", "life_stage", "world"], CHOICE] = "interaction"
    kind: Annotated[Literal["marketing", "service", "internal"] | None, CHOICE] = None
    on: Annotated[tuple[Listened, ...], ONE_OR_MORE]
    when: Code | None = None
    once_per: Annotated[Literal["subject", "contact"], BeforeValidator(_once), Field(alias="once per")] = (
        "subject"
    )
    limit: FrequencyText | None = None
    late: Duration | None = None
    do: Annotated[tuple[StepPart, ...], ONE_OR_MORE]


class FieldPart(Part):
    """A property of a contact that the company adds; `text` is short for `{type: text}`."""

    later: ClassVar[frozenset[str]] = frozenset({"from"})

    type: Annotated[Literal["text", "number", "yes/no", "date", "time"], CHOICE]
    about: Text | None = None

    @classmethod
    def long_form(cls, value: Any) -> Any:
        """The table with the type that was written."""
        if not isinstance(value, Written) or value.is_nothing:
            return value
        table = Table(value.place)
        table.add(Written("type", value.place), value)
        return table


class WorkingDaysPart(Part):
    """When colleagues work."""

    days: Annotated[tuple[Text, ...], ONE_OR_MORE] = ()
    holidays: Text | None = None


class DefaultsPart(Part):
    """What holds where a rule says nothing else."""

    later: ClassVar[frozenset[str]] = frozenset({"hours", "pressure"})

    time_zone: Text | None = None
    locale: Text | None = None
    working_days: WorkingDaysPart | None = None
    consent: dict[Annotated[Literal["email", "sms"], CHOICE], Text] | None = None
    late: dict[Annotated[Kind, CHOICE], Duration] = Field(default_factory=dict)


NAMED: Final[dict[str, type[Part]]] = {
    "connections": ConnectionPart,
    "journeys": JourneyPart,
    "triggers": TriggerPart,
    "fields": FieldPart,
}
"""The top-level keys that hold parts by name."""

TOP_LEVEL: Final = frozenset({*NAMED, "segments", "defaults", "source", "trigger"})
TOP_LEVEL_LATER: Final = frozenset({"scores", "calendar", "goals", "examples"})
