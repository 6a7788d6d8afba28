"""The company of a contact as rules see it, in the shape of `vocabulary.company_type`.

The contact for whom rules ask is seen as they are by now; their colleagues as they were at the last event of
theirs.
"""

from __future__ import annotations

from collections import abc
from dataclasses import replace
from datetime import datetime
from decimal import Decimal
from typing import Final

from connector.journey.bearing import main_of
from connector.journey.ledger import Purchases, purchases
from connector.mapping.mapping import Mapping
from connector.mapping.own_state import balance_of
from connector.model.company import Company, Member
from connector.model.contact import Contact
from connector.model.domains import DOMAIN
from connector.model.vocabulary import counter_of


class Firm(abc.Mapping[str, object]):
    """One company beside one of its people."""

    def __init__(self, mapping: Mapping, contact: Contact, company: Company) -> None:
        self.mapping = mapping
        self.contact = contact
        self.company = company
        self._told: dict[str, object] = {
            name: one.value for name, one in company.fields.items() if name not in _WORKED_OUT
        }

    def __getitem__(self, name: str) -> object:
        if name not in self._told:
            self._told[name] = _WORKED_OUT[name](self)
        return self._told[name]

    def __iter__(self) -> abc.Iterator[str]:
        return iter({**self._told, **_WORKED_OUT})

    def __len__(self) -> int:
        return len({**self._told, **_WORKED_OUT})

    def get(self, name: str, default: object = None) -> object:
        """The value; `default` where the company has nothing of the name."""
        if name in self._told:
            return self._told[name]
        return self[name] if name in _WORKED_OUT else default

    @property
    def people(self) -> abc.Mapping[str, Member]:
        """Who works there, by the ids of the contacts."""
        return with_member(self.company, self.contact).people


def with_member(company: Company, contact: Contact) -> Company:
    """The company that knows this contact as they are now, if they belong to it."""
    if contact.company_id != company.id or contact.erased_at is not None:
        return company
    known = company.people.get(contact.id)
    since = known.since if known else contact.company_at or contact.created_at
    member = _member(contact, since)
    if member == known:
        return company
    return replace(company, people={**company.people, contact.id: member})


def without_member(company: Company, contact_id: str) -> Company:
    """The company once somebody has left it."""
    if contact_id not in company.people:
        return company
    return replace(company, people={name: one for name, one in company.people.items() if name != contact_id})


def _member(contact: Contact, since: datetime) -> Member:
    bought = purchases(contact)
    return Member(
        since=since,
        name=_text(contact, "first_name", "last_name") or _text(contact, "name"),
        email=contact.email,
        role=_text(contact, "role"),
        orders=bought.count,
        spent=bought.total,
        first_at=bought.first_at,
        last_at=bought.last_at,
    )


def _text(contact: Contact, *names: str) -> str | None:
    stated = (contact.fields.get(name) for name in names)
    return " ".join(str(one.value) for one in stated if one) or None


def _people(firm: Firm) -> abc.Sequence[abc.Mapping[str, object]]:
    longest_first = sorted(firm.people.items(), key=lambda one: (one[1].since, one[0]))
    return [{"name": one.name, "email": one.email, "role": one.role} for _, one in longest_first]


def _purchases(firm: Firm) -> abc.Mapping[str, object]:
    people = firm.people.values()
    bought = Purchases(
        count=sum(one.orders for one in people),
        total=sum((one.spent for one in people), Decimal(0)),
        first_at=min((one.first_at for one in people if one.first_at), default=None),
        last_at=max((one.last_at for one in people if one.last_at), default=None),
    )
    return {
        "count": bought.count,
        "total": bought.total,
        "average": bought.average,
        "first_at": bought.first_at,
        "last_at": bought.last_at,
    }


def _domain(firm: Firm) -> object:
    stated = firm.company.fields.get("domain")
    known = next((one.value for one in firm.company.identities if one.kind == DOMAIN), None)
    return stated.value if stated else known


def _balance(firm: Firm) -> Decimal:
    stated = firm.company.fields.get("balance")
    return balance_of(stated.value if stated else None)


def _stage(firm: Firm) -> str | None:
    found = firm.company.standings.get(main_of(firm.mapping.journeys_of("company")) or "")
    return found.stage if found else None


def _cycle(firm: Firm) -> int | None:
    found = firm.company.standings.get(main_of(firm.mapping.journeys_of("company")) or "")
    return found.cycle if found else None


_WORKED_OUT: Final[abc.Mapping[str, abc.Callable[[Firm], object]]] = {
    "domain": _domain,
    "people": _people,
    "purchases": _purchases,
    "balance": _balance,
    "counters": lambda firm: {counter_of(name): one for name, one in firm.company.counters.items()},
    "stage": _stage,
    "cycle": _cycle,
    "stages": lambda firm: {name: one.stage for name, one in firm.company.standings.items()},
}
