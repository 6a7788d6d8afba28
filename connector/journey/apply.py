"""What an event says of the person, put into the contact: fields, shop, complaints, counters, erasure.

A value is kept with the time at which it was stated: the latest by its own time wins, whatever the order of
arrival. Two that were stated at the same instant are ordered by their text, so that any order ends the same.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Final

from connector.journey import recency
from connector.journey.interests import interests_after
from connector.model.contact import Contact, Stated, changed
from connector.model.event import Event
from connector.model.values import Value, dumps
from connector.model.vocabulary import EVENTS

_OF_TRADE: Final = frozenset(name for name, carried in EVENTS.items() if {"cart", "order"} & {*carried})
"""The events that happen in a shop."""

_OF_COMPLAINTS: Final = frozenset({"complaint.received", "complaint.resolved"})


def learn(contact: Contact, event: Event) -> Contact:
    """The contact with the fields that the event states. An absent or empty value states nothing."""
    fields = _learned(contact, event)
    return contact if fields is contact.fields else changed(contact, fields=fields)


def count(contact: Contact, event: Event) -> Contact:
    """The contact that has learned from the event, with it counted and remembered, the shop where it
    happened, and its complaints."""
    counters = {**contact.counters, event.name: contact.counters.get(event.name, 0) + 1}
    return changed(
        contact,
        fields=_learned(contact, event),
        counters=counters,
        shop=_shop(contact, event),
        complaints=_complaints(contact, event),
        last=recency.last_after(contact, event),
        recent=recency.recent_after(contact, event),
        owned=recency.owned_after(contact, event),
        interests=interests_after(contact, event),
    )


def erase(contact: Contact, at: datetime) -> Contact:
    """All that is left of somebody who is to be forgotten: that, and by which identities to know them.

    The identities stay, so that a late webhook finds the erased contact instead of making a new one.
    """
    return Contact(id=contact.id, created_at=contact.created_at, identities=contact.identities, erased_at=at)


def _learned(contact: Contact, event: Event) -> Mapping[str, Stated]:
    """The fields as far as they are known by then; the same where the event says nothing new."""
    known = contact.fields
    told: dict[str, Stated] = {}
    for name, value in _stated(contact, event).items():
        old = known.get(name)
        if old is None or _is_later(value, event.occurred_at, old):
            told[name] = Stated(value, event.occurred_at)
    return {**known, **told} if told else known


def _stated(contact: Contact, event: Event) -> Mapping[str, Value]:
    """What the event says; an address by which it knows the person is the one in use from then on.

    That an e-mail reached an address, or did not, says nothing of which one is in use.
    """
    said = {name: value for name, value in event.fields.items() if value is not None and value != ""}
    addresses = [one.value for one in event.people if one.kind == "email"]
    if addresses and "email" not in said and not event.name.startswith("email."):
        in_use = contact.stated_email
        said["email"] = in_use if in_use in addresses else addresses[0]
    return said


def _is_later(value: Value, at: datetime, old: Stated) -> bool:
    if at != old.at:
        return at > old.at
    if value.__class__ is str and value == old.value:
        return False
    return dumps(value) > dumps(old.value)


def _shop(contact: Contact, event: Event) -> str | None:
    """The shop of the latest cart or order by its own time; of two of one instant the last by name."""
    if "cart" not in event.subjects and "order" not in event.subjects:
        return contact.shop
    before = [at for name, at in contact.last.items() if name in _OF_TRADE]
    latest = max(before, default=event.occurred_at)
    is_new = (event.occurred_at, event.connection) >= (latest, contact.shop or "")
    return event.connection if is_new else contact.shop


def _complaints(contact: Contact, event: Event) -> Mapping[str, datetime]:
    complaints = contact.complaints
    if event.name not in _OF_COMPLAINTS:
        return complaints
    named = event.subjects.get("complaint", {}).get("id")
    match event.name:
        case "complaint.received":
            return {**complaints, str(named or event.key): event.occurred_at}
        case "complaint.resolved" if named:
            return {key: at for key, at in complaints.items() if key != str(named) or at > event.occurred_at}
        case _:
            return {key: at for key, at in complaints.items() if at > event.occurred_at}
