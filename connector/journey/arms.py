"""In which arm of an experiment a contact is: the same at every time and in every process.

The share is a hash of the contact's id (the first of a merged pair: the older one is kept) and the trigger's
name. What was drawn for an earlier run of the trigger stays, whatever becomes of the percentages.
"""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal
from hashlib import sha256
from typing import Final

from connector.mapping.rules import Arm, Mode, Trigger
from connector.model.contact import Contact, Run

THE_REST: Final = "the rest"
"""The arm of those whom no arm's share takes: they get what the trigger does."""

_WHOLE: Final = 2**64


def draw(contact: Contact, trigger: Trigger) -> str:
    """The name of the contact's arm; empty where the trigger has none."""
    if not trigger.arms:
        return ""
    if known := _drawn_before(contact.runs.get(trigger.name, {}).values(), trigger.arms):
        return known
    place, upto = _place(contact.id, trigger.name), Decimal(0)
    for arm in trigger.arms:
        upto += arm.share
        if place < upto:
            return arm.name
    return THE_REST


def is_held_out(trigger: Trigger, arm: str) -> bool:
    """Whether this arm gets nothing."""
    return any(one.is_held_out for one in trigger.arms if one.name == arm)


def in_canary(contact: Contact, trigger: Trigger, mode: Mode) -> bool:
    """Whether the trigger acts on this contact; who is within a share is within every larger one."""
    return mode.name != "canary" or _place(contact.id, f"canary\x1f{trigger.name}") < mode.share


def _drawn_before(runs: Iterable[Run], arms: tuple[Arm, ...]) -> str:
    """The arm of the latest run that was drawn among the arms of now."""
    names = {THE_REST, *(arm.name for arm in arms)}
    drawn = [run for run in runs if run.arm in names]
    return max(drawn, key=lambda run: run.at).arm if drawn else ""


def _place(contact_id: str, name: str) -> Decimal:
    """Where the contact stands between 0 and 1, evenly."""
    digest = sha256(f"{contact_id}\x1f{name}".encode("utf-8", "surrogatepass")).digest()
    return Decimal(int.from_bytes(digest[:8])) / _WHOLE
