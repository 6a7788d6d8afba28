"""What the checker remembers of a run: sums of the history and of the events that were decided."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Final

from sqlalchemy import Row

from tests.simulation.history import Said

COMPLAINT_HOLDS_FOR: Final = timedelta(days=30)
DOUBTFUL: Final = frozenset({"lost", "lost before", "died", "died before"})
"""Answers after which nobody knows, so that a call may be repeated."""


@dataclass(slots=True)
class Person:
    """What events have said of one contact, in the order in which they were decided."""

    claims: list[tuple[datetime, bool]] = field(default_factory=list)
    complaints: defaultdict[str, list[tuple[datetime, bool]]] = field(
        default_factory=lambda: defaultdict(list)
    )
    orders: list[tuple[datetime, datetime]] = field(default_factory=list)
    counts: Counter[str] = field(default_factory=Counter)

    def takes_in(self, other: Person) -> None:
        """They are one: what was said of the other was said of this one."""
        self.claims.extend(other.claims)
        for complaint, said in other.complaints.items():
            self.complaints[complaint].extend(said)
        self.orders.extend(other.orders)
        self.counts.update(other.counts)

    def consents(self) -> bool:
        """Whether the latest claim by its own time gives consent; of two at once the withdrawal counts."""
        return bool(self.claims) and max(self.claims, key=lambda one: (one[0], not one[1]))[1]

    def complains(self, now: datetime) -> bool:
        """Whether a complaint is open and keeps marketing away."""
        latest = (max(said, key=lambda one: (one[0], not one[1])) for said in self.complaints.values())
        return any(is_open and at > now - COMPLAINT_HOLDS_FOR for at, is_open in latest)


@dataclass(slots=True)
class Seen:
    """All of it.

    `accepted` has the key of the event by the delivery's fingerprint; `calls` are the answers by an action's
    key, `effects` how often it took effect, `unheard` how often a process died with the answer in hand;
    `in_air` are those whose answers are on their way.
    """

    accepted: dict[str, str] = field(default_factory=dict)
    version: str = ""
    paused: frozenset[str] = frozenset()
    calls: defaultdict[str, list[str]] = field(default_factory=lambda: defaultdict(list))
    effects: Counter[str] = field(default_factory=Counter)
    unheard: Counter[str] = field(default_factory=Counter)
    events: dict[str, Row[Any]] = field(default_factory=dict)
    people: defaultdict[str, Person] = field(default_factory=lambda: defaultdict(Person))
    arms: dict[tuple[str, str], str] = field(default_factory=dict)
    not_before: dict[str, datetime] = field(default_factory=dict)
    in_air: set[str] = field(default_factory=set)

    def hears(self, said: Said) -> None:
        """Take up a line of the history."""
        facts = said.facts
        match said.what:
            case "accepted":
                self.accepted[facts["fingerprint"]] = facts["event"]
            case "live":
                self.version = facts["version"]
                self.paused = frozenset(facts["paused"].split(","))
            case "starts":
                self.in_air.clear()
            case "landed":
                self.in_air.discard(facts["key"])
            case "call":
                self.in_air.add(facts["key"])
                self.calls[facts["key"]].append(facts["answer"])
            case "effect":
                self.effects[facts["key"]] += 1

    def learns(self, row: Row[Any]) -> None:
        """Take up an event that was decided."""
        event, at = row.event, row.occurred_at
        person = self.people[row.contact_id]
        self.events[event["key"]] = row
        person.counts[event["name"]] += 1
        person.claims.extend((at, one["given"]) for one in event.get("consent", ()))
        match event["name"]:
            case "newsletter.unsubscribed":
                person.claims.append((at, False))
            case "complaint.received":
                person.complaints[event["subjects"]["complaint"]["id"]].append((at, True))
            case "complaint.resolved":
                person.complaints[event["subjects"]["complaint"]["id"]].append((at, False))
            case "order.placed" if not any(entry["answer"] == "fact_known" for entry in row.trace or ()):
                person.orders.append((at, row.decided_at))

    def joins(self, became: Mapping[str, str]) -> None:
        """Some have become one with others, and are in the arms of these."""
        for younger in became.keys() & self.people.keys():
            self.people[became[younger]].takes_in(self.people.pop(younger))
        for one in [one for one in self.arms if one[0] in became]:
            del self.arms[one]

    def recovers(self, under_way: Iterable[str]) -> None:
        """A process has begun; of these actions it has to take the outcome for unknown."""
        for key in under_way:
            if self.calls[key] and self.calls[key][-1] not in DOUBTFUL:
                self.unheard[key] += 1

    def doubts(self, key: str) -> int:
        """How many calls of this action there were of which nobody knows what came of them."""
        return self.unheard[key] + sum(answer in DOUBTFUL for answer in self.calls[key])
