"""The companies of a batch: found and made before a decision, locked behind the contacts, and kept."""

from __future__ import annotations

from collections.abc import Container, Iterable, Sequence
from datetime import datetime

from connector.journey.companies import Companies, names_in
from connector.model.contact import Contact
from connector.model.event import Event
from connector.model.ids import new_id
from connector.store import companies as stored
from connector.store.database import Transaction


class Firms:
    """The companies that events name, and those of the contacts to whom they happen, in one transaction."""

    def __init__(self, tx: Transaction, now: datetime, events: Sequence[Event] = ()) -> None:
        """`events` are in the order in which they are decided."""
        self._tx = tx
        self._names = names_in(events)
        self.companies = Companies(lambda: new_id(now), owners=stored.owners(tx, self._names))
        for event in events:
            self.companies.meet(event)

    def speakers(self, events: Iterable[Event]) -> set[str]:
        """The contacts who would be addressed by events about companies alone; nothing is locked for that."""
        named = {self.companies.owners[one] for event in events for one in event.company}
        found = stored.peek(self._tx, named).values() if named else ()
        return {speaker for one in found if (speaker := Companies.longest_of(one)) is not None}

    def lock(self, people: Iterable[Contact]) -> bool:
        """Write down whose the names are and lock the companies; False where another worker was faster.

        The contacts are locked already: that is the order for everybody.
        """
        wanted = {one: self.companies.owners[one] for one in self._names}
        if wanted and stored.claim(self._tx, wanted) != wanted:
            return False
        theirs = {one.company_id for one in people if one.company_id is not None}
        if ids := theirs | set(wanted.values()):
            self.companies.known.update(stored.load(self._tx, ids))
        return True

    def are_addressed(self, events: Iterable[Event], people: Container[str]) -> bool:
        """Whether all whom events about companies alone would address, as these are now, are at hand."""
        named = {self.companies.owners[one] for event in events for one in event.company}
        found = (self.companies.known[one] for one in named if one in self.companies.known)
        return all((Companies.longest_of(one) or "") in people for one in found if one.people)

    def save(self) -> None:
        """Write down the companies that have changed."""
        if self.companies.touched:
            stored.save(self._tx, self.companies.changed())
