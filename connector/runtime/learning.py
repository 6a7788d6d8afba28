"""What our own calls teach: a platform's own id of a contact, and what is to stand in a contact's history."""

from __future__ import annotations

from collections.abc import Sequence
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
from connector.store.records import lock_records


def learn(tx: Transaction, mapping: Mapping, told: Sequence[tuple[str, Identity]], now: datetime) -> Applied:
    """A platform has told its own ids of contacts: remember them, and decide what waited for these.

    Where one is another contact's by now, that is the platform's word that they are one. Raises as `apply`
    does.
    """
    roots = families.roots(tx, (one for one, _ in told))
    whose = [(identity, roots.get(one, one)) for one, identity in told]
    people = _with_several(tx, whose)
    if families.roots(tx, (root for _, root in whose)):
        raise ContendedError("a contact became one with another at the same moment")
    owners = contacts.claim(tx, whose)
    own = [(one, identity) for one, identity in told if owners[identity] == roots.get(one, one)]
    _use(tx, people, [(roots.get(one, one), identity, one not in roots) for one, identity in own])
    foreign = [(root, identity) for identity, root in whose if owners[identity] != root]
    found = contacts.load(tx, (root for root, _ in foreign))
    merges = [_told(tx, found.get(root), identity, now) for root, identity in foreign]
    waiting = history.unpark(tx, [identity for _, identity in own])
    arrivals = [Arrival(one, "") for one in merges if one is not None]
    arrivals += [Arrival(one.event, one.delivery_id) for one in waiting]
    return apply_new(tx, mapping, arrivals, now)


def _with_several(tx: Transaction, told: Sequence[tuple[Identity, str]]) -> dict[str, Contact]:
    """Those of the contacts, all of whom are locked, who have several ids now: one of these is in use.

    Of all others nothing changes but that an id is theirs, and nothing of them has to be read.
    """
    records = {root: set[Identity]() for _, root in told}
    for root, theirs in lock_records(tx, records, {(it.kind, it.scope) for it, _ in told}).items():
        records[root].update(theirs)
    for identity, root in told:
        records[root].add(identity)
    return contacts.load(tx, (root for root, theirs in records.items() if len(theirs) > 1))


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


def _use(tx: Transaction, people: dict[str, Contact], told: Sequence[tuple[str, Identity, bool]]) -> None:
    """Of several records the one is written that the platform has told last, of the contact itself."""
    changed: dict[str, Contact] = {}
    for contact_id, identity, is_used in told:
        before = people.get(contact_id)
        if before is None:
            continue
        after = with_record(before, identity, is_used=is_used)
        people[contact_id] = contacts.with_identities(after, [identity])
        if after is not before:
            changed[contact_id] = after
    contacts.save(tx, list(changed.values()), contacts.wakes_of(tx, sorted(changed)))


def take_note(tx: Transaction, mapping: Mapping, event: Event, now: datetime) -> None:
    """Something of our own making has happened to a contact who is known: it goes into their history."""
    apply_new(tx, mapping, [Arrival(event, "")], now)
