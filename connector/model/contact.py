"""One person as we know them: identities, fields, stages, orders, consent. Immutable snapshots."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal

from connector.model.event import Identity
from connector.model.values import Value


@dataclass(frozen=True, slots=True)
class Stated:
    """A value and when it was stated: the latest by its own time wins, whatever the order of arrival."""

    value: Value
    at: datetime


@dataclass(frozen=True, slots=True)
class Standing:
    """Where a contact stands in one journey. `entered` has the first entry of every stage, also inferred."""

    stage: str
    since: datetime
    cycle: int = 1
    entered: Mapping[str, datetime] = field(default_factory=dict)
    inferred: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Order:
    """One line of the ledger: `facts` (`placed`, `paid`, `refunded` …) each with the time when it happened.

    `inferred` facts follow from others and were never reported (an order that is paid was placed). `carts`
    are the ids and tokens of the cart and the checkout that it came from.
    """

    facts: Mapping[str, datetime] = field(default_factory=dict)
    number: str | None = None
    total: Decimal | None = None
    currency: str | None = None
    refunded: Decimal = Decimal(0)
    content_at: datetime | None = None
    inferred: tuple[str, ...] = ()
    carts: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Cart:
    """A cart as last seen; `closed_by` is the key of the order that it became, `token` its second name."""

    total: Decimal | None = None
    currency: str | None = None
    content_at: datetime | None = None
    closed_by: str | None = None
    token: str | None = None


@dataclass(frozen=True, slots=True)
class Consent:
    """What stands for one address, channel and list, since when, and the event that is the evidence."""

    given: bool
    at: datetime
    evidence: str


@dataclass(frozen=True, slots=True)
class Run:
    """That a trigger has run for a key; `acted` runs count for its limit."""

    at: datetime
    acted: bool


@dataclass(frozen=True, slots=True)
class Contact:
    """Everything that decisions need of one person. `id` is ours, sortable by creation.

    Keys: `fields` by name; `standings` by journey; `counters` by event name (`order.paid`); `consent` by
    `channel|list|address`; `orders` and `carts` by `scope:id`; `runs` by trigger, then by run key.
    """

    id: str
    created_at: datetime
    identities: tuple[Identity, ...] = ()
    fields: Mapping[str, Stated] = field(default_factory=dict)
    standings: Mapping[str, Standing] = field(default_factory=dict)
    counters: Mapping[str, int] = field(default_factory=dict)
    consent: Mapping[str, Consent] = field(default_factory=dict)
    orders: Mapping[str, Order] = field(default_factory=dict)
    carts: Mapping[str, Cart] = field(default_factory=dict)
    runs: Mapping[str, Mapping[str, Run]] = field(default_factory=dict)
    complaints: Mapping[str, datetime] = field(default_factory=dict)
    shop: str | None = None
    erased_at: datetime | None = None

    @property
    def email(self) -> str | None:
        """The address in use: the latest stated, else any that is known."""
        if (stated := self.fields.get("email")) and isinstance(stated.value, str):
            return stated.value
        return next((one.value for one in self.identities if one.kind == "email"), None)

    def id_at(self, kind: str, scope: str) -> str | None:
        """The person's own id of `kind` within a connection (`contact` at `hubspot`), where known."""
        found = (one for one in self.identities if one.kind == kind and one.scope == scope and one.is_person)
        return next((one.value for one in found), None)
