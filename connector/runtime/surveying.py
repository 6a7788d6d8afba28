"""What a file would bring, before it does: how many records, of what, from when to when, and about whom.

The records are read and translated as they would be; of whom they speak is asked of the store a page at a
time. Nothing is written, and of people only a number of eight bytes is kept, so that a million fit.
"""

from __future__ import annotations

from array import array
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from hashlib import blake2b
from itertools import islice
from typing import Final

from connector.mapping.mapping import Mapping as Rules
from connector.model.contact import Contact
from connector.model.delivery import Delivery
from connector.model.event import Event
from connector.runtime.expecting import Expecting
from connector.runtime.importing import Way
from connector.sources.records import Record
from connector.sources.translate import translate
from connector.store import contacts, received
from connector.store.database import Store, Transaction

SHOWN: Final = 5
"""Records that cannot be read, of which is said why."""

_PAGE: Final = 200
_SHARES: Final = 16


class Heads:
    """Counts people, each once, in eight bytes each."""

    def __init__(self) -> None:
        self._seen = array("Q")

    def add(self, name: str) -> None:
        """This one is among them."""
        digest = blake2b(name.encode("utf-8", "surrogatepass"), digest_size=8).digest()
        self._seen.append(int.from_bytes(digest))

    def __len__(self) -> int:
        shares = range(_SHARES)
        return sum(len({one for one in self._seen if one % _SHARES == share}) for share in shares)


@dataclass(slots=True)
class Survey:
    """What was found. `sound` has for each record, in order, whether it is to be brought.

    `events` are counted by name, and those that are `acting` among them: what has come before does nothing
    more. `ignored` and `problems` are records of which nothing is brought, `problems` the first of the
    `unreadable` by their places. `known` are people who are known, `consenting` those of them who have
    consented to something; `ticked` are those in history that speak of a consent, which they do not give.
    `nobody` are events that do not say whose they are.
    """

    records: int = 0
    come_before: int = 0
    unreadable: int = 0
    ignored: Counter[str] = field(default_factory=Counter)
    problems: list[tuple[str, str]] = field(default_factory=list)
    events: Counter[str] = field(default_factory=Counter)
    acting: Counter[str] = field(default_factory=Counter)
    first: datetime | None = None
    last: datetime | None = None
    new: Heads = field(default_factory=Heads)
    known: Heads = field(default_factory=Heads)
    consenting: Heads = field(default_factory=Heads)
    ticked: int = 0
    nobody: int = 0
    sound: bytearray = field(default_factory=bytearray)

    @property
    def coming(self) -> int:
        """How many records there are to bring that have not come before."""
        return sum(self.sound) - self.come_before


@dataclass(frozen=True, slots=True)
class Surveyor:
    """Goes through records by the mapping that is live. `went` hears how many were gone through; where some
    of it is to act, `expecting` hears of that."""

    store: Store
    mapping: Rules
    way: Way
    clock: Callable[[], datetime]
    went: Callable[[int], None] = lambda _: None
    expecting: Expecting | None = None

    def survey(self, records: Iterable[Record]) -> Survey:
        """Raises RecordsError and StoreError."""
        found = Survey()
        in_order = iter(records)
        while page := list(islice(in_order, _PAGE)):
            self._page(page, found)
            self.went(len(page))
        return found

    def _page(self, page: Sequence[Record], found: Survey) -> None:
        now, told = self.clock(), list[tuple[Delivery, Sequence[Event]]]()
        for one in page:
            delivery = self.way.delivery(one, now)
            events = self._events(one, delivery, found)
            found.sound.append(events is not None)
            if events is not None:
                told.append((delivery, events))
        found.records += len(page)
        with self.store.reading() as tx:
            coming = received.not_noted(tx, [delivery for delivery, _ in told])
            found.come_before += len(told) - len(coming)
            new = {one.fingerprint for one in coming}
            heard = [(one, delivery.fingerprint in new) for delivery, events in told for one in events]
            self._hear(tx, heard, found)

    def _hear(self, tx: Transaction, heard: Sequence[tuple[Event, bool]], found: Survey) -> None:
        """Count events, each with whether it has not come before: one that has does nothing more."""
        people = _meet(tx, [event for event, _ in heard], found)
        for (event, is_new), known in zip(heard, people, strict=True):
            acts = is_new and not event.is_past
            _count(event, found, acts=acts)
            if acts and event.people and self.expecting:
                self.expecting.hear(tx, event, known)

    def _events(self, record: Record, delivery: Delivery, found: Survey) -> Sequence[Event] | None:
        """What a record tells; None where nothing of it is to be brought."""
        if record.problem:
            _complain(found, record, record.problem)
            return None
        told = translate(self.mapping, self.mapping.connections[self.way.connection], delivery)
        if told.failures:
            first = told.failures[0]
            _complain(found, record, f"{first.path}: {first.reason}" if first.path else first.reason)
            return None
        if not told.events:
            found.ignored[told.ignored] += 1
            return None
        return told.events


def _complain(found: Survey, record: Record, why: str) -> None:
    found.unreadable += 1
    if len(found.problems) < SHOWN:
        found.problems.append((record.place, why))


def _count(event: Event, found: Survey, *, acts: bool) -> None:
    found.events[event.name] += 1
    found.acting[event.name] += acts
    found.ticked += event.is_past and any(claim.given for claim in event.consent)
    at = event.occurred_at
    found.first = at if found.first is None else min(found.first, at)
    found.last = at if found.last is None else max(found.last, at)


def _meet(tx: Transaction, events: Sequence[Event], found: Survey) -> list[Contact | None]:
    """Count of whom these speak; for each the contact, if they are known."""
    owners = contacts.owners(tx, {identity for one in events for identity in one.identities})
    people = contacts.peek(tx, set(owners.values()))
    met = []
    for one in events:
        owner = next((owners[it] for it in one.identities if it in owners), None)
        met.append(people.get(owner or ""))
        _count_person(one, met[-1], found)
    return met


def _count_person(event: Event, known: Contact | None, found: Survey) -> None:
    if known is not None:
        found.known.add(known.id)
        if any(one.given for one in known.consent.values()):
            found.consenting.add(known.id)
    elif event.people:
        address = next((one for one in event.people if one.kind == "email"), event.people[0])
        found.new.add(str(address))
    else:
        found.nobody += 1
