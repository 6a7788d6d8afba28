"""The kinds of records beside the contact, as HubSpot tells them apart."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final


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
