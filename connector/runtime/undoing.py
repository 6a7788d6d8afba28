"""What undoing means for one contact: worked out from all that was asked of platforms about them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import partial
from hashlib import sha256

from connector.journey.closing import closing_key
from connector.model.action import Action, Arguments, Cause, Closer, Kind
from connector.platforms.undoing import PUT_BACK, Stays, Switch, Values, Way, way_of
from connector.runtime.putting_back import put_back
from connector.runtime.turning import End, Verdict, turned_back
from connector.store.queued import Queued
from connector.store.schema import ActionStatus
from connector.store.sweeps import Asked
from connector.store.undoing import UNDO, Which


@dataclass(frozen=True, slots=True)
class Wish:
    """Who wants what undone, and when that was asked; `through` has the platform of each connection.

    Of a `trigger` also the runs that wait are ended, those that began at `since` or later. Then histories are
    folded again by this pass, if there is one.
    """

    which: Which
    who: str
    at: datetime
    through: Mapping[str, str] = field(default_factory=dict)
    trigger: str = ""
    since: datetime | None = None
    folding: Asked | None = None


@dataclass(frozen=True, slots=True)
class Told:
    """What becomes of an action named `connection.action`, and why in words where that says more."""

    verdict: Verdict
    action: str
    words: str = ""


@dataclass(frozen=True, slots=True)
class Plan:
    """What is to be done for a contact so that it is undone, and what is to be told of each action."""

    contact_id: str
    back: tuple[Action, ...]
    told: tuple[Told, ...]


def plan(wish: Wish, contact_id: str, rows: Sequence[Queued]) -> Plan:
    """What undoing means, `rows` being all that is kept of a contact's actions, in their order."""
    asked = [one for one in rows if wish.which.has(one.action) and one.status is not ActionStatus.DEAD]
    waiting = {one.id for one in asked if one.status is ActionStatus.WAITING}
    undone = [one for one in asked if one.id not in waiting]
    standing = [one for one in rows if one.status is not ActionStatus.DEAD and one.id not in waiting]
    ids, way = {one.id for one in undone}, partial(_way, wish)
    turned = turned_back(way, standing, ids) | put_back(way, standing, ids)
    known = {one.action.key: one for one in rows}
    found = [_undone(wish, contact_id, one, turned.get(one.id, ())) for one in undone]
    told = [Told(Verdict.GIVEN_UP, _name(one)) for one in asked if one.id in waiting]
    told += [_tried(one, known[made.key]) if made and made.key in known else one for one, made in found]
    back = tuple(made for _, made in found if made and made.key not in known)
    return Plan(contact_id, back, tuple(told))


def _undone(wish: Wish, contact_id: str, one: Queued, ends: Sequence[End]) -> tuple[Told, Action | None]:
    """What is told of an action that has left, and what undoes it, if anything does."""
    match _way(wish, one):
        case Stays(why):
            return Told(Verdict.STAYS, _name(one), why), None
        case Closer(action, argument):
            made = _action(wish, contact_id, one, action, {argument: one.action.key})
            return Told(Verdict.UNDONE, _name(one)), made
        case Switch() | Values() as way:
            turned = dict(end.turned for end in ends if end.turned)
            told = _told(one, ends)
            return told, (_action(wish, contact_id, one, *_back(way, one, turned)) if turned else None)


def _back(way: Switch | Values, one: Queued, turned: Arguments) -> tuple[str, Arguments]:
    """The action that turns things back, or puts values back, and what it is done with."""
    if isinstance(way, Switch):
        return way.turning({name: is_on is True for name, is_on in turned.items()})
    return PUT_BACK, {**way.about(one.action.arguments), "fields": turned}


def _told(one: Queued, ends: Sequence[End]) -> Told:
    """Of an action that did several things: what can be undone of it counts before what cannot."""
    why = {end.verdict: end.words for end in reversed(ends)}
    if Verdict.UNDONE in why:
        rest = f"but not all of it: {why[Verdict.STAYS]}" if Verdict.STAYS in why else ""
        return Told(Verdict.UNDONE, _name(one), rest or why[Verdict.UNDONE])
    for verdict in (Verdict.STAYS, Verdict.SETTLED):
        if verdict in why:
            return Told(verdict, _name(one), why[verdict])
    return Told(Verdict.SETTLED, _name(one), "it turned nothing")


def _tried(told: Told, before: Queued) -> Told:
    """What is told of an action that was closed or undone before, or was to be."""
    if before.status is ActionStatus.DEAD:
        again = f"undoing it was refused or given up; `loods actions replay {before.id}` tries it again"
        return Told(Verdict.STAYS, told.action, again)
    return Told(Verdict.SETTLED, told.action, "it has been closed")


def _action(wish: Wish, contact_id: str, one: Queued, name: str, arguments: Arguments) -> Action:
    """What undoes an action, made once however often it is asked for.

    Internal, whatever was undone: neither a complaint nor a lack of consent leaves it standing.
    """
    done = one.action
    closes = done.key if done.key in arguments.values() else ""
    return Action(
        key=closing_key(done.key) if closes else _key(done.key, name, arguments),
        connection=done.connection,
        name=name,
        contact_id=contact_id,
        arguments=arguments,
        kind=Kind.INTERNAL,
        cause=Cause(UNDO, done.cause.step, done.cause.rule, done.key, closes=closes),
        decided_at=wish.at,
    )


def _key(undone: str, name: str, arguments: Arguments) -> str:
    what = "\x1f".join((undone, UNDO, name, *(f"{one}={value}" for one, value in sorted(arguments.items()))))
    return sha256(what.encode("utf-8", "surrogatepass")).hexdigest()[:32]


def _way(wish: Wish, one: Queued) -> Way:
    return way_of(wish.through.get(one.action.connection), one.action.name)


def _name(one: Queued) -> str:
    return f"{one.action.connection}.{one.action.name}"
