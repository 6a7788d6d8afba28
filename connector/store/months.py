"""What has an age, by months: on PostgreSQL each month is a table of its own, which goes as a whole.

Months are made ahead, empty. What fits into none, since nobody made one in time, comes into the table for the
rest, and nothing is refused. A month goes once all of it is old enough and nothing in it must stay; so its
space is free at once. On SQLite there are none: it uses the space of what was deleted again by itself.

A change of months waits for others no longer than `_PATIENCE`, since whoever comes after it waits as long.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Final

from sqlalchemy import Connection, and_, column, or_, select, table, text

from connector.failpoints import reach
from connector.model.delivery import DeliveryStatus
from connector.model.ids import new_id
from connector.model.keep import Keep
from connector.store.dialect import one_at_a_time
from connector.store.schema import REPLAYABLE, status_is

AHEAD: Final = 2
"""Months that are there before they begin."""

_PATIENCE: Final = "200ms"
_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_NAME: Final = re.compile(r"^(?P<table>[a-z]+)_(?P<year>\d{4})_(?P<month>\d{2})$")

_BY: Final[Mapping[str, str]] = {"deliveries": "id", "looks": "at", "traces": "decided_at"}
"""What is in months, and by which column. Ids begin with the time at which they were made."""

_MAY: Final = text(
    "SELECT has_schema_privilege(relnamespace, 'CREATE') AND pg_has_role(relowner, 'USAGE') "
    "FROM pg_class WHERE oid = to_regclass('deliveries')"
)
_CHILDREN: Final = text(
    "SELECT inhrelid::regclass::text FROM pg_inherits WHERE inhparent = to_regclass(:table) ORDER BY 1"
)

_ANY: Final = "SELECT EXISTS (SELECT 1 FROM {rest})"


@dataclass(frozen=True, slots=True, order=True)
class Month:
    """One month of a table."""

    begins: datetime
    table: str

    @property
    def name(self) -> str:
        """The table that holds it."""
        return f"{self.table}_{self.begins:%Y_%m}"

    @property
    def ends(self) -> datetime:
        """When the next begins."""
        return (self.begins + timedelta(days=31)).replace(day=1)


def may_change(tx: Connection) -> bool:
    """Whether there are months, and this role of the database may make and drop them."""
    return tx.dialect.name == "postgresql" and bool(tx.execute(_MAY).scalar())


def made(tx: Connection) -> list[Month]:
    """Every month that there is, the oldest first."""
    return sorted(
        Month(datetime(int(found["year"]), int(found["month"]), 1, tzinfo=UTC), found["table"])
        for one in _BY
        for name in tx.execute(_CHILDREN, {"table": one}).scalars()
        if (found := _NAME.match(name))
    )


def missing(tx: Connection, now: datetime) -> list[Month]:
    """This month and those to come that are not there, each to be made in a transaction of its own.

    One that is older than all that are there is not made, nor one of which there are rows among the rest.
    """
    there = made(tx)
    oldest = {one.table: one.begins for one in reversed(there)}
    wanted = [month for one in _BY for month in _from(Month(_first_of(now), one))]
    return [
        one
        for one in wanted
        if one not in there and one.begins >= oldest.get(one.table, one.begins) and not _is_in_rest(tx, one)
    ]


def make(tx: Connection, month: Month) -> bool:
    """Make a month; whether it was still missing, and nothing of it had come among the rest meanwhile.

    A StoreError where others are in the way for too long.
    """
    _alone(tx)
    tx.execute(text(f"LOCK TABLE {month.table}_default IN ACCESS EXCLUSIVE MODE"))
    if month in made(tx) or _is_in_rest(tx, month):
        return False
    like = "INCLUDING DEFAULTS INCLUDING CONSTRAINTS"
    tx.execute(text(f"CREATE TABLE {month.name} (LIKE {month.table} {like})"))
    first, end = _bounds(month)
    bounds = f"FOR VALUES FROM ({first}) TO ({end})"
    tx.execute(text(f"ALTER TABLE {month.table} ATTACH PARTITION {month.name} {bounds}"))
    return True


def with_rest(tx: Connection) -> tuple[str, ...]:
    """The tables of which something is in no month: nobody made it in time.

    Each further month then holds up who needs the rest, for as long as the database looks through it.
    """
    if tx.dialect.name != "postgresql":
        return ()
    return tuple(one for one in _BY if tx.execute(text(_ANY.format(rest=f"{one}_default"))).scalar())


def over(tx: Connection, keep: Keep, now: datetime) -> list[Month]:
    """Months of which all is old enough and nothing must stay, each to be dropped for itself."""
    return [one for one in made(tx) if _is_over(one, keep, now) and not _has_to_stay(tx, one, keep, now)]


def drop(tx: Connection, month: Month, keep: Keep, now: datetime) -> bool:
    """Drop a month, unless something in it must stay by now; whether it went. Raises as `make` does."""
    _alone(tx)
    tx.execute(text(f"LOCK TABLE ONLY {month.table} IN ACCESS EXCLUSIVE MODE"))
    if month not in made(tx) or _has_to_stay(tx, month, keep, now):
        return False
    tx.execute(text(f"DROP TABLE {month.name}"))
    reach("month-dropped-before-commit")
    return True


def _alone(tx: Connection) -> None:
    tx.execute(text(f"SET LOCAL lock_timeout = '{_PATIENCE}'"))
    one_at_a_time(tx, "months")


def _first_of(at: datetime) -> datetime:
    return at.astimezone(UTC).replace(day=1, hour=0, minute=0, second=0, microsecond=0)


def _from(month: Month) -> list[Month]:
    months = [month]
    for _ in range(AHEAD):
        months.append(Month(months[-1].ends, month.table))
    return months


def _bounds(month: Month) -> tuple[str, str]:
    """As SQL: ids as texts, times as they are stored."""
    if month.table == "deliveries":
        return f"'{new_id(month.begins, bytes(10))}'", f"'{new_id(month.ends, bytes(10))}'"
    return str(_microseconds(month.begins)), str(_microseconds(month.ends))


def _microseconds(at: datetime) -> int:
    return (at - _EPOCH) // timedelta(microseconds=1)


def _is_in_rest(tx: Connection, month: Month) -> bool:
    first, end = _bounds(month)
    by, rest = _BY[month.table], f"{month.table}_default"
    found = text(f"SELECT EXISTS (SELECT 1 FROM {rest} WHERE {by} >= {first} AND {by} < {end})")  # noqa: S608
    return bool(tx.execute(found).scalar())


def _is_over(month: Month, keep: Keep, now: datetime) -> bool:
    return month.ends <= now - (keep.deliveries if month.table == "deliveries" else keep.traces)


def _has_to_stay(tx: Connection, month: Month, keep: Keep, now: datetime) -> bool:
    """Whether a delivery of this month waits, is parked, or has failed not so long ago."""
    if month.table != "deliveries":
        return False
    one = table(month.name, column("status"), column("received_at"))
    is_kept = and_(
        status_is(one, DeliveryStatus.FAILED), one.c.received_at >= _microseconds(now - keep.failed)
    )
    aside = and_(status_is(one, *REPLAYABLE), or_(status_is(one, DeliveryStatus.PARKED), is_kept))
    staying = (status_is(one, DeliveryStatus.WAITING), aside)
    return any(tx.execute(select(one.c.status).where(why).limit(1)).first() for why in staying)
