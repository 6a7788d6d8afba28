"""What rules may see: the contact, its company, the event and its subjects as the names that expressions use.

It is made when a rule first asks, and once per state, so that an event to which no rule listens costs nothing
here.
"""

from __future__ import annotations

from collections import abc
from dataclasses import dataclass, field
from datetime import datetime
from typing import cast

from connector.journey.firm import Firm
from connector.journey.person import Person
from connector.mapping.mapping import Mapping
from connector.mapping.terms import Scope
from connector.model.contact import Contact, differ_in_doings
from connector.model.event import Event


@dataclass(slots=True)
class View:
    """One state of a contact at an event, and the scope that it gives to expressions.

    `names` are what a rule sees besides them: the `item` that its run is about. `known` is the contact as
    rules have seen it already, at the same moment: who they are does not depend on what rules have done.
    """

    mapping: Mapping
    contact: Contact
    event: Event
    now: datetime
    names: abc.Mapping[str, object] = field(default_factory=dict)
    known: Person | None = field(default=None, repr=False, compare=False)
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
        if self.contact.company is not None:
            scope["company"] = Firm(self.mapping, self.contact, self.contact.company)
        if self.known is None:
            self.known = Person(self.mapping, self.contact, self.now, scope)
        scope["contact"] = self.known
        return scope

    @property
    def person(self) -> Person:
        """The contact as rules see it."""
        return self.known if self.known is not None else cast("Person", self.scope["contact"])

    def of(self, contact: Contact) -> View:
        """The view of the same event on a newer state."""
        if contact is self.contact:
            return self
        made = View(self.mapping, contact, self.event, self.now, self.names)
        if differ_in_doings(contact, self.contact):
            made.known, made._scope = self.known, self._scope
        return made

    def upon(self, event: Event) -> View:
        """The view of the same state at another event. Only where a group chooses a list for a contact it may
        go by the event, and so may their consent."""
        if event is self.event:
            return self
        goes_by_event = self.mapping.audience is None and self.mapping.lists is not None
        known = None if goes_by_event else self.known
        return View(self.mapping, self.contact, event, self.now, known=known)


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
