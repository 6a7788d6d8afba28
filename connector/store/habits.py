"""How many deliveries each connection brings by the hour, and when the last one came: what is usual of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import Connection, delete, func, select, update

from connector.store.dialect import count_up
from connector.store.schema import habits as table
from connector.store.tallies import hour_of

REMEMBERED_FOR: Final = timedelta(weeks=5)
"""Before the last delivery of a connection."""

SILENT_FOR_GOOD: Final = timedelta(weeks=53)
"""Nobody waits for a connection that has brought nothing for so long."""


@dataclass(frozen=True, slots=True)
class Habit:
    """What one connection brought: deliveries by the hour of the clock (UTC), and the time of the last."""

    by_hour: Mapping[datetime, int]
    last_at: datetime


def note(tx: Connection, deliveries: Mapping[str, int], now: datetime) -> None:
    """So many more deliveries of each connection have come by now."""
    hour = hour_of(now)
    came = {name: count for name, count in sorted(deliveries.items()) if count}
    rows = [
        {"connection": name, "hour": hour, "deliveries": count, "last_at": now}
        for name, count in came.items()
    ]
    count_up(tx, table, rows, "deliveries", tell=("connection",))
    for name in came:
        this = table.c.connection == name, table.c.hour == hour, table.c.last_at < now
        tx.execute(update(table).where(*this).values(last_at=now))


def last_seen(tx: Connection) -> dict[str, datetime]:
    """When each connection brought something last, as far as that is remembered."""
    newest = select(table.c.connection, func.max(table.c.last_at).label("at")).group_by(table.c.connection)
    return {row.connection: row.at for row in tx.execute(newest)}


def remembered(tx: Connection) -> dict[str, Habit]:
    """What each connection brought in the weeks that are remembered."""
    found: dict[str, dict[datetime, int]] = {}
    last: dict[str, datetime] = {}
    for row in tx.execute(select(table)):
        found.setdefault(row.connection, {})[row.hour] = row.deliveries
        last[row.connection] = max(row.last_at, last.get(row.connection, row.last_at))
    return {name: Habit(by_hour, last[name]) for name, by_hour in found.items()}


def drop_older(tx: Connection, now: datetime, limit: int = 500) -> int:
    """Delete what nothing looks at any more, at most `limit`; how many went.

    Of each connection the weeks before its last delivery stay: what is usual of one that has fallen silent
    must not be forgotten, or its silence would be plausible then.
    """
    gone = 0
    for name, last in sorted(last_seen(tx).items()):
        before = hour_of(now) if now - last > SILENT_FOR_GOOD else hour_of(min(now, last)) - REMEMBERED_FOR
        old = select(table.c.hour).where(table.c.connection == name, table.c.hour < before)
        hours = tx.scalars(old.limit(limit - gone)).all()
        tx.execute(delete(table).where(table.c.connection == name, table.c.hour.in_(hours)))
        gone += len(hours)
    return gone
