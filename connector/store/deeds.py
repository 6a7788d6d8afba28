"""What rules did to our own state, as it stands in histories: found and taken out where that is undone."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final, TypeAlias

from sqlalchemy import Column, ColumnElement, Connection, and_, bindparam, select, update

from connector.model.deeds import rule_of, stands, taken_back
from connector.model.event import Event
from connector.store.dialect import chunks
from connector.store.encoding import decode, encode
from connector.store.families import families
from connector.store.schema import events, looks
from connector.store.undoing import Which, within

_OF_RULES: Final = events.c.delivery_id == ""
"""Events that no delivery brought: what rules did to our own state is among them."""

_AT_ONCE: Final = 500
"""Deeds that are read together."""

_Concerned: TypeAlias = tuple[Column[str], ColumnElement[bool]]
"""Where is written down whom something concerns, and what of that is meant."""


@dataclass(frozen=True, slots=True)
class Deed:
    """What a rule did to our own state: the event of this number in a history."""

    id: int
    event: Event


def has_done(tx: Connection, rule: str) -> bool:
    """Whether a rule has done anything to our own state; every deed is looked at until one is its own."""
    pieces = {"yield_per": _AT_ONCE}
    with tx.execute(select(events.c.event).where(_OF_RULES), execution_options=pieces) as rows:
        return any(rule_of(decode(Event, event)) == rule for (event,) in rows)


def touched(tx: Connection, which: Which, after: str, limit: int) -> list[str]:
    """The ids behind this one under which such a rule may have changed our own state, in their order.

    Of all rules of a version those under which anything was decided while it was live.
    """
    found: set[str] = set()
    for mine in _decided(which):
        ids = select(mine[0]).where(mine[0] > after, mine[1]).distinct().order_by(mine[0]).limit(limit)
        found.update(tx.execute(ids).scalars())
    return sorted(found)[:limit]


def touched_among(tx: Connection, which: Which, ids: Iterable[str]) -> set[str]:
    """Those of these ids that `touched` gives."""
    found: set[str] = set()
    for some in chunks(sorted(set(ids))):
        for mine in _decided(which):
            found.update(tx.execute(select(mine[0]).where(mine[0].in_(some), mine[1]).distinct()).scalars())
    return found


def of_contacts(tx: Connection, which: Which, ids: Iterable[str]) -> dict[str, list[Deed]]:
    """What such rules did to our own state of these contacts, as far as it stands.

    Of whom there is nothing is not named.
    """
    wanted = sorted(set(ids))
    joined = families(tx, wanted)
    whose = {one: root for root in wanted for one in joined.get(root, [root])}
    found: dict[str, list[Deed]] = {}
    for some in chunks(sorted(whose)):
        theirs = (events.c.contact_id.in_(some), _OF_RULES, within(events.c.decided_at, which))
        for row in tx.execute(select(events.c.id, events.c.contact_id, events.c.event).where(*theirs)):
            event = decode(Event, row.event)
            if stands(event) and which.rule in {"", rule_of(event)}:
                found.setdefault(whose[row.contact_id], []).append(Deed(row.id, event))
    return found


def take_out(tx: Connection, deeds: Iterable[Deed]) -> None:
    """Write down that these were taken back; they stay in their places."""
    rows = [{"number": one.id, "anew": encode(taken_back(one.event))} for one in deeds]
    if rows:
        of_number = update(events).where(events.c.id == bindparam("number"))
        tx.execute(of_number.values(event=bindparam("anew")), rows)


def _decided(which: Which) -> list[_Concerned]:
    """Where is written down whom such rules concern, and what of that is theirs."""
    by_events = within(events.c.decided_at, which)
    if which.rule:
        return [(events.c.contact_id, and_(_OF_RULES, by_events))]
    return [(events.c.contact_id, by_events), (looks.c.contact_id, within(looks.c.at, which))]
