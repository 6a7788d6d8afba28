"""The mapping as all other rooms see it: immutable, checked, compiled. Nothing here knows of YAML.

Long because it is one contract: every other room reads it from the top, and nothing of it works alone.
"""

from __future__ import annotations

from collections import abc
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Literal, Protocol, TypeAlias
from zoneinfo import ZoneInfo

from connector.model.action import ActionSpec, Kind
from connector.model.decision import Answer
from connector.model.event import Event
from connector.model.types import Type
from connector.model.values import Value


@dataclass(frozen=True, slots=True)
class Place:
    """Where something stands: a file of the mapping's folder, line and column from 1."""

    file: str
    line: int
    column: int

    def __str__(self) -> str:
        return f"{self.file}:{self.line}"


@dataclass(frozen=True, slots=True)
class CannotTell:
    """The third answer: a value that was needed is missing; `path` names it (`contact.counters.x`)."""

    path: str


Scope: TypeAlias = "abc.Mapping[str, object]"
"""The names that an expression may use (`event`, `contact`, … or `body`, `headers`), as nested dicts."""


class Expression(Protocol):
    """A compiled expression; pure, bounded, and free of exceptions but `ExpressionFailed`."""

    text: str
    place: Place

    def __call__(self, scope: Scope) -> Value | CannotTell:
        """The value, or that it cannot be told."""

    def seen(self, scope: Scope) -> dict[str, Value]:
        """The values that it reads in this scope, by their paths; missing ones are None."""


class Text(Protocol):
    """A compiled text: constant, or with values in `{{ }}`."""

    text: str
    place: Place
    is_constant: bool

    def __call__(self, scope: Scope) -> Value:
        """The text; one that is a single `{{ … }}` keeps its type, and is None where the value is missing."""


Rendered: TypeAlias = "Text | abc.Sequence[Rendered] | abc.Mapping[str, Rendered]"
"""An action's argument: a text, or lists and dictionaries of them."""


@dataclass(frozen=True, slots=True)
class FromEnvironment:
    """A setting that stands in an environment variable; the mapping only knows its name."""

    variable: str


Setting: TypeAlias = "str | FromEnvironment"


@dataclass(frozen=True, slots=True)
class Connection:
    """One account: a platform that we act on, a source that we listen to, or both.

    `settings` holds everything else that was written, by key (`token`, `audience`, `app_id`, `owner`, `url`,
    `api_key`, `api_secret`, `list`, …). `ids` is the scope of its identities: its own name, unless shared.
    """

    name: str
    platform: str | None
    source: str | None
    ids: str
    secrets: tuple[Setting, ...]
    settings: abc.Mapping[str, Setting]
    place: Place


Scheme: TypeAlias = Literal["hmac-sha256", "standard-webhooks", "hubspot-v3", "mailchimp", "token", "none"]


@dataclass(frozen=True, slots=True)
class Verify:
    """How a source proves that a webhook is its own. `tolerance` is how old a signed time may be.

    `header` carries the signature (or token) where the scheme does not fix it; `query` names the
    parameter for a token in the URL; `prefix` stands before the signature in the header (`sha256=`).
    """

    scheme: Scheme
    header: str | None = None
    query: str | None = None
    encoding: Literal["base64", "hex"] = "hex"
    prefix: str = ""
    tolerance: timedelta = timedelta(minutes=5)


@dataclass(frozen=True, slots=True)
class Each:
    """A list of a subject: `each` gives the elements, `fields` is read for each of them as `item`."""

    each: Expression
    fields: abc.Mapping[str, Expression]


@dataclass(frozen=True, slots=True)
class SubjectRule:
    """How a subject is read from the body: its fields (`id` among them), and how an order closes a cart."""

    name: str
    fields: abc.Mapping[str, Expression | Each]


@dataclass(frozen=True, slots=True)
class ConsentRule:
    """What of a delivery is fresh evidence (`given` is yes), and what a withdrawal (`withdrawn` is yes)."""

    channel: str
    given: Expression | None = None
    withdrawn: Expression | None = None


@dataclass(frozen=True, slots=True)
class EventRule:
    """One event that a topic means. Without `name` the topic only carries facts of `statuses`.

    `at` is its own time where it differs from the delivery's; `when` is asked of the body.
    """

    name: str | None
    carries: tuple[str, ...]
    when: Expression | None
    at: Expression | None
    place: Place
    fields: abc.Mapping[str, abc.Mapping[str, Expression]] = field(default_factory=dict)
    identities: abc.Mapping[str, Expression] = field(default_factory=dict)
    consent: tuple[ConsentRule, ...] = ()


@dataclass(frozen=True, slots=True)
class Source:
    """How one kind of webhook becomes events.

    `events` and `ignore` are by topic; a `*` in a topic stands for anything. `statuses` turns the status of a
    carried order into facts: fact to statuses; `status_times` gives each fact's own time.
    """

    name: str
    verify: Verify
    parse: Literal["json", "form"]
    topic: Expression
    occurred_at: Expression | None
    key: tuple[Expression, ...]
    split: Expression | None
    echo: Expression | None
    identities: abc.Mapping[str, Expression]
    fields: abc.Mapping[str, Expression]
    consent: tuple[ConsentRule, ...]
    subjects: abc.Mapping[str, SubjectRule]
    statuses: abc.Mapping[str, tuple[str, ...]]
    status_times: abc.Mapping[str, Expression]
    events: abc.Mapping[str, tuple[EventRule, ...]]
    ignore: tuple[str, ...]
    handshake: Literal["none", "get", "ping"]
    place: Place


@dataclass(frozen=True, slots=True)
class ActionTemplate:
    """One step of `do` or `enter`: which action, with what, and under which condition of its own."""

    connection: str
    spec: ActionSpec
    arguments: abc.Mapping[str, Rendered]
    condition: Expression | None
    label: str
    place: Place


@dataclass(frozen=True, slots=True)
class Stage:
    """One stage of a journey."""

    name: str
    label: str
    about: str = ""


@dataclass(frozen=True, slots=True)
class Move:
    """What takes a contact to stage `to`; `from_stage` None means: forward from wherever it stands."""

    on: frozenset[str]
    to: str
    from_stage: str | None
    when: Expression | None
    place: Place


@dataclass(frozen=True, slots=True)
class Journey:
    """Ordered stages, the moves between them (the first that fits decides), what entering a stage does."""

    name: str
    label: str
    stages: tuple[Stage, ...]
    moves: tuple[Move, ...]
    enter: abc.Mapping[str, tuple[ActionTemplate, ...]]

    @property
    def order(self) -> tuple[str, ...]:
        """The names of the stages, first to last."""
        return tuple(stage.name for stage in self.stages)


@dataclass(frozen=True, slots=True)
class Frequency:
    """At most `count` within `per`."""

    count: int
    per: timedelta


@dataclass(frozen=True, slots=True)
class Trigger:
    """What to do when something happens. `on` are events, `on_stages` entries of `(journey, stage)`."""

    name: str
    about: str
    angle: str
    kind: Kind
    on: frozenset[str]
    on_stages: frozenset[tuple[str, str]]
    when: Expression | None
    once_per: Literal["subject", "contact"]
    limit: Frequency | None
    late: timedelta
    do: tuple[ActionTemplate, ...]
    place: Place


@dataclass(frozen=True, slots=True)
class WorkingDays:
    """The days on which colleagues work: weekdays (Monday is 0), less the public holidays of a country."""

    days: frozenset[int] = frozenset({0, 1, 2, 3, 4})
    holidays: str | None = None


@dataclass(frozen=True, slots=True)
class Defaults:
    """What holds where a rule says nothing else. `consent` names per channel the event that is consent."""

    time_zone: ZoneInfo
    locale: str
    working_days: WorkingDays
    consent: abc.Mapping[str, str]
    late: abc.Mapping[Kind, timedelta]


@dataclass(frozen=True, slots=True)
class Given:
    """Something that happens in an example: the event that a source would have made of it."""

    event: Event
    place: Place


@dataclass(frozen=True, slots=True)
class NamedAction:
    """An action that an example speaks of; its arguments in part, as they were written."""

    connection: str
    spec: ActionSpec
    arguments: abc.Mapping[str, Value]
    place: Place


@dataclass(frozen=True, slots=True)
class Expectation:
    """What must be so after an example, and what must not.

    `stages` are by journey. `actions` are made in this order, with any others between them; none of
    `no_actions` is made, and none at all where `is_silent`. `held_back` is by trigger.
    """

    stages: abc.Mapping[str, str] = field(default_factory=dict)
    actions: tuple[NamedAction, ...] = ()
    no_actions: tuple[NamedAction, ...] = ()
    is_silent: bool = False
    held_back: abc.Mapping[str, Answer] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Example:
    """A case that proves the mapping: what happens, in the order of arrival, and what must be so at `at`."""

    name: str
    given: tuple[Given, ...]
    at: datetime
    expect: Expectation
    place: Place


@dataclass(frozen=True, slots=True)
class Mapping:
    """The checked whole. `version` is the hash of its text and of the shipped files that it uses.

    `triggers_on` finds the rules that listen to an event, so that the others cost nothing.
    `contact_type` is the model that its expressions were checked against. `audience` is the only connection
    that has a list of its own (a Mailchimp audience), where there is exactly one: consent that names no list
    counts there.
    """

    version: str
    connections: abc.Mapping[str, Connection]
    sources: abc.Mapping[str, Source]
    journeys: abc.Mapping[str, Journey]
    triggers: abc.Mapping[str, Trigger]
    fields: abc.Mapping[str, Type]
    segments: abc.Mapping[str, Expression]
    defaults: Defaults
    contact_type: Type
    triggers_on: abc.Mapping[str, tuple[Trigger, ...]]
    audience: str | None = None
    examples: tuple[Example, ...] = ()
