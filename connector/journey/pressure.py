"""Contact pressure: how much marketing reaches a contact, counted over all triggers together."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final

from connector.journey.conditions import Asked
from connector.mapping.durations import spoken
from connector.mapping.mapping import Mapping
from connector.mapping.rules import Trigger
from connector.mapping.terms import Frequency
from connector.model.action import Kind
from connector.model.contact import Contact, changed
from connector.model.decision import Answer

_KEPT_FOR: Final = timedelta(days=30)
_KEPT: Final = 50
"""What is remembered at least though no rule of now asks for it, so that a new bound knows the past."""


def pressure_of(mapping: Mapping, trigger: Trigger) -> Frequency | None:
    """The bound that holds for a trigger: its own, else the usual one; only marketing has one."""
    if trigger.kind is not Kind.MARKETING:
        return None
    return trigger.pressure or mapping.defaults.pressure


def is_too_much(contact: Contact, bound: Frequency, now: datetime) -> bool:
    """Whether as much marketing has reached the contact as may."""
    if len(contact.touched) < bound.count:
        return False
    return sum(at > now - bound.per for at in contact.touched) >= bound.count


def too_much(bound: Frequency) -> Asked:
    """That as much has, in words."""
    said = f"marketing has reached the contact {bound.count} times within {spoken(bound.per)}"
    return Asked(Answer.PRESSURE, said)


def touch(mapping: Mapping, contact: Contact, now: datetime) -> Contact:
    """The contact with one more touch; those that no bound can ask for are forgotten."""
    if not contact.touched:
        return changed(contact, touched=(now,))
    since = now - max([_KEPT_FOR, *(one.per for one in mapping.pressures)])
    count = max([_KEPT, *(one.count for one in mapping.pressures)])
    touched = sorted(at for at in (*contact.touched, now) if at > since)
    return changed(contact, touched=tuple(touched[-count:]))
