"""Whether two contacts whom an event finds are one person; and which of a person's records is the one in use.

A shop's or platform's own id is its word that two are one. What people may share (a cookie, a token, an
address, a telephone number) never joins two who each have an address; it only says who a visitor is, of whom
none is known yet.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import product
from typing import TypeAlias

from connector.model.contact import Contact, changed
from connector.model.event import Event, Identity
from connector.model.identities import ADDRESS, OWN, RECORD, rank

Proof: TypeAlias = tuple[Identity, Identity]
"""The identity by which an event finds the one contact, and that by which it finds the other."""


def proof(event: Event, one: Contact, other: Contact) -> Proof | None:
    """By what the event says that two contacts are one person; None where it does not.

    Who was erased is joined with nobody, and an erasure joins nobody: it could not be undone. Nor are two
    whom a shop or platform knows by different ids of its own, unless the event itself names both: then it
    tells of their merge there. A platform has a record for each address, so that two records of which the
    event names none say nothing.
    """
    if event.name == "contact.erased" or one.erased_at is not None or other.erased_at is not None:
        return None
    mine, theirs = _named(event, one), _named(event, other)
    if not mine or not theirs:
        return None
    if told := _merge(mine, theirs):
        return told
    surest = mine[0], theirs[0]
    return surest if not _differ(event, one, other) and _says(surest, one, other) else None


def in_order(one: Contact, other: Contact) -> tuple[Contact, Contact]:
    """The older contact and the younger."""
    older, younger = sorted((one, other), key=lambda it: (it.created_at, it.id))
    return older, younger


def clashing(older: Contact, younger: Contact) -> tuple[Identity, ...]:
    """The younger's own ids of a kind of which the older has one in the same place."""
    known = {_place(it) for it in _own(older.identities)}
    return tuple(it for it in _own(younger.identities) if _place(it) in known)


def named_first(contact: Contact, event: Event) -> Contact:
    """The contact of whom that id is in use which an event names first, where it names several of a kind."""
    named: dict[tuple[str, str], list[Identity]] = {}
    for it in _own(event.people):
        named.setdefault(_place(it), []).append(it)
    for place, several in named.items():
        if len(several) > 1 and several[0] in contact.identities:
            seconds = [it for it in contact.seconds if _place(it) != place]
            seconds += [it for it in _own(contact.identities) if _place(it) == place and it != several[0]]
            contact = changed(contact, seconds=tuple(sorted(seconds)))
    return contact


def with_record(contact: Contact, told: Identity, *, is_used: bool) -> Contact:
    """The contact whose platform has told this id of its own; of several the one is in use that `is_used`."""
    others = [it for it in _own(contact.identities) if _place(it) == _place(told) and it != told]
    if not others:
        return contact
    spare = {*others} if is_used else {told}
    seconds = {it for it in contact.seconds if it != told} | spare
    return contact if seconds == {*contact.seconds} else changed(contact, seconds=tuple(sorted(seconds)))


def _named(event: Event, contact: Contact) -> list[Identity]:
    """By what the event finds a contact, the surest first."""
    return sorted((it for it in event.identities if it in contact.identities), key=rank)


def _merge(mine: Sequence[Identity], theirs: Sequence[Identity]) -> Proof | None:
    pairs = product(_own(mine), list(_own(theirs)))
    return next(((it, its) for it, its in pairs if _place(it) == _place(its)), None)


def _differ(event: Event, one: Contact, other: Contact) -> bool:
    """Whether a shop or platform knows them as two."""
    named = {_place(it) for it in _own(event.people)}
    return any(it.kind != RECORD or _place(it) in named for it in clashing(one, other))


def _says(found_by: Proof, one: Contact, other: Contact) -> bool:
    """Whether these identities are enough for contacts of whom no platform says that they are two."""
    by_one, by_other = map(rank, found_by)
    if min(by_one, by_other) == OWN and max(by_one, by_other) <= ADDRESS:
        return True
    return (by_other <= ADDRESS and not _has_address(one)) or (by_one <= ADDRESS and not _has_address(other))


def _has_address(contact: Contact) -> bool:
    return any(rank(it) == ADDRESS for it in contact.identities)


def _own(identities: Iterable[Identity]) -> Iterator[Identity]:
    return (it for it in identities if rank(it) == OWN)


def _place(identity: Identity) -> tuple[str, str]:
    return identity.kind, identity.scope
