"""What happened, in the closed vocabulary, whichever source told us."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import field
from datetime import datetime
from operator import attrgetter
from typing import Final

from connector.model.light import light
from connector.model.values import Value


@light(order=True)
class Identity:
    """One way to recognise a person (`email`, a shop's `customer`), or a thing that belongs to a person.

    `scope` is where the value is known: empty for an e-mail address, else the name of the connection (or of
    the group that it shares ids with). Values are canonical: an address is stripped, lower-case and NFC.

    A delivery is looked up by its identities a hundred times: the value alone tells nearly all of them apart.
    """

    kind: str
    scope: str
    value: str
    is_person: bool = True

    def __hash__(self) -> int:
        return hash(self.value)

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Identity):
            return NotImplemented
        is_alike = self.value == other.value and self.kind == other.kind and self.scope == other.scope
        return is_alike and self.is_person == other.is_person

    def __str__(self) -> str:
        return f"{self.kind}:{self.scope}:{self.value}" if self.scope else f"{self.kind}:{self.value}"


BY_NAME: Final = attrgetter("kind", "scope", "value", "is_person")
"""Sorts identities in their own order, by plain tuples: a batch sorts hundreds of them."""


@light
class ConsentClaim:
    """What an event says of consent: `given` is fresh evidence, without it a withdrawal. Silence is none."""

    channel: str
    given: bool


@light
class Event:
    """One thing that happened to one person or company. Immutable; `key` is unique within the connection.

    `company` is by what the company is known that it names, `company_fields` what it says of that. One that
    `is_past` was imported: it is history, upon which nothing is done.
    """

    key: str
    name: str
    occurred_at: datetime
    connection: str
    source: str
    people: tuple[Identity, ...] = ()
    belongings: tuple[Identity, ...] = ()
    fields: Mapping[str, Value] = field(default_factory=dict)
    consent: tuple[ConsentClaim, ...] = ()
    subjects: Mapping[str, Mapping[str, Value]] = field(default_factory=dict)
    channel: str | None = None
    device: str | None = None
    content: str | None = None
    is_echo: bool = False
    note: str = ""
    company: tuple[Identity, ...] = ()
    company_fields: Mapping[str, Value] = field(default_factory=dict)
    is_past: bool = False

    @property
    def identities(self) -> tuple[Identity, ...]:
        """Everything by which the contact can be found, the person's own first."""
        return self.people + self.belongings

    @property
    def is_of_company(self) -> bool:
        """Whether it is about a company alone, and about no person."""
        return bool(self.company) and not self.people and not self.belongings
