"""What an action made and an event is to close: kept in the contact, closed by the first that concerns it.

Whether it was made is not known here. What closes it stands behind what made it in the line of its contact
and account, and goes by the same rule, so that a rule that is stopped holds both.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from typing import Final

from connector.journey.calls import concerns
from connector.journey.runs import KEPT_FOR
from connector.model.action import Action, Cause, Kind
from connector.model.contact import Contact, Opened, changed
from connector.model.decision import Answer, TraceEntry
from connector.model.event import Event

KEPT: Final = 50
"""How many a contact has open at most; with more, the oldest are left to a person."""


@dataclass(frozen=True, slots=True)
class Closed:
    """The contact without what was closed, the actions that close it, and what the trace says of each."""

    contact: Contact
    actions: tuple[Action, ...] = ()
    trace: tuple[TraceEntry, ...] = ()


def remember(contact: Contact, opened: Iterable[Opened], now: datetime) -> Contact:
    """The contact with what is to be closed; what has been open for 90 days is left to a person."""
    new = {one.key: one for one in opened}
    if not new:
        return contact
    still = (one for one in contact.opened if _is_open(one, now) and one.key not in new)
    return changed(contact, opened=(*still, *new.values())[-KEPT:])


def close(contact: Contact, event: Event, now: datetime) -> Closed:
    """What this event closes, of all that is open."""
    found = [one for one in contact.opened if event.name in one.by and _is_open(one, now)]
    ended = [one for one in found if concerns(event, one.about)]
    if not ended:
        return Closed(contact)
    left = tuple(one for one in contact.opened if one not in ended)
    return Closed(
        changed(contact, opened=left),
        tuple(_closing(contact, one, event, now) for one in ended),
        tuple(_entry(one, event) for one in ended),
    )


def closing_key(made: str) -> str:
    """The key of what closes what the action of this key made: it is closed once, whoever wants that."""
    return sha256(f"{made}\x1fclosed".encode()).hexdigest()[:32]


def _is_open(one: Opened, now: datetime) -> bool:
    return one.at > now - KEPT_FOR


def _closing(contact: Contact, one: Opened, event: Event, now: datetime) -> Action:
    """Internal, whatever the rule is: a complaint or a lack of consent leaves no task open."""
    return Action(
        key=closing_key(one.key),
        connection=one.connection,
        name=one.closer.action,
        contact_id=contact.id,
        arguments={one.closer.argument: one.key},
        kind=Kind.INTERNAL,
        cause=Cause(one.rule, one.step, event.name, event.key, closes=one.key),
        decided_at=now,
    )


def _entry(one: Opened, event: Event) -> TraceEntry:
    detail = f"{event.name} closes what step {one.step} made: {one.connection}.{one.closer.action}"
    return TraceEntry(f"until:{one.rule}", Answer.ACTED, detail=detail)
