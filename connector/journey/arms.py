"""In which arm of an experiment a contact is: the same at every time and in every process.

The share is a hash of the contact's id (the first of a merged pair: the older one is kept) and the trigger's
name. What was drawn for an earlier run of the trigger stays, whatever becomes of the percentages.
"""

from __future__ import annotations

from collections.abc import Iterable
from collections.abc import Mapping as Table
from dataclasses import replace
from decimal import Decimal
from hashlib import sha256
from typing import Final

from connector.mapping.mapping import Mapping
from connector.mapping.rules import Arm, Mode, Step, Trigger
from connector.model.contact import Contact, Run

THE_REST: Final = "treated"
"""The arm of those whom no arm's share takes, where all arms are held out: they get what the trigger does."""

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
    return next((arm.name for arm in reversed(trigger.arms) if not arm.is_held_out), THE_REST)


def is_held_out(trigger: Trigger, arm: str) -> bool:
    """Whether this arm gets nothing: it is held out, or its list of steps is empty."""
    if not trigger.arms and not trigger.do_by_arm:
        return False
    return trigger.do_by_arm.get(arm) == () or any(one.is_held_out for one in trigger.arms if one.name == arm)


def steps_of(trigger: Trigger, arm: str) -> tuple[Step, ...]:
    """What is asked for in an arm: of one that gets nothing, what those get who get something.

    So that both arms compare those upon whom the trigger would have acted.
    """
    if mine := trigger.do_by_arm.get(arm) or trigger.do:
        return mine
    return next((some for some in trigger.do_by_arm.values() if some), ())


def in_arms(mapping: Mapping, arms: Table[str, str]) -> Mapping:
    """The mapping under which everybody is in these arms, by trigger; for trying it out."""
    if not arms:
        return mapping
    fixed = {name: _fixed(one, arms.get(name)) for name, one in mapping.triggers.items()}
    listening = {event: tuple(fixed[one.name] for one in some) for event, some in mapping.triggers_on.items()}
    return replace(mapping, triggers=fixed, triggers_on=listening)


def in_canary(contact: Contact, trigger: Trigger, mode: Mode) -> bool:
    """Whether the trigger acts on this contact; who is within a share is within every larger one."""
    return mode.name != "canary" or _place(contact.id, f"canary\x1f{trigger.name}") < mode.share


def _fixed(trigger: Trigger, arm: str | None) -> Trigger:
    if arm is None:
        return trigger
    return replace(trigger, arms=tuple(replace(one, share=Decimal(one.name == arm)) for one in trigger.arms))


def _drawn_before(runs: Iterable[Run], arms: tuple[Arm, ...]) -> str:
    """The arm of the latest run that was drawn for this contact among the arms of now."""
    names = {THE_REST, *(arm.name for arm in arms)}
    drawn = [run for run in runs if run.arm in names and not run.taken_from]
    return max(drawn, key=lambda run: run.at).arm if drawn else ""


def _place(contact_id: str, name: str) -> Decimal:
    """Where the contact stands between 0 and 1, evenly."""
    digest = sha256(f"{contact_id}\x1f{name}".encode("utf-8", "surrogatepass")).digest()
    return Decimal(int.from_bytes(digest[:8])) / _WHOLE
