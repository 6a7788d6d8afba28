"""The guards before an action: an open complaint and consent for marketing, erasure for anything."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from connector.journey.accounts import account_of
from connector.journey.conditions import YES, Asked
from connector.journey.consent import closed, list_of, may_market
from connector.journey.view import View
from connector.mapping.local_time import tell_local
from connector.mapping.mapping import Mapping
from connector.model.action import Action, Kind
from connector.model.contact import Contact
from connector.model.decision import Answer
from connector.model.light import light

COMPLAINT_HOLDS_FOR: Final = timedelta(days=30)
"""How long an open complaint keeps marketing away, at most."""


@light
class Guarded:
    """What the guards say; `evidence` is the consent that marketing relies on."""

    asked: Asked = YES
    evidence: str | None = None


UNGUARDED: Final = Guarded()
"""What may reach anybody at any time, as far as the guards ask."""


@light
class Held:
    """Marketing waits for a contact who complains: since when a complaint is open, until when at most."""

    since: datetime
    until: datetime


def held_by_complaint(contact: Contact, now: datetime) -> Held | None:
    """The open complaints that keep marketing away, each for a while at most; None where none does."""
    if not contact.complaints:
        return None
    opened = [at for at in contact.complaints.values() if at > now - COMPLAINT_HOLDS_FOR]
    return Held(min(opened), max(opened) + COMPLAINT_HOLDS_FOR) if opened else None


def is_complaining(held: Held, zone: ZoneInfo) -> Asked:
    """That a complaint is open, and since when by the company's clocks."""
    return Asked(Answer.COMPLAINT, f"a complaint is open since {tell_local(held.since, zone)}")


def guard(view: View, kind: Kind, connections: Iterable[str]) -> Guarded:
    """Whether something of this kind may reach the contact now, through at least one of the connections.

    Of a group the member that fits is asked; where none of them can be told, that is the answer.
    """
    if kind is not Kind.MARKETING:
        return UNGUARDED
    accounts: list[str] = []
    untold: Asked | None = None
    for one in connections:
        account = account_of(view, one)
        if isinstance(account, str):
            accounts.append(account)
        else:
            untold = untold or account
    if untold is not None and not accounts:
        return Guarded(untold)
    return _marketing(view.mapping, view.contact, accounts, view.now)


def hold_back(mapping: Mapping, contact: Contact, action: Action, now: datetime) -> str:
    """Why an action that was decided may not leave any more; empty where it may.

    To be asked just before it leaves: since then the person may have complained, withdrawn or been erased.
    What marketing does where there is no list (a task, say) may while some consent stands.
    """
    if contact.erased_at is not None:
        return "the contact was erased"
    if verdict := closed(contact, mapping, action.connection):
        closed_to = f"{action.connection} takes nothing about {contact.email} until they sign up anew"
        return f"{closed_to} ({verdict.evidence})"
    if action.kind is not Kind.MARKETING:
        return ""
    connections = [action.connection] if list_of(mapping, action.connection) else mapping.connections
    return _marketing(mapping, contact, connections, now).asked.detail


def _marketing(mapping: Mapping, contact: Contact, connections: Iterable[str], now: datetime) -> Guarded:
    if held := held_by_complaint(contact, now):
        return Guarded(is_complaining(held, mapping.defaults.time_zone))
    for connection in connections:
        may, evidence = may_market(contact, mapping, connection, now)
        if may:
            return Guarded(evidence=evidence)
    return Guarded(Asked(Answer.NO_CONSENT, f"{contact.email or 'the contact'} has given no consent"))
