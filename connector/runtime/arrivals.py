"""Events that have arrived, and whose they are."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime

from connector.errors import LoodsError
from connector.journey.identity import choose
from connector.model.contact import Contact
from connector.model.event import BY_NAME, Event, Identity
from connector.model.ids import new_id
from connector.model.light import light
from connector.model.order import InOrder, by_place
from connector.store import contacts, history
from connector.store.database import Transaction


@light
class Arrival:
    """An event and the delivery that brought it."""

    event: Event
    delivery_id: str

    @property
    def place(self) -> InOrder:
        """Where the event stands in its history."""
        return by_place(self.event)


class ContendedError(LoodsError):
    """Another worker took an identity at the same moment: the transaction is to be taken again."""


class Owners:
    """Whose each identity is, as far as anybody has it, in one transaction."""

    def __init__(self, tx: Transaction, now: datetime) -> None:
        self._tx = tx
        self._now = now
        self.of: dict[Identity, str] = {}

    def know(self, arrivals: Iterable[Arrival]) -> None:
        """Ask whose the identities of these are."""
        named = {identity for one in arrivals for identity in one.event.identities}
        self.of.update(contacts.owners(self._tx, named - self.of.keys()))

    def assign(self, arrivals: Iterable[Arrival]) -> tuple[list[tuple[Arrival, str]], list[Arrival]]:
        """Each arrival with its contact's id; an event that nobody is found for makes a person, or is parked.

        An arrival later in the batch may name the owner of an earlier one, and that one of yet another: what
        would be parked is tried again for as long as somebody new is found.
        """
        assigned: list[tuple[Arrival, str]] = []
        tried: list[Arrival] = []
        left = list(arrivals)
        while len(left) != len(tried):
            tried, again = left, []
            for arrival in tried:
                choice = choose(arrival.event, self.of, self._has_address)
                if choice.is_parked:
                    again.append(arrival)
                    continue
                contact_id = choice.contact_id or new_id(self._now)
                self.of.update(dict.fromkeys(choice.unclaimed, contact_id))
                assigned.append((arrival, contact_id))
            left = again
        return sorted(assigned, key=lambda one: one[0].place), left

    def _has_address(self, contact_id: str) -> bool:
        """Whether an address of this contact is known, or has come with this batch."""
        if any(it.kind == "email" for it, owner in self.of.items() if owner == contact_id):
            return True
        return any(it.kind == "email" for it in contacts.identities_of(self._tx, [contact_id])[contact_id])

    def named(self, assigned: Iterable[tuple[Arrival, str]]) -> set[str]:
        """Everybody whom an event names: it may show that they are one, and then both are to be locked."""
        return {self.of[identity] for arrival, _ in assigned for identity in arrival.event.identities}

    def claim(self, assigned: Sequence[tuple[Arrival, str]], people: dict[str, Contact]) -> list[Arrival]:
        """Write down whose the identities are; returns the parked events that have an owner now.

        `people` are locked and were read since, with their identities: what is theirs by then stays so.
        """
        named = {identity for arrival, _ in assigned for identity in arrival.event.identities}
        wanted = {identity: self.of[identity] for identity in sorted(named, key=BY_NAME)}
        new = self._not_theirs(wanted, people)
        if contacts.claim(self._tx, list(new.items())) != new:
            raise ContendedError("an identity was taken by another worker at the same moment")
        theirs: dict[str, list[Identity]] = {}
        for identity, contact_id in wanted.items():
            theirs.setdefault(contact_id, []).append(identity)
        for contact_id in theirs.keys() & people.keys():
            people[contact_id] = contacts.with_identities(people[contact_id], theirs[contact_id])
        return [Arrival(one.event, one.delivery_id) for one in history.unpark(self._tx, wanted)]

    @staticmethod
    def _not_theirs(wanted: dict[Identity, str], people: dict[str, Contact]) -> dict[Identity, str]:
        known = {one: frozenset(contact.identities) for one, contact in people.items()}
        return {one: owner for one, owner in wanted.items() if one not in known.get(owner, ())}

    def follow(self, younger: str, older: str) -> None:
        """What was the one contact's is the other's, who is the same."""
        self.of.update(dict.fromkeys((one for one, whose in self.of.items() if whose == younger), older))
