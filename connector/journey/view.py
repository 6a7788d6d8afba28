"""What rules may see: the contact, the event and its subjects as the names that expressions use.

The shape is that of `vocabulary.contact_type`. It is made when a rule first asks, and once per state, so
that an event to which no rule listens costs nothing here.
"""

from __future__ import annotations

from collections import abc
from dataclasses import dataclass, replace
from datetime import datetime
from functools import cached_property

from connector.errors import ExpressionFailed
from connector.journey.consent import standing
from connector.journey.ledger import purchases
from connector.mapping.mapping import Mapping
from connector.mapping.terms import Expression, Scope
from connector.model.contact import Contact
from connector.model.event import Event
from connector.model.vocabulary import counter_of


@dataclass(frozen=True)
class View:
    """One state of a contact at an event, and the scope that it gives to expressions."""

    mapping: Mapping
    contact: Contact
    event: Event
    now: datetime

    @cached_property
    def scope(self) -> Scope:
        """The names that a rule's expressions and texts may use."""
        person = describe(self.mapping, self.contact, self.now)
        scope: dict[str, object] = {
            **self.event.subjects,
            "contact": person,
            "event": _happening(self.event),
            "now": self.now,
        }
        person["segments"] = _Segments(self.mapping.segments, scope)
        return scope

    def of(self, contact: Contact) -> View:
        """The view of the same event on a newer state."""
        return self if contact is self.contact else replace(self, contact=contact)


def describe(mapping: Mapping, contact: Contact, now: datetime) -> dict[str, object]:
    """The contact as expressions see it, all but its segments (which are asked of this)."""
    return {
        **{name: stated.value for name, stated in contact.fields.items()},
        "email": contact.email,
        "name": _name(contact),
        "shop": contact.shop,
        "counters": {counter_of(name): times for name, times in contact.counters.items()},
        "purchases": _purchases(contact),
        "consent": _consent(mapping, contact, now),
        **_stages(mapping, contact),
    }


def main_journey(mapping: Mapping) -> str | None:
    """The journey that `contact.stage` speaks of: the only one, or the one called `main`."""
    if "main" in mapping.journeys:
        return "main"
    return next(iter(mapping.journeys)) if len(mapping.journeys) == 1 else None


def _name(contact: Contact) -> object:
    if stated := contact.fields.get("name"):
        return stated.value
    parts = (contact.fields.get(part) for part in ("first_name", "last_name"))
    return " ".join(str(part.value) for part in parts if part) or None


def _purchases(contact: Contact) -> abc.Mapping[str, object]:
    bought = purchases(contact)
    return {
        "count": bought.count,
        "total": bought.total,
        "average": bought.average,
        "first_at": bought.first_at,
        "last_at": bought.last_at,
    }


def _consent(mapping: Mapping, contact: Contact, now: datetime) -> abc.Mapping[str, bool]:
    """Yes or no a channel, for the list that is usual in this company."""
    usual = mapping.audience or ""
    return {channel: standing(contact, channel, usual, now) is not None for channel in ("email", "sms")}


def _stages(mapping: Mapping, contact: Contact) -> dict[str, object]:
    stages = {name: standing.stage for name, standing in contact.standings.items()}
    main = main_journey(mapping)
    return {"stages": stages, **({"stage": stages.get(main)} if main else {})}


def _happening(event: Event) -> abc.Mapping[str, object]:
    return {
        "name": event.name,
        "occurred_at": event.occurred_at,
        "connection": event.connection,
        "source": event.source,
        "channel": event.channel,
        "device": event.device,
        "content": event.content,
    }


class _Segments(abc.Mapping[str, bool | None]):
    """Yes, no or (None) cannot tell, a segment; asked when a rule does. One that fails cannot be told."""

    def __init__(self, conditions: abc.Mapping[str, Expression], scope: Scope) -> None:
        self._conditions = conditions
        self._scope = scope
        self._answers: dict[str, bool | None] = {}

    def __getitem__(self, name: str) -> bool | None:
        if name not in self._answers:
            self._answers[name] = self._ask(self._conditions[name])
        return self._answers[name]

    def __iter__(self) -> abc.Iterator[str]:
        return iter(self._conditions)

    def __len__(self) -> int:
        return len(self._conditions)

    def _ask(self, condition: Expression) -> bool | None:
        try:
            answer = condition(self._scope)
        except ExpressionFailed:
            return None
        return answer if isinstance(answer, bool) else None
