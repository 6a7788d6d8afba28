"""How often each rule acts, by the hour, and how its last actions ended: what fuses look at."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from sqlalchemy import Connection, bindparam, delete, func, select, update

from connector.store.dialect import count_up, upsert
from connector.store.rows import count_new
from connector.store.schema import pardons, results
from connector.store.schema import tallies as table
from connector.store.straight import Ready

REMEMBERED_FOR: Final = timedelta(days=30)
LAST: Final = 50
"""Results of a rule that are remembered."""

_DONE, _FAILED = ".", "x"
_LAST: Final = Ready(
    select(results)
    .where(results.c.rule.in_(bindparam("rules", expanding=True)))
    .order_by(results.c.rule)
    .with_for_update()
)


@dataclass(frozen=True, slots=True)
class Tally:
    """Runs of a rule that acted in this hour, those not counted after which a person let it go on."""

    rule: str
    runs: int


def hour_of(now: datetime) -> datetime:
    """The hour of the clock, in UTC, in which something is counted."""
    return now.replace(minute=0, second=0, microsecond=0)


def count(tx: Connection, runs: Mapping[str, int], now: datetime) -> list[Tally]:
    """So many more runs of each rule have acted; how many it is in this hour."""
    hour = hour_of(now)
    rows = [{"rule": one, "hour": hour, "runs": more, "forgiven": 0} for one, more in sorted(runs.items())]
    counted = count_up(tx, table, rows, "runs", tell=("rule", "runs", "forgiven"))
    return [Tally(rule, all_of_it - forgiven) for rule, all_of_it, forgiven in sorted(counted)]


def busiest(tx: Connection, rule: str, now: datetime) -> int:
    """The most runs that acted in one hour of the last 30 days, this one left out."""
    hour = hour_of(now)
    before = (table.c.rule == rule, table.c.hour >= hour - REMEMBERED_FOR, table.c.hour < hour)
    most: int = tx.execute(select(func.coalesce(func.max(table.c.runs), 0)).where(*before)).scalar_one()
    return most


def forgive(tx: Connection, rule: str, now: datetime, held: int = 0) -> None:
    """A person has let a rule go on: what it did in this hour so far counts no more, nor how that ended.

    Nor do as many runs as were `held`, in this hour and the next: they are known, and come at once.
    """
    hour = hour_of(now)
    this_hour = (table.c.rule == rule, table.c.hour == hour)
    tx.execute(update(table).where(*this_hour).values(forgiven=table.c.runs))
    if held:
        ahead = [
            {"rule": rule, "hour": one, "runs": 0, "forgiven": held}
            for one in (hour, hour + timedelta(hours=1))
        ]
        count_up(tx, table, ahead, "forgiven", tell=("rule",))
    tx.execute(delete(results).where(results.c.rule == rule))
    upsert(tx, pardons, [{"rule": rule, "at": now}], change=("at",))


def forgiven_at(tx: Connection, rule: str) -> datetime | None:
    """When a person last let a rule go on; None where nobody ever did."""
    at: datetime | None = tx.execute(select(pardons.c.at).where(pardons.c.rule == rule)).scalar()
    return at


def ended(tx: Connection, results_of: Mapping[str, Sequence[bool]]) -> dict[str, list[tuple[int, int]]]:
    """More actions of these rules have ended, each failed or not, in this order.

    For each of them, how many of the last ones had failed by then, and how many these were.
    """
    told: dict[str, list[tuple[int, int]]] = {}
    last = _last(tx, sorted(results_of))
    if len(last) < len(results_of):
        count_new(tx, results, [{"rule": one, "last": ""} for one in sorted(results_of) if one not in last])
        last = _last(tx, sorted(results_of))
    for rule, failures in results_of.items():
        told[rule] = []
        for is_failed in failures:
            last[rule] = f"{last[rule]}{_FAILED if is_failed else _DONE}"[-LAST:]
            told[rule].append((last[rule].count(_FAILED), len(last[rule])))
    upsert(tx, results, [{"rule": one, "last": last[one]} for one in sorted(last)], change=("last",))
    return told


def drop_older(tx: Connection, now: datetime, limit: int = 500) -> int:
    """Delete tallies that nothing looks at any more, `limit` at a time; how many went."""
    old: Any = select(table.c.rule, table.c.hour).where(table.c.hour < hour_of(now) - REMEMBERED_FOR)
    gone = tx.execute(old.limit(limit)).all()
    for row in gone:
        tx.execute(delete(table).where(table.c.rule == row.rule, table.c.hour == row.hour))
    return len(gone)


def _last(tx: Connection, rules: list[str]) -> dict[str, str]:
    """The results of those rules that have any; nobody else changes these until the transaction ends."""
    return {row.rule: row.last for row in _LAST.rows(tx, rules=rules)}
