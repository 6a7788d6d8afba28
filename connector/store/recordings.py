"""What is recorded of many people, contact by contact, for questions about the past. Nothing is written.

`people` gives a page of contacts; the others give all of a page. Ask for one page in one transaction: then
its events and its actions are of the same moment, and no transaction is open for long.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any, Final

from sqlalchemy import ColumnElement, Connection, exists, func, select

from connector.model.event import Event
from connector.store.dialect import chunks
from connector.store.encoding import decode
from connector.store.queued import Queued, queued
from connector.store.schema import actions, contacts, events

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

    They are read a piece at a time, for as long as somebody asks.
    """
    order = (events.c.contact_id, events.c.occurred_at, events.c.id)
    for some in chunks(sorted(ids)):
        theirs: Any = select(events.c.contact_id, events.c.event).where(events.c.contact_id.in_(some))
        pieces = {"yield_per": _AT_ONCE}
        with tx.execute(theirs.order_by(*order), execution_options=pieces) as rows:
            for contact_id, event in rows:
                yield contact_id, decode(Event, event)


def actions_of(tx: Connection, ids: Sequence[str]) -> Mapping[str, Sequence[Queued]]:
    """Every action of these contacts, in the order of their decision; whoever has none is not named."""
    found: dict[str, list[Queued]] = {}
    for some in chunks(sorted(ids)):
        theirs = select(actions).where(actions.c.contact_id.in_(some)).order_by(actions.c.id)
        for row in tx.execute(theirs):
            found.setdefault(row.contact_id, []).append(queued(row))
    return found


def _lives(since: datetime | None) -> ColumnElement[bool]:
    happened = [] if since is None else [events.c.occurred_at >= since]
    return exists().where(events.c.contact_id == contacts.c.id, *happened)
