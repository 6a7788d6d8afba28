"""A rehearsal: events are decided one after the other on a clock of their own; nothing is kept or sent."""

from __future__ import annotations

from bisect import insort
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime

from connector.journey.bearing import is_nobody, nobody
from connector.journey.companies import Companies, numbered
from connector.journey.for_company import decide_for_company
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

    Neither people nor companies are known before. Each event arrives at the moment at which it happens, but
    not before those ahead of it: the clock never runs back, so one that stands behind a later one is late.
    Every event names a person or a company, so that none has to wait until somebody is known.
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
    companies: Companies = field(default_factory=numbered)

    def hears(self, event: Event) -> Heard:
        """An event arrives."""
        self.now = now = max(self.now or event.occurred_at, event.occurred_at)
        if event.is_of_company:
            return self._hears_of_company(event, now)
        choice = choose(event, self.owners, self._has_address)
        contact_id = choice.contact_id or f"contact-{len(self.people) + 1}"
        self.owners.update(dict.fromkeys(choice.unclaimed, contact_id))
        before = self.people.get(contact_id) or Contact(id=contact_id, created_at=now)
        history = self.histories.setdefault(contact_id, [])
        past = Past(Contact(contact_id, before.created_at), history)
        known = self.companies.before(introduce(before, choice.unclaimed), event, now)
        return self._heard(event, now, decide_in(past, self.mapping, known, event, now), [event])

    def _has_address(self, contact_id: str) -> bool:
        """Whether an address of this contact is known."""
        return any(it.kind == "email" for it in self.people[contact_id].identities)

    def waits(self, until: datetime) -> Iterator[Heard]:
        """Time passes: everybody is looked at when it is their time, one after the other."""
        while self.wakes:
            contact_id, at = min(self.wakes.items(), key=lambda one: (one[1], one[0]))
            if at > until:
                return
            self.now = now = max(self.now or at, at)
            woken = wake(self.mapping, self.companies.attach(self.people[contact_id]), now)
            yield self._heard(None, now, woken)

    def _hears_of_company(self, event: Event, now: datetime) -> Heard:
        company = self.companies.hear(event, now)
        if company is None:
            raise ValueError(f"{event.key} is about nobody")
        speaker = Companies.longest_of(company)
        person = self.companies.attach(self.people[speaker]) if speaker else nobody(company)
        return self._heard(event, now, decide_for_company(self.mapping, person, event, now))

    def _heard(
        self, event: Event | None, now: datetime, decision: Decision, happened: Iterable[Event] = ()
    ) -> Heard:
        contact = self.companies.after(decision.contact)
        if is_nobody(decision.contact):
            return Heard(event, now, decision)
        for one in (*happened, *decision.deeds):
            insort(self.histories[contact.id], one, key=place_of)
        self.people[contact.id] = contact
        self.wakes.pop(contact.id, None)
        if decision.wakes_at is not None:
            self.wakes[contact.id] = decision.wakes_at
        return Heard(event, now, decision)
