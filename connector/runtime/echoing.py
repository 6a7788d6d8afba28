"""Changes of ours that come back from a platform: written down before the call, known again, used up once.

A platform may tell us of what we changed there. HubSpot says which app did it, where that is set; else the
same property and value of the same contact, changed by an action of the last hour, is ours. What others'
automations make of it is an event like any other.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Final, TypeAlias

from connector.errors import Rejected
from connector.journey.consent import may_market
from connector.mapping.mapping import Mapping
from connector.model.changes import JOINED, WHOLE, Change, told_by
from connector.model.contact import Contact
from connector.model.event import Event
from connector.platforms.base import Done
from connector.store import echoes
from connector.store.database import Transaction
from connector.store.echoes import Expected
from connector.store.queued import Queued

CLOCKS_DIFFER: Final = timedelta(minutes=5)
"""How far a platform's clock may be behind ours."""

_Told: TypeAlias = tuple[str, str, datetime, Change]
"""Of which delivery and contact, when, and what: the events of one delivery may tell of a change twice."""


def is_told_of(mapping: Mapping, connection: str) -> bool:
    """Whether some source may tell us of what is changed through a connection."""
    acting = mapping.connections.get(connection)
    return acting is not None and any(
        one.source is not None and one.ids == acting.ids for one in mapping.connections.values()
    )


def expect(
    tx: Transaction,
    scope: str,
    changes: Iterable[tuple[Queued, Sequence[Change]]],
    now: datetime,
) -> None:
    """Write down what actions are about to change, where identities are known in `scope`."""
    made = [(queued, change) for queued, some in changes for change in some]
    digests = _digests(change for _, change in made)
    rows = [
        Expected(queued.id, scope, queued.action.contact_id, change.name, digests[change], now)
        for queued, change in made
    ]
    if rows:
        echoes.expect(tx, rows)


def settle(tx: Transaction, done: Iterable[tuple[int, Done]]) -> None:
    """Actions are done: of what was not certain before it is known now what it became."""
    became = {
        action_id: {name: [Change(name, value) for value in values] for name, values in one.became.items()}
        for action_id, one in done
        if one.became
    }
    if not became:
        return
    digests = _digests(one for names in became.values() for some in names.values() for one in some)
    known = {
        action_id: {name: [digests[one] for one in some] for name, some in names.items()}
        for action_id, names in became.items()
    }
    echoes.correct(tx, known)


def _digests(changes: Iterable[Change]) -> dict[Change, str]:
    """What stands for the value of each; many actions of one moment make the same change."""
    return {one: one.digest for one in set(changes)}


def refused(tx: Transaction, refusals: Iterable[tuple[int, Rejected]]) -> None:
    """Actions were refused; where the platform may have taken a part of one, that part may come back."""
    echoes.take_back(tx, [one for one, outcome in refusals if outcome.status not in {None, 200}])


class Echoes:
    """Finds the changes of ours among the events of one batch, in its transaction.

    Where nothing in the batch comes from a platform, nothing is asked.
    """

    def __init__(self, tx: Transaction, mapping: Mapping, now: datetime) -> None:
        self._tx = tx
        self._mapping = mapping
        self._now = now
        acting = {one.ids for one in mapping.connections.values() if one.platform is not None}
        self._scopes = {one.name: one.ids for one in mapping.connections.values() if one.ids in acting}
        self._left: list[Expected] = []
        self._used: list[Expected] = []
        self._known: set[_Told] = set()

    def look(self, about: Iterable[tuple[Event, str]]) -> None:
        """Read what is expected of the contacts whom these events are about."""
        theirs = {contact_id for event, contact_id in about if self._may_be(event)}
        if theirs:
            self._left = echoes.expected(self._tx, theirs, self._now)

    def marked(self, event: Event, delivery_id: str, contact: Contact) -> Event:
        """The event, marked as an echo if it is one; what it answers is used up."""
        change = told_by(event) if self._left and event.connection in self._scopes else None
        if change is None:
            return event
        told = (delivery_id, contact.id, event.occurred_at, change)
        if told not in self._known:
            found = self._found(event, change, contact)
            if found is None:
                return event
            self._left.remove(found)
            self._used.append(found)
            self._known.add(told)
        return event if event.is_echo else replace(event, is_echo=True)

    def follow(self, younger: str, older: str) -> None:
        """What is expected of a contact is expected of the one that it has become."""
        moved = [replace(one, contact_id=older) for one in self._left if one.contact_id == younger]
        self._left = [one for one in self._left if one.contact_id != younger] + moved

    def use_up(self) -> None:
        """Write down what has come back."""
        if self._used:
            echoes.use_up(self._tx, self._used)

    def _may_be(self, event: Event) -> bool:
        return event.connection in self._scopes and told_by(event) is not None

    def _found(self, event: Event, change: Change, contact: Contact) -> Expected | None:
        if not event.is_echo and not self._is_plausible(event, change, contact):
            return None
        fitting = (one for one in self._left if self._fits(one, event, change, contact))
        return min(fitting, key=lambda one: not one.digest, default=None)

    def _is_plausible(self, event: Event, change: Change, contact: Contact) -> bool:
        """Whether a change without a value can be ours: it says nothing new, or could only be done by us.

        We subscribe nobody whose consent does not stand: who signs up without it has done so anew.
        """
        if change.name == JOINED:
            return may_market(contact, self._mapping, event.connection, self._now)[0]
        return change.name != WHOLE or not _is_news(contact, event)

    def _fits(self, one: Expected, event: Event, change: Change, contact: Contact) -> bool:
        is_same = (one.contact_id, one.scope) == (contact.id, self._scopes[event.connection])
        is_value = one.name == change.name and one.digest in {"", change.digest}
        return is_same and is_value and -CLOCKS_DIFFER <= event.occurred_at - one.at <= echoes.KEPT_FOR


def _is_news(contact: Contact, event: Event) -> bool:
    """Whether the event says something of the person that we do not know."""
    known = contact.fields
    return any(name not in known or known[name].value != value for name, value in event.fields.items())
