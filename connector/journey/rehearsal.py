"""A rehearsal: events are decided one after the other on a clock of their own; nothing is kept or sent."""

from __future__ import annotations

from bisect import insort
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime

from connector.journey.identity import choose, introduce
from connector.journey.late import Past, decide_in
from connector.journey.wake import wake
from connector.mapping.mapping import Mapping
from connector.model.contact import Contact
from connector.model.decision import Decision
from connector.model.event import Event, Identity
from connector.model.order import place_of


@dataclass(frozen=True, slots=True)
class Heard:
    """One moment of a rehearsal, and what was decided at it: upon an event, or because time had passed."""

    event: Event | None
    at: datetime
    decision: Decision


def rehearse(mapping: Mapping, events: Iterable[Event], until: datetime | None = None) -> tuple[Heard, ...]:
    """Decide events in the order in which they arrive, and what time brings between them and `until`.

    Nobody is known before. Each event arrives at the moment at which it happens, but not before those ahead
    of it: the clock never runs back, so one that stands behind a later one is late. Every event names a
    person, so that none has to wait until somebody is known.
    """
    stage = _Stage(mapping)
    heard = [one for event in events for one in (*stage.waits(event.occurred_at), stage.hears(event))]
    if until is not None:
        heard.extend(stage.waits(until))
    return tuple(heard)


@dataclass(slots=True)
class _Stage:
    mapping: Mapping
    now: datetime | None = None
    owners: dict[Identity, str] = field(default_factory=dict)
    people: dict[str, Contact] = field(default_factory=dict)
    wakes: dict[str, datetime] = field(default_factory=dict)
    histories: dict[str, list[Event]] = field(default_factory=dict)

    def hears(self, event: Event) -> Heard:
        """An event arrives."""
        self.now = now = max(self.now or event.occurred_at, event.occurred_at)
        choice = choose(event, self.owners)
        contact_id = choice.contact_id or f"contact-{len(self.people) + 1}"
        self.owners.update(dict.fromkeys(choice.unclaimed, contact_id))
        before = self.people.get(contact_id) or Contact(id=contact_id, created_at=now)
        history = self.histories.setdefault(contact_id, [])
        past = Past(Contact(contact_id, before.created_at), history)
        decision = decide_in(past, self.mapping, introduce(before, choice.unclaimed), event, now)
        return self._heard(event, now, decision)

    def waits(self, until: datetime) -> Iterator[Heard]:
        """Time passes: everybody is looked at when it is their time, one after the other."""
        while self.wakes:
            contact_id, at = min(self.wakes.items(), key=lambda one: (one[1], one[0]))
            if at > until:
                return
            self.now = now = max(self.now or at, at)
            yield self._heard(None, now, wake(self.mapping, self.people[contact_id], now))

    def _heard(self, event: Event | None, now: datetime, decision: Decision) -> Heard:
        contact = decision.contact
        for happened in (*([event] if event else ()), *decision.deeds):
            insort(self.histories[contact.id], happened, key=place_of)
        self.people[contact.id] = contact
        self.wakes.pop(contact.id, None)
        if decision.wakes_at is not None:
            self.wakes[contact.id] = decision.wakes_at
        return Heard(event, now, decision)
