"""What a payload would do and why: the same translation and decision, without a trace left behind."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import TypeAlias

from connector.journey.decide import decide
from connector.journey.identity import choose, introduce
from connector.mapping.accounts import Connection, Setting
from connector.mapping.mapping import Mapping
from connector.model.contact import Contact
from connector.model.decision import Decision
from connector.model.delivery import Delivery
from connector.model.event import Event, Identity
from connector.sources.translate import Translation, translate
from connector.store import contacts, history
from connector.store.database import Store

_Key: TypeAlias = tuple[str, str]


@dataclass(frozen=True, slots=True)
class ExplainedEvent:
    """One event: whom it would be about (None: parked, nobody is known), and what would follow.

    One that `has_happened` would be left out, since an event happens once; what follows is then what it would
    do if it had not.
    """

    event: Event
    contact: Contact | None
    is_new_contact: bool
    decision: Decision | None
    has_happened: bool = False


@dataclass(frozen=True, slots=True)
class Explanation:
    """A delivery's translation and each of its events."""

    translation: Translation
    events: tuple[ExplainedEvent, ...]


class Explainer:
    """Explains deliveries and events against the people that the store knows; writes nothing."""

    def __init__(
        self, mapping: Mapping, store: Store | None, resolve: Callable[[Setting | None], str | None]
    ) -> None:
        self._mapping = mapping
        self._store = store
        self._resolve = resolve

    def explain(self, connection: Connection, delivery: Delivery, now: datetime) -> Explanation:
        """What this delivery would do if it arrived at `now`; later events see what earlier ones did."""
        translation = translate(self._mapping, connection, delivery, self._resolve)
        return self._explained(translation, now)

    def explain_event(self, event: Event, now: datetime) -> Explanation:
        """What this event would do if it came at `now`, whoever told it."""
        return self._explained(Translation((event,), "", ()), now)

    def _explained(self, translation: Translation, now: datetime) -> Explanation:
        events = sorted(translation.events, key=lambda one: one.occurred_at)
        owners, people, happened = self._known(events)
        explained = (self._one(event, owners, people, now) for event in events)
        return Explanation(
            translation,
            tuple(replace(one, has_happened=_key(one.event) in happened) for one in explained),
        )

    def _known(self, events: Sequence[Event]) -> tuple[dict[Identity, str], dict[str, Contact], set[_Key]]:
        """What the store knows of them: whose the identities are, these people, and what has happened."""
        if self._store is None:
            return {}, {}, set()
        identities = {identity for event in events for identity in event.identities}
        with self._store.reading() as tx:
            owners = contacts.owners(tx, sorted(identities))
            people = contacts.peek(tx, sorted(set(owners.values())))
            return owners, people, history.happened(tx, [_key(event) for event in events])

    def _one(
        self, event: Event, owners: dict[Identity, str], people: dict[str, Contact], now: datetime
    ) -> ExplainedEvent:
        choice = choose(event, owners)
        if choice.is_parked:
            return ExplainedEvent(event, None, is_new_contact=False, decision=None)
        contact_id = choice.contact_id or f"new-{len(people) + 1}"
        owners.update(dict.fromkeys(choice.unclaimed, contact_id))
        before = people.get(contact_id) or Contact(id=contact_id, created_at=now)
        before = introduce(before, choice.unclaimed)
        decision = decide(self._mapping, before, event, now)
        people[contact_id] = decision.contact
        return ExplainedEvent(event, before, choice.contact_id is None, decision)


def _key(event: Event) -> _Key:
    return event.connection, event.key
