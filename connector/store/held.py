"""Of whom runs wait because something is stopped: to be told, to be looked at again, or to be given up."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import datetime
from typing import Any, Final

from sqlalchemy import ColumnElement, Connection, and_, delete, func, or_, select, true, update

from connector.store.dialect import chunks, insert_new
from connector.store.schema import contacts
from connector.store.schema import held as table
from connector.store.stops import EVERYTHING
from connector.store.straight import Ready

_ANY: Final = Ready(select(table.c.contact_id).limit(1))


def note(tx: Connection, rules: Mapping[str, Collection[str]]) -> None:
    """Write down of which rules runs of these contacts wait for a stop to end, by their ids."""
    wanted = {(name, rule) for name, some in rules.items() for rule in some}
    if not rules or (not wanted and not _ANY.rows(tx)):
        return
    known = _known(tx, rules)
    for some in chunks(sorted(known - wanted)):
        gone = (and_(table.c.contact_id == name, table.c.rule == rule) for name, rule in some)
        tx.execute(delete(table).where(or_(*gone)))
    rows = [{"contact_id": name, "rule": rule} for name, rule in sorted(wanted - known)]
    insert_new(tx, table, rows, tell="contact_id")


def counts(tx: Connection, rule: str) -> dict[str, int]:
    """How many contacts wait in a rule that is stopped, or in each."""
    counted = select(table.c.rule, func.count().label("number")).where(_of(rule)).group_by(table.c.rule)
    return {row.rule: row.number for row in tx.execute(counted)}


def some(tx: Connection, rule: str, limit: int) -> list[str]:
    """The ids of contacts who wait in a rule that is stopped, or in any."""
    ids = select(table.c.contact_id).where(_of(rule)).distinct().order_by(table.c.contact_id).limit(limit)
    return list(tx.execute(ids).scalars())


def wake(tx: Connection, rule: str, now: datetime) -> None:
    """Whoever waits in a rule that was stopped, or in any, is to be looked at now."""
    theirs = contacts.c.id.in_(select(table.c.contact_id).where(_of(rule)))
    later = or_(contacts.c.wakes_at.is_(None), contacts.c.wakes_at > now)
    tx.execute(update(contacts).where(theirs, later).values(wakes_at=now))


def _of(rule: str) -> ColumnElement[bool]:
    return true() if rule == EVERYTHING else table.c.rule == rule


def _known(tx: Connection, ids: Collection[str]) -> set[tuple[str, str]]:
    found: set[tuple[str, str]] = set()
    for some_ids in chunks(sorted(ids)):
        rows: Any = tx.execute(select(table).where(table.c.contact_id.in_(some_ids)))
        found |= {(row.contact_id, row.rule) for row in rows}
    return found
