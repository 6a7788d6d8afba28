"""Consent of an address, for a channel and a list: raised by fresh evidence only, lowered by withdrawal only.

An unticked box, a missing field and an import say nothing. The latest by the time of the event stands; at the
same instant a withdrawal wins. The list is the audience that the consent is for, named by its connection.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Final, TypeAlias

from connector.mapping.accounts import FromEnvironment
from connector.mapping.mapping import Mapping
from connector.model.contact import Consent, Contact, changed
from connector.model.event import Event

Records: TypeAlias = "dict[str, Consent]"

CLOCKS_DIFFER: Final = timedelta(days=1)
"""How far ahead of us a sender's clock may be before what it dates counts as no evidence."""

_FINAL_BOUNCES: Final = frozenset({"abuse", "complaint", "hard", "permanent", "spam"})


def hear(contact: Contact, event: Event, mapping: Mapping, usual: str = "") -> Contact:
    """The contact with the consent that the event gives or withdraws; what we did ourselves gives none, nor
    does what was imported.

    It is for the list of the event's connection, else for the `usual` one of the contact.
    """
    claims = list(_claims(event, mapping))
    if not claims:
        return contact
    audience = list_of(mapping, event.connection) or usual
    records = dict(contact.consent)
    for channel, given in claims:
        if given and (event.is_echo or event.is_past):
            continue
        address = _address(contact, event, channel)
        if address is None:
            continue
        key = consent_key(channel, audience, address)
        new = Consent(given, event.occurred_at, f"{event.name} {event.connection}:{event.key}")
        if key not in records or _wins(new, records[key]):
            records[key] = new if given else replace(new, closed_by=_closed_by(records, key))
    return contact if records == contact.consent else changed(contact, consent=records)


def closed(contact: Contact, mapping: Mapping, connection: str) -> Consent | None:
    """The verdict of a connection's platform that takes nothing about the address in use, if there is one."""
    address = _in_use(contact, "email")
    found = contact.consent.get(consent_key("email", list_of(mapping, connection), address or ""))
    return found if found is not None and found.closed_by == connection else None


def may_market(contact: Contact, mapping: Mapping, connection: str, now: datetime) -> tuple[bool, str | None]:
    """Whether the contact may get marketing by e-mail through the connection, and the evidence for it."""
    found = standing(contact, "email", list_of(mapping, connection), now)
    return (True, found.evidence) if found else (False, None)


def standing(contact: Contact, channel: str, audience: str, now: datetime) -> Consent | None:
    """The consent that stands for the address in use, on one list; None where there is none.

    Evidence that is dated further ahead of `now` than clocks differ is none. Nor has an erased contact any.
    """
    address = _in_use(contact, channel)
    found = contact.consent.get(consent_key(channel, audience, address)) if address else None
    if found is None or not found.given or found.at > now + CLOCKS_DIFFER:
        return None
    return found


def list_of(mapping: Mapping, connection: str) -> str:
    """The list that consent through a connection is for: its `list:`, its audience, or the only one there is.

    Empty where the company has none, or has several and the connection does not say which.
    """
    found = mapping.connections.get(connection)
    settings = found.settings if found else {}
    match settings.get("list"):
        case str(name):
            return name
        case FromEnvironment(variable):
            return variable
        case None:
            return connection if "audience" in settings else mapping.audience or ""


def consent_key(channel: str, audience: str, address: str) -> str:
    """The key of a consent record in a contact."""
    return f"{channel}|{audience}|{address}"


def _claims(event: Event, mapping: Mapping) -> Iterable[tuple[str, bool]]:
    for claim in event.consent:
        yield claim.channel, claim.given
    for channel, name in mapping.defaults.consent.items():
        if name == event.name:
            yield channel, True
    if event.name == "newsletter.unsubscribed" or _is_final_bounce(event):
        yield "email", False


def _is_final_bounce(event: Event) -> bool:
    if event.name != "email.bounced":
        return False
    reason = event.subjects.get("email", {}).get("reason")
    return isinstance(reason, str) and reason.lower() in _FINAL_BOUNCES


def _address(contact: Contact, event: Event, channel: str) -> str | None:
    """The address that the claim is about: one that the event names, else the one in use."""
    in_use = contact.stated_email if channel == "email" else _in_use(contact, channel)
    named = [one.value for one in event.people if one.kind == channel]
    return named[0] if named and in_use not in named else in_use


def _in_use(contact: Contact, channel: str) -> str | None:
    if channel == "email":
        return contact.email
    stated = contact.fields.get("phone")
    return stated.value if stated and isinstance(stated.value, str) else None


def _closed_by(records: Records, key: str) -> str:
    """By whom an address is closed stays so when somebody withdraws: only a sign-up opens it again."""
    return records[key].closed_by if key in records else ""


def _wins(new: Consent, old: Consent) -> bool:
    if new.at != old.at:
        return new.at > old.at
    return old.given and not new.given
