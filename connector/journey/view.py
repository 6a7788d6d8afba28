"""What rules may see: the contact, its company, the event and its subjects as the names that expressions use.

It is made when a rule first asks, and once per state, so that an event to which no rule listens costs nothing
here.
"""

from __future__ import annotations

from collections import abc
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import cast

from connector.journey.firm import Firm
from connector.journey.person import Person
from connector.mapping.mapping import Mapping
from connector.mapping.terms import Scope
from connector.model.contact import Contact
from connector.model.event import Event


@dataclass(slots=True)
class View:
    """One state of a contact at an event, and the scope that it gives to expressions.

    `names` are what a rule sees besides them: the `item` that its run is about.
    """

    mapping: Mapping
    contact: Contact
    event: Event
    now: datetime
    names: abc.Mapping[str, object] = field(default_factory=dict)
    _scope: Scope | None = field(default=None, init=False, repr=False, compare=False)

    @property
    def scope(self) -> Scope:
        """The names that a rule's expressions and texts may use."""
        if self._scope is None:
            self._scope = self._made()
        return self._scope

    def _made(self) -> Scope:
        happening = _happening(self.event)
        scope = {**self.event.subjects, "event": happening, "now": self.now, **self.names}
        scope["contact"] = Person(self.mapping, self.contact, self.now, scope)
        if self.contact.company is not None:
            scope["company"] = Firm(self.mapping, self.contact, self.contact.company)
        return scope

    @property
    def person(self) -> Person:
        """The contact as rules see it."""
        return cast("Person", self.scope["contact"])

    def of(self, contact: Contact) -> View:
        """The view of the same event on a newer state."""
        return self if contact is self.contact else replace(self, contact=contact)


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
