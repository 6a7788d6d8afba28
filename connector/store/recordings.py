"""What is recorded of many people, contact by contact, for questions about the past. Nothing is written.

`people` gives a page of contacts; the others give all of a page. Ask for one page in one transaction: then
its events and its actions are of the same moment, and no transaction is open for long.
"""

from __future__ import annotations

import heapq
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from sqlalchemy import ColumnElement, Connection, Row, and_, exists, func, not_, or_, select

from connector.model.decision import Moved
from connector.model.event import Event
from connector.store.dialect import chunks
from connector.store.encoding import decode
from connector.store.families import families, is_merged
from connector.store.queued import Queued, queued
from connector.store.schema import actions, contacts, events, merges


@dataclass(frozen=True, slots=True)
class Happened:
    """One event as it was recorded: its number, whose it is, and to which stages it led."""

    id: int
    contact_id: str
    event: Event
    moves: tuple[Moved, ...]
    decided_at: datetime


_AT_ONCE: Final = 500
"""Events that are read together; a history may be longer than memory."""


def people(tx: Connection, since: datetime | None, after: str = "", limit: int = 200) -> list[str]:
    """The ids of contacts to whom something happened at `since` or later, or ever, from behind `after`."""
    page = select(contacts.c.id).where(contacts.c.id > after, _lives(since))
    return list(tx.execute(page.order_by(contacts.c.id).limit(limit)).scalars())


def count_people(tx: Connection, since: datetime | None) -> int:
    """How many contacts `people` gives in all."""
    return tx.execute(select(func.count()).select_from(contacts).where(_lives(since))).scalar_one()


def events_of(tx: Connection, ids: Sequence[str]) -> Iterator[tuple[str, Event]]:
    """Every event of these contacts with the contact's id: by contact, then by the time when it happened.

    They are read a piece at a time, for as long as somebody asks. Of who has become one of these contacts
    they are that one's.
    """
    joined = families(tx, ids)
    for some in chunks(sorted(set(ids) - joined.keys())):
        yield from _in_order(tx, some)
    for contact_id, family in joined.items():
        told = [_in_order(tx, [one]) for one in family]
        for _, event in heapq.merge(*told, key=lambda one: one[1].occurred_at):
            yield contact_id, event


def actions_of(tx: Connection, ids: Sequence[str]) -> Mapping[str, Sequence[Queued]]:
    """Every action of these contacts, in the order of their decision; whoever has none is not named."""
    found: dict[str, list[Queued]] = {}
    for some in chunks(sorted(ids)):
        theirs = select(actions).where(actions.c.contact_id.in_(some)).order_by(actions.c.id)
        for row in tx.execute(theirs):
            found.setdefault(row.contact_id, []).append(queued(row))
    for contact_id, family in families(tx, ids).items():
        theirs = select(actions).where(actions.c.contact_id.in_(family)).order_by(actions.c.id)
        if rows := tx.execute(theirs).all():
            found[contact_id] = [queued(row) for row in rows]
    return found


def _in_order(tx: Connection, recorded_for: Sequence[str]) -> Iterator[tuple[str, Event]]:
    """The events that were recorded under these ids: an index has them in this order."""
    order = (events.c.contact_id, events.c.occurred_at, events.c.id)
    theirs: Any = select(events.c.contact_id, events.c.event).where(events.c.contact_id.in_(recorded_for))
    pieces = {"yield_per": _AT_ONCE}
    with tx.execute(theirs.order_by(*order), execution_options=pieces) as rows:
        for contact_id, event in rows:
            yield contact_id, decode(Event, event)


def latest(tx: Connection, before: int | None, limit: int) -> list[Happened]:
    """What was recorded last, newest first, from before this number on (or from the newest)."""
    found: Any = select(events).order_by(events.c.id.desc()).limit(limit)
    rows = tx.execute(found if before is None else found.where(events.c.id < before))
    return [_happened(row) for row in rows]


def _happened(row: Row[Any]) -> Happened:
    moves = tuple(decode(Moved, one) for one in row.moves)
    return Happened(row.id, row.contact_id, decode(Event, row.event), moves, row.decided_at)


def _lives(since: datetime | None) -> ColumnElement[bool]:
    """That somebody is a contact still, and that something happened to them, or to who has become them."""
    happened = [] if since is None else [events.c.occurred_at >= since]
    own = exists().where(events.c.contact_id == contacts.c.id, *happened)
    family = (merges.c.root_id == contacts.c.id, events.c.contact_id == merges.c.younger_id)
    return and_(not_(is_merged(contacts.c.id)), or_(own, exists().where(*family, *happened)))
