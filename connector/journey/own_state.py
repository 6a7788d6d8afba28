"""Actions on our own state, done at once: fields, counters, the stage, the balance of points."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from decimal import Decimal
from typing import Final

from connector.journey.person import main_journey
from connector.journey.stages import moved_to
from connector.journey.subjects import amount, text
from connector.mapping.mapping import Mapping as Rules
from connector.mapping.own_state import CONTACT, balance_of, read_as, settable
from connector.model.action import Action
from connector.model.contact import Contact, Stated
from connector.model.decision import Answer, Moved, TraceEntry
from connector.model.types import number

BALANCE: Final = "balance"
NUMBER: Final = number()


@dataclass(frozen=True, slots=True)
class Changed:
    """The contact after an action on our own state: the move that it made, and what there is to say of it."""

    contact: Contact
    entry: TraceEntry
    moved: Moved | None = None


def is_own(action: Action) -> bool:
    """Whether the action is on our own state."""
    return action.connection == CONTACT


def do(mapping: Rules, contact: Contact, action: Action, now: datetime) -> Changed:
    """Do an action on our own state; one whose values do not fit changes nothing, and says why."""
    try:
        return _DOING[action.name](_Doing(mapping, contact, action, now))
    except ValueError as error:
        return _said(action, contact, f"{error}", Answer.FAILED)


@dataclass(frozen=True, slots=True)
class _Doing:
    mapping: Rules
    contact: Contact
    action: Action
    now: datetime


def _set(doing: _Doing) -> Changed:
    known = settable(doing.mapping.contact_type)
    wanted = doing.action.arguments.get("fields")
    fields = dict(doing.contact.fields)
    for name, value in wanted.items() if isinstance(wanted, Mapping) else ():
        if name not in known:
            raise ValueError(f"a contact has no field {name} to set")
        if (fitting := read_as(value, known[name])) is not None:
            fields[name] = Stated(fitting, doing.now)
    names = ", ".join(wanted) if isinstance(wanted, Mapping) else ""
    return _said(doing.action, replace(doing.contact, fields=fields), f"{names} set")


def _count(doing: _Doing) -> Changed:
    name, by = text(doing.action.arguments.get("name")), _points(doing, "by", 1)
    if not name:
        raise ValueError("the counter has no name")
    counters = doing.contact.counters
    after = counters.get(name, 0) + int(by)
    return _said(
        doing.action, replace(doing.contact, counters={**counters, name: after}), f"{name} is {after}"
    )


def _move(doing: _Doing) -> Changed:
    to = text(doing.action.arguments.get("to")) or ""
    name = text(doing.action.arguments.get("journey")) or main_journey(doing.mapping) or ""
    journey = doing.mapping.journeys.get(name)
    if journey is None or to not in journey.order:
        raise ValueError(f"there is no stage {name}.{to}")
    standing = doing.contact.standings.get(name)
    if standing is not None and standing.stage == to:
        return _said(doing.action, doing.contact, f"the contact is in {to} already", Answer.NO)
    made = moved_to(journey, standing, to, doing.now)
    standings = {**doing.contact.standings, **({name: made.standing} if made.standing else {})}
    told = _said(doing.action, replace(doing.contact, standings=standings), f"moved to {name}.{to}")
    return replace(told, moved=made.moved)


def _earn(doing: _Doing) -> Changed:
    return _booked(doing, _balance(doing) + _points(doing, "points"))


def _spend(doing: _Doing) -> Changed:
    balance, points = _balance(doing), _points(doing, "points")
    if balance < points:
        detail = f"the balance is {balance}, and {points} are wanted"
        return _said(doing.action, doing.contact, detail, Answer.NO)
    return _booked(doing, balance - points)


def _balance(doing: _Doing) -> Decimal:
    stated = doing.contact.fields.get(BALANCE)
    return balance_of(stated.value if stated else None)


def _booked(doing: _Doing, balance: Decimal) -> Changed:
    fields = {**doing.contact.fields, BALANCE: Stated(balance, doing.now)}
    return _said(doing.action, replace(doing.contact, fields=fields), f"the balance is {balance}")


def _points(doing: _Doing, name: str, default: int | None = None) -> Decimal:
    found = amount(read_as(doing.action.arguments.get(name, default), NUMBER))
    if found is None:
        raise ValueError(f"{name} is no number")
    return found


def _said(action: Action, contact: Contact, detail: str, answer: Answer = Answer.ACTED) -> Changed:
    return Changed(contact, TraceEntry(f"{CONTACT}.{action.name}", answer, detail=detail))


_DOING: Final = {"set": _set, "count": _count, "move": _move, "earn": _earn, "spend": _spend}
