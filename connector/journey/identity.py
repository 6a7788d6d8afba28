"""Whom an event is about: which contact its identities find, and what they teach about it.

A person's own id at a shop or platform decides before the e-mail address (which may change hands within a
company, or be corrected), the address before what is weaker (a telephone number, a cookie), and these
before things that belong to a person. What is weaker finds nobody of whom another address is known than the
event names. An identity stays with the contact that has it: what belongs to
another contact is a conflict, named in the trace, and never moved.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace

from connector.model.contact import Contact, changed
from connector.model.decision import Answer, TraceEntry
from connector.model.event import Event, Identity
from connector.model.identities import ADDRESS, SHARED, rank
from connector.model.light import light


@light
class Choice:
    """Whom an event is about. `contact_id` None and not parked: it introduces a new contact.

    `unclaimed` are the identities that the contact learns, `conflicts` those that others have. A parked event
    waits under its belongings, an echo also under the id of the person; one that has no identity at all is
    parked under nothing.
    """

    contact_id: str | None
    unclaimed: tuple[Identity, ...] = ()
    conflicts: tuple[Identity, ...] = ()
    is_parked: bool = False


def choose(
    event: Event, owners: Mapping[Identity, str], has_address: Callable[[str], bool] = lambda _: False
) -> Choice:
    """The contact of an event, given who owns its identities as far as anybody does.

    `has_address` says whether an address is known of a contact. Then a browser or a telephone is no proof
    that a new address is theirs too: it may be that of whoever else uses it.
    """
    named = event.identities
    found = [one for one in named if one in owners]
    if not found:
        return Choice(None, named, is_parked=not _introduces(event))
    surest = min(found, key=rank)
    contact_id: str | None = owners[surest]
    if contact_id and rank(surest) == SHARED and _names_address(event) and has_address(contact_id):
        contact_id = None
    return Choice(
        contact_id=contact_id,
        unclaimed=tuple(one for one in named if one not in owners),
        conflicts=tuple(one for one in found if owners[one] != contact_id),
    )


def introduce(contact: Contact, identities: Sequence[Identity]) -> Contact:
    """The contact with identities that it now owns; those that it had come first."""
    known = set(contact.identities)
    new = tuple([one for one in dict.fromkeys(identities) if one not in known])
    return changed(contact, identities=contact.identities + new) if new else contact


def own_part(event: Event, contact: Contact) -> tuple[Event, tuple[TraceEntry, ...]]:
    """The event without the identities that are not the contact's, and a trace entry for each of these.

    An address that belongs to another contact is not taken as this one's address either.
    """
    known, own = contact.identities, {one.value: one for one in contact.identities}
    foreign = [
        one
        for one in event.identities
        if (mine := own.get(one.value)) is not one and mine != one and one not in known
    ]
    if not foreign:
        return event, ()
    addresses = [one.value for one in foreign if one.kind == "email"]
    fields = event.fields
    if fields.get("email") in addresses:
        fields = {name: value for name, value in fields.items() if name != "email"}
    left = replace(
        event,
        people=tuple(one for one in event.people if one not in foreign),
        belongings=tuple(one for one in event.belongings if one not in foreign),
        fields=fields,
    )
    return left, tuple(_conflict(one) for one in foreign)


def _names_address(event: Event) -> bool:
    return any(rank(one) == ADDRESS for one in event.people)


def _introduces(event: Event) -> bool:
    """Whether the event makes a person of whom nobody knows.

    What we changed ourselves was about somebody: it waits until the platform's id of them is known.
    """
    if event.is_echo:
        return _names_address(event)
    return bool(event.people)


def _conflict(identity: Identity) -> TraceEntry:
    return TraceEntry("event", Answer.CONFLICT, detail=f"{identity} belongs to another contact")
