"""A source as all other rooms see it: how one kind of webhook becomes events."""

from __future__ import annotations

from collections import abc
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Final, Literal, TypeAlias

from connector.mapping.terms import Expression, Place, Text
from connector.model.types import Type

POLLED: Final = "polled."
"""How the topics begin of which no webhook tells: Loods asks the platform itself for what has happened."""

Scheme: TypeAlias = Literal[
    "hmac-sha256", "hmac-sha512", "hmac-sha1", "standard-webhooks", "hubspot-v3", "hubspot-v2", "mailchimp",
    "shopware", "rsa-sha256", "token", "basic", "none",
]  # fmt: skip


@dataclass(frozen=True, slots=True)
class Piece:
    """One piece of what is signed: a text, a header's value by its name, or a part of the request."""

    what: Literal["text", "header", "body", "body_base64", "timestamp", "method", "url"]
    text: str = ""


@dataclass(frozen=True, slots=True)
class Verify:
    """How a source proves that a webhook is its own. `tolerance` is how old a signed time may be.

    `header` carries the signature (or token) where the scheme does not fix it; `query` names the
    parameter for a token in the URL, `path` says that it may stand behind the address; `prefix` stands
    before the signature in the header (`sha256=`). `signed` is what the signature covers, `timestamp` the
    header with the time that is part of it.
    """

    scheme: Scheme
    header: str | None = None
    query: str | None = None
    encoding: Literal["base64", "hex"] = "hex"
    prefix: str = ""
    tolerance: timedelta = timedelta(minutes=5)
    path: bool = False
    signed: tuple[Piece, ...] = (Piece("body"),)
    timestamp: str | None = None

    @property
    def needs_url(self) -> bool:
        """Whether the signature covers our own public address."""
        covers = any(piece.what == "url" for piece in self.signed)
        return covers or self.scheme in ("hubspot-v3", "hubspot-v2")


@dataclass(frozen=True, slots=True)
class Resends:
    """How long a sender sends again what was not taken, and the status by which it understands to."""

    lasts: timedelta = timedelta(0)
    busy: int = 503


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
class CompanyRule:
    """How a company is read: by what it is known (`id`, `domain`), and what is said of it, by field."""

    identities: abc.Mapping[str, Expression] = field(default_factory=dict)
    fields: abc.Mapping[str, Expression] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class EventRule:
    """One event that a topic means. Without `name` the topic only carries facts of `statuses`.

    `at` is its own time where it differs from the delivery's; `when` is asked of the body. `data` are the
    types of the fields of an event of the company's own; `company` is what differs of that.
    """

    name: str | None
    carries: tuple[str, ...]
    when: Expression | None
    at: Expression | None
    place: Place
    fields: abc.Mapping[str, abc.Mapping[str, Expression]] = field(default_factory=dict)
    identities: abc.Mapping[str, tuple[Expression, ...]] = field(default_factory=dict)
    consent: tuple[ConsentRule, ...] = ()
    data: abc.Mapping[str, Type] = field(default_factory=dict)
    company: CompanyRule = CompanyRule()


@dataclass(frozen=True, slots=True)
class Fetch:
    """What completes a thin payload: the answer at `path` below the connection's address, as `fetched`."""

    path: Text
    when: Expression | None
    place: Place


@dataclass(frozen=True, slots=True)
class Source:
    """How one kind of webhook becomes events.

    `events` and `ignore` are by topic; a `*` in a topic stands for anything. `statuses` turns the status of a
    carried order into facts: fact to statuses; `status_times` gives each fact's own time. `keep` are the
    fields that an event may have, of the `contact` and of each subject; without it, all that are read.
    """

    name: str
    verify: Verify
    parse: Literal["json", "form"]
    topic: Expression
    occurred_at: Expression | None
    key: tuple[Expression, ...]
    split: Expression | None
    echo: Expression | None
    identities: abc.Mapping[str, tuple[Expression, ...]]
    fields: abc.Mapping[str, Expression]
    consent: tuple[ConsentRule, ...]
    subjects: abc.Mapping[str, SubjectRule]
    statuses: abc.Mapping[str, tuple[str, ...]]
    status_times: abc.Mapping[str, Expression]
    events: abc.Mapping[str, tuple[EventRule, ...]]
    ignore: tuple[str, ...]
    handshake: Literal["none", "get", "ping"]
    place: Place
    resends: Resends = Resends()
    keep: abc.Mapping[str, frozenset[str]] | None = None
    fetch: Fetch | None = None
    company: CompanyRule = CompanyRule()
