"""Rules that failed inside: how often by the hour, and for whom last, in what words."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from sqlalchemy import Connection, delete, func, select, update

from connector.store.dialect import count_up
from connector.store.schema import failings as table
from connector.store.tallies import hour_of

SHOWN_FOR: Final = timedelta(days=1)
REMEMBERED_FOR: Final = timedelta(days=30)


@dataclass(frozen=True, slots=True)
class Failing:
    """A rule failed so many `times`, the last time for this contact, in these words, in the hour of `at`."""

    rule: str
    times: int
    contact_id: str
    words: str
    at: datetime


def count(tx: Connection, failed: Sequence[tuple[str, str, str]], now: datetime) -> None:
    """Rules have failed: each with its name, the contact, and why."""
    last = {rule: (contact_id, words) for rule, contact_id, words in failed}
    times = {rule: sum(one[0] == rule for one in failed) for rule in last}
    rows = [
        {
            "rule": rule,
            "hour": hour_of(now),
            "times": times[rule],
            "contact_id": last[rule][0],
            "words": last[rule][1],
        }
        for rule in sorted(last)
    ]
    count_up(tx, table, rows, "times", tell=("rule",))
    for row in rows:
        this = table.c.rule == row["rule"], table.c.hour == row["hour"]
        tx.execute(update(table).where(*this).values(contact_id=row["contact_id"], words=row["words"]))


def lately(tx: Connection, now: datetime) -> list[Failing]:
    """The rules that failed within a day, those that failed most first."""
    since = table.c.hour > hour_of(now) - SHOWN_FOR
    totals = select(
        table.c.rule, func.sum(table.c.times).label("times"), func.max(table.c.hour).label("hour")
    )
    of_each = totals.where(since).group_by(table.c.rule).subquery()
    newest = (table.c.rule == of_each.c.rule) & (table.c.hour == of_each.c.hour)
    rows = tx.execute(select(table, of_each.c.times.label("total")).join(of_each, newest))
    found = [Failing(row.rule, int(row.total), row.contact_id, row.words, row.hour) for row in rows]
    return sorted(found, key=lambda one: (-one.times, one.rule))


def drop_older(tx: Connection, now: datetime, limit: int = 500) -> int:
    """Delete what is a month old, `limit` at a time; how many went."""
    old: Any = select(table.c.rule, table.c.hour).where(table.c.hour < hour_of(now) - REMEMBERED_FOR)
    gone = tx.execute(old.limit(limit)).all()
    for row in gone:
        tx.execute(delete(table).where(table.c.rule == row.rule, table.c.hour == row.hour))
    return len(gone)
