"""A rehearsal: events are decided one after the other on a clock of their own; nothing is kept or sent."""

from __future__ import annotations

from bisect import insort
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from datetime import datetime
from itertools import count

from connector.journey.bearing import is_nobody, nobody
from connector.journey.companies import Companies, numbered
from connector.journey.for_company import decide_for_company
from connector.journey.identity import choose, introduce
from connector.journey.joining import Half, join, with_first
from connector.journey.kinship import in_order, named_first, proof
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
    numbers: Iterator[int] = field(default_factory=lambda: count(1))

    def hears(self, event: Event) -> Heard:
        """An event arrives."""
        self.now = now = max(self.now or event.occurred_at, event.occurred_at)
        if event.is_of_company:
            return self._hears_of_company(event, now)
        choice = choose(event, self.owners, self._has_address)
        contact_id = choice.contact_id or f"contact-{next(self.numbers)}"
        self.owners.update(dict.fromkeys(choice.unclaimed, contact_id))
        before = self.people.get(contact_id) or Contact(id=contact_id, created_at=now)
        self.histories.setdefault(contact_id, [])
        self.people[contact_id] = introduce(before, choice.unclaimed)
        joined: list[Decision] = []
        for identity in event.identities:
            contact_id = self._as_one(contact_id, self.owners[identity], event, joined)
        decision = self._decided(contact_id, event, now)
        for one in joined:
            decision = with_first(one, decision)
        return self._heard(event, now, decision, [event])

    def _decided(self, contact_id: str, event: Event, now: datetime) -> Decision:
        before = self.people[contact_id]
        past = Past(Contact(contact_id, before.created_at), self.histories[contact_id])
        decision = decide_in(past, self.mapping, self.companies.before(before, event, now), event, now)
        return replace(decision, contact=named_first(decision.contact, event))

    def _as_one(self, contact_id: str, other: str, event: Event, joined: list[Decision]) -> str:
        """The id of the contact once the two are one, if the event shows that they are."""
        pair = [self.companies.attach(self.people[one]) for one in (contact_id, other)]
        found_by = proof(event, *pair) if contact_id != other else None
        if found_by is None or self.now is None:
            return contact_id
        older, younger = in_order(*pair)
        both = Half(older, self.histories[older.id]), Half(younger, self.histories[younger.id])
        decision = join(self.mapping, both, event, found_by, self.now)
        joined.insert(0, decision)
        together = [*self.histories[older.id], *self.histories.pop(younger.id), *decision.deeds]
        self.histories[older.id] = sorted(together, key=place_of)
        self.people[older.id] = self.companies.joined(older, younger, decision.contact)
        self.owners.update(dict.fromkeys(self.people.pop(younger.id).identities, older.id))
        self.wakes.pop(younger.id, None)
        return older.id

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
