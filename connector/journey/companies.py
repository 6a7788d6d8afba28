"""The companies at hand while events are decided: each in its newest state, and whom its names mean.

Two people of one company see each other's effects: a contact has its company attached before every decision,
and the company is taken back after it. A contact belongs to the company that was stated last, by the
event's own time; where one event names a company by two names that are those of two companies, its own id
counts, and the other name stays where it is.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from itertools import count

from connector.journey.corporate import learned
from connector.journey.firm import with_member, without_member
from connector.model.company import Company
from connector.model.contact import Contact, changed
from connector.model.event import Event, Identity


@dataclass(slots=True)
class Companies:
    """Companies by their ids, and which of them each name means; `make_id` gives a new one its id.

    `touched` are the ids of those that have changed since they came in.
    """

    make_id: Callable[[], str]
    owners: dict[Identity, str] = field(default_factory=dict)
    known: dict[str, Company] = field(default_factory=dict)
    touched: set[str] = field(default_factory=set)

    def meet(self, event: Event) -> str | None:
        """The id of the company that an event names, where it names one; its names are that company's now."""
        if not event.company:
            return None
        found = next((self.owners[one] for one in event.company if one in self.owners), None)
        company_id = found or self.make_id()
        for one in event.company:
            self.owners.setdefault(one, company_id)
        return company_id

    def hear(self, event: Event, now: datetime) -> Company | None:
        """The company that an event names, with its names and what the event says of it."""
        company_id = self.meet(event)
        if company_id is None:
            return None
        company = self.known.get(company_id) or Company(company_id, created_at=now)
        mine = [one for one in event.company if self.owners[one] == company_id]
        new = tuple(one for one in mine if one not in company.identities)
        if new:
            company = replace(company, identities=(*company.identities, *new))
        self._keep(learned(company, event.company_fields, event.occurred_at))
        return self.known[company_id]

    def before(self, contact: Contact, event: Event, now: datetime) -> Contact:
        """The contact as an event finds them: with the company that it names, or that they belong to."""
        named = self.hear(event, now)
        if named is not None and contact.erased_at is None:
            contact = self._joining(contact, named.id, event.occurred_at)
        return self.attach(contact)

    def attach(self, contact: Contact) -> Contact:
        """The contact with the newest state of their company."""
        company = self.known.get(contact.company_id) if contact.company_id else None
        return contact if company is contact.company else changed(contact, company=company)

    def after(self, contact: Contact) -> Contact:
        """The contact without their company, which is as this decision has left it from now on."""
        if contact.company is not None:
            self._keep(with_member(contact.company, contact))
        return contact if contact.company is None else changed(contact, company=None)

    def leave(self, contact: Contact, became: Contact) -> None:
        """The contact is one of its company's people no more, unless it still is what it became."""
        is_same = (contact.id, contact.company_id) == (became.id, became.company_id)
        left = self.known.get(contact.company_id) if contact.company_id and not is_same else None
        if left is not None:
            self._keep(without_member(left, contact.id))

    def joined(self, older: Contact, younger: Contact, became: Contact) -> Contact:
        """What two contacts have become, without its company: there the younger is nobody any more."""
        for one in (younger, older):
            self.leave(one, became)
        if became.company is not None:
            became = changed(became, company=without_member(became.company, younger.id))
        return self.after(became)

    @staticmethod
    def longest_of(company: Company) -> str | None:
        """Whoever has belonged to a company for longest, by the id of the contact; None where nobody does."""
        people = ((one.since, name) for name, one in company.people.items())
        return min(people, default=(None, None))[1]

    def changed(self) -> list[Company]:
        """The companies that have changed."""
        return [self.known[one] for one in sorted(self.touched)]

    def _joining(self, contact: Contact, company_id: str, at: datetime) -> Contact:
        """The contact as one of this company's people, unless they were said to be of another one since."""
        if contact.company_at is not None and at < contact.company_at:
            return contact
        left = self.known.get(contact.company_id) if contact.company_id else None
        if left is not None and left.id != company_id:
            self._keep(without_member(left, contact.id))
        joined = changed(contact, company_id=company_id, company_at=at)
        if contact.id not in self.known[company_id].people:
            self._keep(with_member(self.known[company_id], joined))
        return joined

    def _keep(self, company: Company) -> None:
        if self.known.get(company.id) is not company:
            self.known[company.id] = company
            self.touched.add(company.id)


def numbered() -> Companies:
    """No companies yet; new ones are called `company-1`, `company-2` and so on."""
    numbers = count(1)
    return Companies(lambda: f"company-{next(numbers)}")


def names_in(events: Iterable[Event]) -> Sequence[Identity]:
    """Every name of a company in these events, each once, sorted."""
    return sorted({one for event in events for one in event.company})
