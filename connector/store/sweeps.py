"""Work on all contacts, page by page: it is resumed where it stood, by whichever process comes next."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, func, select, update

from connector.store.dialect import one_at_a_time
from connector.store.schema import SweepKind
from connector.store.schema import sweeps as table

__all__ = [
    "Sweep",
    "SweepKind",
    "begin",
    "begin_if_new",
    "count_open",
    "finish",
    "fired",
    "listing",
    "open_one",
    "reached",
]


@dataclass(frozen=True, slots=True)
class Sweep:
    """One pass over all contacts. `name` is the moment that was fired, or what tells the rules apart.

    `expected` has by rule how many runs a person was shown and confirmed. `after` is the last contact that
    is done, `seen` how many are.
    """

    id: int
    kind: SweepKind
    name: str
    at: datetime
    who: str
    expected: Mapping[str, int]
    after: str
    seen: int
    done_at: datetime | None


def begin(
    tx: Connection, kind: SweepKind, name: str, at: datetime, who: str, expected: Mapping[str, int]
) -> int:
    """Ask for a pass over all contacts; its number."""
    row = {"kind": kind.value, "name": name, "at": at, "who": who, "expected": dict(expected)}
    added = table.insert().returning(table.c.id)
    number: int = tx.execute(added, row | {"after": "", "seen": 0, "done_at": None}).scalar_one()
    return number


def begin_if_new(tx: Connection, kind: SweepKind, name: str, at: datetime) -> bool:
    """The same, unless the newest of this kind has this name already; whether it was new.

    What is still open of this kind has become pointless, and is done.
    """
    one_at_a_time(tx, "sweeps")
    newest = select(table.c.name).where(table.c.kind == kind.value).order_by(table.c.id.desc()).limit(1)
    if tx.execute(newest).scalar() == name:
        return False
    pointless = update(table).where(table.c.kind == kind.value, table.c.done_at.is_(None))
    tx.execute(pointless.values(done_at=at))
    begin(tx, kind, name, at, "", {})
    return True


def open_one(tx: Connection, names: Mapping[SweepKind, str | None]) -> Sweep | None:
    """The oldest pass that is not done, of these kinds (and of this name, where one is given), locked."""
    is_open = select(table).where(table.c.done_at.is_(None)).order_by(table.c.id)
    for row in tx.execute(is_open.with_for_update(skip_locked=True)):
        one = _sweep(row)
        if one.kind in names and names[one.kind] in {None, one.name}:
            return one
    return None


def reached(tx: Connection, one: Sweep, after: str, more: int) -> None:
    """A page is done."""
    tx.execute(update(table).where(table.c.id == one.id).values(after=after, seen=table.c.seen + more))


def finish(tx: Connection, one: Sweep, now: datetime) -> None:
    """Every contact is done."""
    tx.execute(update(table).where(table.c.id == one.id).values(done_at=now))


def fired(tx: Connection, since: datetime) -> list[Sweep]:
    """The moments that were fired by hand since then, oldest first."""
    moments = (table.c.kind == SweepKind.MOMENT.value, table.c.at >= since)
    return [_sweep(row) for row in tx.execute(select(table).where(*moments).order_by(table.c.id))]


def listing(tx: Connection, limit: int = 50) -> list[Sweep]:
    """The passes, newest first."""
    return [_sweep(row) for row in tx.execute(select(table).order_by(table.c.id.desc()).limit(limit))]


def count_open(tx: Connection) -> int:
    """How many passes are not done."""
    return tx.execute(select(func.count()).select_from(table).where(table.c.done_at.is_(None))).scalar_one()


def _sweep(row: Row[Any]) -> Sweep:
    return Sweep(
        id=row.id,
        kind=SweepKind(row.kind),
        name=row.name,
        at=row.at,
        who=row.who,
        expected=row.expected,
        after=row.after,
        seen=row.seen,
        done_at=row.done_at,
    )
