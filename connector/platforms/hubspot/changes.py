"""What HubSpot may tell us of an action of ours: it has webhooks of properties, new contacts and deals.

Tags and owners are told by the id or the whole list that they become, which only the call shows.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any, Final

from connector.model.changes import WHOLE, Change
from connector.platforms.base import Call
from connector.platforms.hubspot.arguments import RemoveFromList, SetOwner, Tag, Unsubscribe, UpdateContact
from connector.platforms.hubspot.deals import deal_properties
from connector.platforms.hubspot.owners import OWNER
from connector.platforms.hubspot.putting_back import BEFORE, PutBack
from connector.platforms.hubspot.record_arguments import CompleteTask, CreateDeal, UpdateCompany, UpdateDeal
from connector.platforms.hubspot.terms import STAGE
from connector.platforms.hubspot.values import as_texts

OPTED_OUT: Final = "hs_email_optout"
"""The property that is true for who gets no marketing e-mail; with a number, of that subscription."""

_MAKES_NOBODY: Final = (UpdateCompany, UpdateDeal, CompleteTask, RemoveFromList, Unsubscribe, PutBack)


def changes_of(call: Call, wanted: Any, tag_property: str) -> tuple[Change, ...]:
    """What comes back of a call with these arguments, if HubSpot tells of it at all."""
    return (*_of(wanted, tag_property), *(() if isinstance(wanted, _MAKES_NOBODY) else _of_new(call)))


def _of(wanted: Any, tag_property: str) -> Iterator[Change]:
    match wanted:
        case UpdateContact():
            yield from _written(as_texts(wanted.fields))
        case UpdateCompany():
            yield from _written(as_texts(wanted.fields), "company.")
        case UpdateDeal():
            yield from _written(deal_properties(wanted), "deal.")
        case CreateDeal():
            yield from _written(deal_properties(wanted), "deal.")
            yield from (Change("deal.created"), Change(WHOLE))
        case SetOwner():
            yield Change(OWNER)
        case PutBack():
            yield from (Change(BEFORE[wanted.of] + name) for name in wanted.fields)
        case Tag() if tag_property:
            yield Change(tag_property)
        case Unsubscribe():
            yield Change(f"{OPTED_OUT}_{wanted.subscription}" if wanted.subscription else OPTED_OUT, "true")


def _written(properties: dict[str, str], of: str = "") -> Iterator[Change]:
    """Each property with its value. A stage that goes back is cleared first."""
    for name, value in properties.items():
        yield Change(of + name, value)
    if STAGE in properties:
        yield Change(of + STAGE, "")


def _of_new(call: Call) -> Iterable[Change]:
    """That the contact is made, where HubSpot may not have it yet."""
    email = call.addressee.email
    if call.addressee.platform_id or not email:
        return ()
    return (Change(WHOLE), Change("email", email))
