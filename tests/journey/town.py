"""Several contacts whom events find, and who become one: the engine without a store."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import datetime

from connector.journey.identity import choose, introduce
from connector.journey.joining import Half, join
from connector.journey.kinship import in_order, named_first, proof
from connector.journey.late import Past, decide_in
from connector.journey.wake import wake
from connector.mapping.mapping import Mapping
from connector.model.contact import Contact, changed
from connector.model.decision import Decision
from connector.model.event import Event, Identity
from connector.model.order import place_of
from tests.journey.build import NOON, at


@dataclass
class Town:
    """Contacts by id, whose each identity is, and what happened to whom."""

    mapping: Mapping
    people: dict[str, Contact] = field(default_factory=dict)
    owners: dict[Identity, str] = field(default_factory=dict)
    past: dict[str, list[Event]] = field(default_factory=dict)
    parked: list[Event] = field(default_factory=list)
    decisions: list[Decision] = field(default_factory=list)

    def hears(self, *events: Event, now: datetime = NOON) -> Decision:
        """Let these events arrive, one after the other."""
        for one in events:
            self._hear(one, now)
        return self.decisions[-1]

    def _hear(self, event: Event, now: datetime) -> None:
        choice = choose(event, self.owners)
        if choice.is_parked:
            self.parked.append(event)
            return
        chosen = choice.contact_id or self._somebody()
        self.owners.update(dict.fromkeys(choice.unclaimed, chosen))
        self.people[chosen] = introduce(self.people[chosen], choice.unclaimed)
        chosen = self._join(chosen, event, now)
        self._decide(chosen, event, now)
        waiting, self.parked = self.parked, []
        for one in waiting:
            self._hear(one, now)

    def _somebody(self) -> str:
        name = f"{len(self.past) + 1:02}"
        self.people[name] = Contact(name, at("00:00", day=1).replace(minute=len(self.past)))
        self.past[name] = []
        return name

    def _join(self, chosen: str, event: Event, now: datetime) -> str:
        for identity in event.identities:
            name = self.owners[identity]
            one, other = self.people[chosen], self.people[name]
            found_by = proof(event, one, other) if name != chosen else None
            if found_by is None:
                continue
            older, younger = in_order(one, other)
            both = Half(older, self.past[older.id]), Half(younger, self.past[younger.id])
            decision = join(self.mapping, both, event, found_by, now)
            self.past[older.id] += [*self.past.pop(younger.id), *decision.deeds]
            del self.people[younger.id]
            self.people[older.id] = decision.contact
            self.past[younger.id] = []
            self.owners.update(dict.fromkeys(younger.identities, older.id))
            self.decisions.append(decision)
            chosen = older.id
        return chosen

    def _decide(self, chosen: str, event: Event, now: datetime) -> None:
        before = self.people[chosen]
        nobody = Contact(before.id, before.created_at)
        past = Past(nobody, sorted(self.past[chosen], key=place_of))
        decision = decide_in(past, self.mapping, before, event, now)
        self.past[chosen] += [event, *decision.deeds]
        self.people[chosen] = changed(
            named_first(replace(decision.contact, identities=before.identities), event)
        )
        self.decisions.append(decision)

    def wakes(self, now: datetime) -> Decision:
        """Let time itself be looked at for the only contact."""
        contact = self.only
        decision = wake(self.mapping, contact, now)
        self.people[contact.id] = decision.contact
        self.decisions.append(decision)
        return decision

    @property
    def only(self) -> Contact:
        """The only contact there is."""
        (contact,) = self.people.values()
        return contact
