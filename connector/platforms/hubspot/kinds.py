"""The kinds of records and of lists, as HubSpot tells them apart."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from connector.model.naming import Thing

CONTACTS: Final = "0-1"
"""HubSpot's number for the kind of contacts."""
STATIC: Final = frozenset({"MANUAL", "SNAPSHOT"})
"""What takes and loses contacts by the API (developers.hubspot.com, Lists API guide, processing types)."""
PROPERTIES: Final[Mapping[Thing, str]] = {
    Thing.CONTACT_PROPERTY: "contacts",
    Thing.COMPANY_PROPERTY: "companies",
    Thing.DEAL_PROPERTY: "deals",
    Thing.TICKET_PROPERTY: "tickets",
}
"""Of whose records each sort of property is."""


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of record: its name in paths, the property that says when it was made, and how it is tied.

    `to_contact` is HubSpot's number for the association from it to a contact (its SDK, association_type.py).
    """

    name: str
    made_at: str
    to_contact: int


TASKS: Final = Kind("tasks", "hs_createdate", 204)
NOTES: Final = Kind("notes", "hs_createdate", 202)
DEALS: Final = Kind("deals", "createdate", 3)
TICKETS: Final = Kind("tickets", "createdate", 16)
COMPANIES: Final = Kind("companies", "createdate", 280)
