"""Actions on our own state, done at once: fields, counters, the stage, the balance of points.

They are on the contact, or on its company. What one has changed of the contact is a *deed*: an event of their
history, so that whoever folds the history anew comes to the same state. A company has no such history.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import datetime
from decimal import Decimal
from typing import Final, TypeAlias, cast

from connector.journey.bearing import NO_COMPANY, main_of
from connector.journey.stages import moved_to
from connector.journey.subjects import amount, text
from connector.mapping.mapping import Mapping as Rules
from connector.mapping.own_state import COMPANY, CONTACT, balance_of, read_as, settable
from connector.mapping.rules import Journey
from connector.model.action import Action
from connector.model.company import Company
from connector.model.contact import Contact, Stated, changed
from connector.model.decision import Answer, Moved, TraceEntry
from connector.model.deeds import ABOUT, RULE, UNDONE
from connector.model.event import Event
from connector.model.light import light
from connector.model.order import OWN
from connector.model.types import number
from connector.model.values import Value

BALANCE: Final = "balance"
NUMBER: Final = number()

_OURS: Final = frozenset({CONTACT, COMPANY})
"""What an action on our own state names before its dot."""

_Told: TypeAlias = "Mapping[str, Value]"
_Bearer: TypeAlias = Contact | Company


@light
class Changed:
    """The contact after an action on our own state: the move that it made, what there is to say of it, and
    its deed, if it changed anything."""

    contact: Contact
    entry: TraceEntry
    moved: Moved | None = None
    deed: Event | None = None


@light
class _Wish:
    """What an action is to change, in words too; without `told` nothing is to be done."""

    detail: str
    told: _Told | None = None


def is_own(action: Action) -> bool:
    """Whether the action is on our own state."""
    return action.connection in _OURS


def is_deed(event: Event) -> bool:
    """Whether the event says what one of our rules did to our own state."""
    return event.name.startswith(OWN)


def do(mapping: Rules, contact: Contact, action: Action, now: datetime) -> Changed:
    """Do an action on our own state; one whose values do not fit changes nothing, and says why."""
    name, bearer = f"{action.connection}.{action.name}", _bearer(contact, action)
    if bearer is None:
        return Changed(contact, TraceEntry(name, Answer.NO, detail=NO_COMPANY))
    try:
        wish = _WISHED[action.name](_Doing(mapping, bearer, action))
    except ValueError as error:
        return Changed(contact, TraceEntry(name, Answer.FAILED, detail=str(error)))
    if wish.told is None:
        return Changed(contact, TraceEntry(name, Answer.NO, detail=wish.detail))
    deed = Event(
        key=action.key,
        name=f"{OWN}{_DEEDS.get(action.name, action.name)}",
        occurred_at=now,
        connection="",
        source="",
        subjects={ABOUT: {**wish.told, RULE: action.cause.rule}},
    )
    after, moved = _repeated(mapping, bearer, deed)
    entry = TraceEntry(name, Answer.ACTED, detail=wish.detail)
    if isinstance(after, Company):
        return Changed(changed(contact, company=after), entry, moved)
    return Changed(after, entry, moved, deed)


def repeat(mapping: Rules, contact: Contact, deed: Event) -> tuple[Contact, Moved | None]:
    """The contact after a deed, and the move that it made; under a mapping that no longer knows what it is
    about it changes nothing."""
    after, moved = _repeated(mapping, contact, deed)
    return cast("Contact", after), moved


def _repeated(mapping: Rules, bearer: _Bearer, deed: Event) -> tuple[_Bearer, Moved | None]:
    return _REPEATED[deed.name](mapping, bearer, deed.subjects[ABOUT], deed.occurred_at)


def _bearer(contact: Contact, action: Action) -> _Bearer | None:
    return contact.company if action.connection == COMPANY else contact


def _journeys(mapping: Rules, bearer: _Bearer) -> Mapping[str, Journey]:
    return mapping.journeys_of("company" if isinstance(bearer, Company) else "contact")


@light
class _Doing:
    mapping: Rules
    bearer: _Bearer
    action: Action


def _set(doing: _Doing) -> _Wish:
    whose, mapping = doing.action.connection, doing.mapping
    known = settable(whose, mapping.company_type if whose == COMPANY else mapping.contact_type)
    wanted = doing.action.arguments.get("fields")
    fields: dict[str, Value] = {}
    for name, value in wanted.items() if isinstance(wanted, Mapping) else ():
        if name not in known:
            raise ValueError(f"a {whose} has no field {name} to set")
        if (fitting := read_as(value, known[name])) is not None:
            fields[name] = fitting
    names = ", ".join(wanted) if isinstance(wanted, Mapping) else ""
    return _Wish(f"{names} set", {"fields": fields})


def _has_set(_: Rules, bearer: _Bearer, told: _Told, at: datetime) -> tuple[_Bearer, None]:
    fields = told["fields"]
    new = {name: Stated(one, at) for name, one in fields.items()} if isinstance(fields, Mapping) else {}
    return replace(bearer, fields={**bearer.fields, **new}), None


def _count(doing: _Doing) -> _Wish:
    name, by = text(doing.action.arguments.get("name")), int(_points(doing, "by", 1))
    if not name:
        raise ValueError("the counter has no name")
    return _Wish(f"{name} is {doing.bearer.counters.get(name, 0) + by}", {"name": name, "by": by})


def _has_counted(_: Rules, bearer: _Bearer, told: _Told, __: datetime) -> tuple[_Bearer, None]:
    name, by = str(told["name"]), int(amount(told["by"]) or 0)
    after = bearer.counters.get(name, 0) + by
    return replace(bearer, counters={**bearer.counters, name: after}), None


def _move(doing: _Doing) -> _Wish:
    to = text(doing.action.arguments.get("to")) or ""
    journeys = _journeys(doing.mapping, doing.bearer)
    name = text(doing.action.arguments.get("journey")) or main_of(journeys) or ""
    journey = journeys.get(name)
    if journey is None or to not in journey.order:
        raise ValueError(f"there is no stage {name}.{to}")
    standing = doing.bearer.standings.get(name)
    if standing is not None and standing.stage == to:
        return _Wish(f"the {doing.action.connection} is in {to} already")
    return _Wish(f"moved to {name}.{to}", {"journey": name, "to": to})


def _has_moved(mapping: Rules, bearer: _Bearer, told: _Told, at: datetime) -> tuple[_Bearer, Moved | None]:
    name, to = str(told["journey"]), str(told["to"])
    journey, standing = _journeys(mapping, bearer).get(name), bearer.standings.get(name)
    if journey is None or to not in journey.order or (standing is not None and standing.stage == to):
        return bearer, None
    made = moved_to(journey, standing, to, at)
    standings = {**bearer.standings, **({name: made.standing} if made.standing else {})}
    return replace(bearer, standings=standings), made.moved


def _has_been_undone(_: Rules, bearer: _Bearer, __: _Told, ___: datetime) -> tuple[_Bearer, None]:
    return bearer, None


def _earn(doing: _Doing) -> _Wish:
    return _booking(doing, _points(doing, "points"))


def _spend(doing: _Doing) -> _Wish:
    balance, points = _balance(doing.bearer), _points(doing, "points")
    if balance < points:
        return _Wish(f"the balance is {balance}, and {points} are wanted")
    return _booking(doing, -points)


def _booking(doing: _Doing, points: Decimal) -> _Wish:
    return _Wish(f"the balance is {_balance(doing.bearer) + points}", {"points": points})


def _has_booked(_: Rules, bearer: _Bearer, told: _Told, at: datetime) -> tuple[_Bearer, None]:
    balance = _balance(bearer) + (amount(told["points"]) or 0)
    return replace(bearer, fields={**bearer.fields, BALANCE: Stated(balance, at)}), None


def _balance(bearer: _Bearer) -> Decimal:
    stated = bearer.fields.get(BALANCE)
    return balance_of(stated.value if stated else None)


def _points(doing: _Doing, name: str, default: int | None = None) -> Decimal:
    found = amount(read_as(doing.action.arguments.get(name, default), NUMBER))
    if found is None:
        raise ValueError(f"{name} is no number")
    return found


_WISHED: Final = {"set": _set, "count": _count, "move": _move, "earn": _earn, "spend": _spend}

_DEEDS: Final = {"spend": "earn"}
"""Deeds by another name than their action's: to spend is to earn less than nothing."""

_REPEATED: Final[Mapping[str, Callable[[Rules, _Bearer, _Told, datetime], tuple[_Bearer, Moved | None]]]] = {
    f"{OWN}set": _has_set,
    f"{OWN}count": _has_counted,
    f"{OWN}move": _has_moved,
    f"{OWN}earn": _has_booked,
    UNDONE: _has_been_undone,
}
