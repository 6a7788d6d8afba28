"""Lets go of what has been kept long enough, a small page at a time.

A page is some rows in the order of their age, behind the last row of the page before. What of it must stay is
passed over, so a page costs the same however much stays. Where a pass was broken off, the next one begins
with the oldest again.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final, TypeAlias

from sqlalchemy import (
    Column,
    ColumnElement,
    Connection,
    Select,
    Table,
    and_,
    delete,
    exists,
    literal,
    not_,
    or_,
    select,
    true,
    tuple_,
)

from connector.model.delivery import DeliveryStatus
from connector.model.keep import Keep
from connector.store.dialect import chunks
from connector.store.schema import (
    UNFINISHED,
    ActionStatus,
    actions,
    deliveries,
    event_keys,
    fingerprints,
    looks,
    status_is,
    traces,
)

Place: TypeAlias = tuple[Any, Any]
"""The age and the key of a row: behind it a pass goes on."""


@dataclass(frozen=True, slots=True)
class Page:
    """How many rows went, and behind which the next page begins; None where there is no further one."""

    dropped: int
    last: Place | None


@dataclass(frozen=True, slots=True)
class Shelf:
    """Rows of one kind: their age, their key, and which of them there are besides by the same index.

    `before` is when what is old enough began, `may_go` what of it need not stay nevertheless.
    """

    name: str
    at: Column[Any]
    key: Column[Any]
    before: Callable[[Keep, datetime], datetime]
    among: tuple[ColumnElement[bool], ...] = ()
    may_go: Callable[[Keep, datetime], ColumnElement[bool]] = lambda keep, now: true()

    def page(self, tx: Connection, keep: Keep, now: datetime, after: Place | None, limit: int) -> Page:
        """Let go of what may go of the next `limit` rows."""
        rows = tx.execute(self._next(self.before(keep, now), after, limit)).all()
        dropped = 0
        for some in chunks([row.key for row in rows]):
            gone = delete(self._table).where(self.key.in_(some), *self.among, self.may_go(keep, now))
            dropped += tx.execute(gone).rowcount
        return Page(dropped, (rows[-1].at, rows[-1].key) if len(rows) == limit else None)

    def _next(self, before: datetime, after: Place | None, limit: int) -> Select[Any]:
        old = select(self.at.label("at"), self.key.label("key")).where(*self.among, self.at < before)
        if after is not None:
            place = (literal(after[0], self.at.type), literal(after[1], self.key.type))
            old = old.where(tuple_(self.at, self.key) > tuple_(*place))
        return old.order_by(self.at, self.key).limit(limit)

    @property
    def _table(self) -> Table:
        table: Table = self.at.table
        return table


def _may_go(keep: Keep, now: datetime) -> ColumnElement[bool]:
    """A delivery that is over; one that failed stays longer, for a person to look at."""
    is_over = status_is(deliveries, DeliveryStatus.DONE, DeliveryStatus.IGNORED)
    is_failed = status_is(deliveries, DeliveryStatus.FAILED)
    return or_(is_over, and_(is_failed, deliveries.c.received_at < now - keep.failed))


def _nothing_waits_behind(keep: Keep, now: datetime) -> ColumnElement[bool]:
    """Nothing of its line is still to be done: that may close what this one made, or be told apart by it."""
    line = actions.alias("line")
    theirs = (line.c.contact_id == actions.c.contact_id, line.c.connection == actions.c.connection)
    return not_(exists().where(*theirs, status_is(line, *UNFINISHED)))


SHELVES: Final[Sequence[Shelf]] = (
    Shelf(
        "deliveries",
        deliveries.c.received_at,
        deliveries.c.id,
        before=lambda keep, now: now - keep.deliveries,
        may_go=_may_go,
    ),
    Shelf(
        "fingerprints",
        fingerprints.c.noted_at,
        fingerprints.c.digest,
        before=lambda keep, now: now - keep.deliveries,
    ),
    Shelf("event keys", event_keys.c.noted_at, event_keys.c.digest, before=lambda keep, now: now - keep.keys),
    Shelf("traces", traces.c.decided_at, traces.c.event_id, before=lambda keep, now: now - keep.traces),
    Shelf("looks", looks.c.at, looks.c.id, before=lambda keep, now: now - keep.traces),
    Shelf(
        "actions",
        actions.c.settled_at,
        actions.c.id,
        before=lambda keep, now: now - keep.actions,
        among=(status_is(actions, ActionStatus.DONE),),
        may_go=_nothing_waits_behind,
    ),
    Shelf(
        "dead actions",
        actions.c.settled_at,
        actions.c.id,
        before=lambda keep, now: now - keep.dead,
        among=(status_is(actions, ActionStatus.DEAD),),
        may_go=_nothing_waits_behind,
    ),
)
"""Everything that is let go of for its age; attempts go with their actions."""
