"""Who goes through a journey: the contact, or the company to which the contact belongs."""

from __future__ import annotations

from collections.abc import Mapping as Table
from dataclasses import replace
from typing import Final

from connector.mapping.rules import Journey
from connector.model.company import Company
from connector.model.contact import Contact, changed
from connector.model.standing import Standing

COMPANY: Final = "company"

NO_COMPANY: Final = "the contact belongs to no company"


def bearer(contact: Contact, journey: Journey) -> Contact | Company | None:
    """Who goes through the journey; None where that is a company, and the contact has none."""
    return contact.company if journey.subject == COMPANY else contact


def standing_in(contact: Contact, journey: Journey) -> Standing | None:
    """Where the contact, or its company, stands in a journey."""
    found = bearer(contact, journey)
    return found.standings.get(journey.name) if found else None


def with_standing(contact: Contact, journey: Journey, standing: Standing) -> Contact:
    """The contact once it, or its company, stands so in a journey."""
    if journey.subject != COMPANY:
        return changed(contact, standings={**contact.standings, journey.name: standing})
    company = contact.company
    if company is None:
        return contact
    return changed(contact, company=replace(company, standings={**company.standings, journey.name: standing}))


def nobody(company: Company) -> Contact:
    """Stands for the people of a company of whom none is known; never stored."""
    return Contact(company.id, company.created_at, company=company)


def is_nobody(contact: Contact) -> bool:
    """Whether this only stands for a company."""
    return contact.company is not None and contact.id == contact.company.id


def main_of(journeys: Table[str, Journey]) -> str | None:
    """Of several journeys the one that `stage` alone speaks of: the only one, or the one called `main`."""
    return "main" if "main" in journeys else next(iter(journeys)) if len(journeys) == 1 else None


def standings_of(contact: Contact) -> Table[str, Standing]:
    """All standings by journey: those of the contact and those of its company."""
    if contact.company is None or not contact.company.standings:
        return contact.standings
    return {**contact.standings, **contact.company.standings}
