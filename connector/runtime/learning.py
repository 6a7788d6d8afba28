"""What our own calls teach: a platform's own id of a contact, and what is to stand in a contact's history."""

from __future__ import annotations

from datetime import datetime

from connector.journey.kinship import with_record
from connector.mapping.mapping import Mapping
from connector.model.contact import Contact
from connector.model.event import Event, Identity
from connector.model.identities import email
from connector.runtime.arrivals import Arrival, ContendedError
from connector.runtime.deciding import Applied, apply_new
from connector.store import contacts, families, history
from connector.store.database import Transaction


def learn(tx: Transaction, mapping: Mapping, contact_id: str, identity: Identity, now: datetime) -> Applied:
    """A platform has told its own id of a contact: remember it, and decide what waited for it.

    Where it is another contact's by now, that is the platform's word that they are one. Raises as `apply`
    does.
    """
    known = families.root(tx, contact_id)
    found = contacts.load(tx, [known]).get(known)
    if families.root(tx, known) != known:
        raise ContendedError("the contact became one with another at the same moment")
    owner = contacts.claim(tx, [(identity, known)])[identity]
    if owner != known:
        told = _told(tx, found, identity, now)
        return apply_new(tx, mapping, [Arrival(told, "")] if told else [], now)
    _use(tx, found, identity, is_of_other=known != contact_id)
    waiting = history.unpark(tx, [identity])
    return apply_new(tx, mapping, [Arrival(one.event, one.delivery_id) for one in waiting], now)


def _told(tx: Transaction, found: Contact | None, identity: Identity, now: datetime) -> Event | None:
    """What says that the id is that of whoever has the contact's address; as a change of our own it starts no
    rule. None where the contact has no address, is not known any more, or this was told before.
    """
    address = email(found.email or "") if found is not None else None
    if found is None or address is None:
        return None
    key = f"told:{found.id}:{identity.value}"
    if not history.new_keys(tx, [(identity.scope, key)], now):
        return None
    return Event(
        key=key,
        name="contact.changed",
        occurred_at=now,
        connection=identity.scope,
        source=identity.scope,
        people=(identity, address),
        is_echo=True,
    )


def _use(tx: Transaction, found: Contact | None, identity: Identity, *, is_of_other: bool) -> None:
    """Of several records the one is written that the platform has told last, of this contact itself."""
    after = with_record(found, identity, is_used=not is_of_other) if found is not None else None
    if after is not None and after is not found:
        contacts.save(tx, [after], contacts.wakes_of(tx, [after.id]))


def take_note(tx: Transaction, mapping: Mapping, event: Event, now: datetime) -> None:
    """Something of our own making has happened to a contact who is known: it goes into their history."""
    apply_new(tx, mapping, [Arrival(event, "")], now)
