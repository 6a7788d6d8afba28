"""A rehearsal: events are decided one after the other on a clock of their own; nothing is kept or sent."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime

from connector.journey.decide import decide
from connector.journey.identity import choose, introduce
from connector.mapping.mapping import Mapping
from connector.model.contact import Contact
from connector.model.decision import Decision
from connector.model.event import Event, Identity


@dataclass(frozen=True, slots=True)
class Heard:
    """One event of a rehearsal: the moment at which it was heard, and what was decided."""

    event: Event
    at: datetime
    decision: Decision


def rehearse(mapping: Mapping, events: Iterable[Event]) -> tuple[Heard, ...]:
    """Decide events in the order in which they arrive; nobody is known before.

    Each arrives at the moment at which it happens, but not before those ahead of it: the clock never runs
    back, so one that stands behind a later one is late. Every event names a person, so that none has to wait
    until somebody is known.
    """
    stage = _Stage(mapping)
    return tuple(stage.hears(event) for event in events)


@dataclass(slots=True)
class _Stage:
    mapping: Mapping
    now: datetime | None = None
    owners: dict[Identity, str] = field(default_factory=dict)
    people: dict[str, Contact] = field(default_factory=dict)

    def hears(self, event: Event) -> Heard:
        self.now = now = max(self.now or event.occurred_at, event.occurred_at)
        choice = choose(event, self.owners)
        contact_id = choice.contact_id or f"contact-{len(self.people) + 1}"
        self.owners.update(dict.fromkeys(choice.unclaimed, contact_id))
        before = self.people.get(contact_id) or Contact(id=contact_id, created_at=now)
        decision = decide(self.mapping, introduce(before, choice.unclaimed), event, now)
        self.people[contact_id] = decision.contact
        return Heard(event, now, decision)
