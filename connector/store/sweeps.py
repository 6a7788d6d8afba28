"""Work on all contacts, page by page: it is resumed where it stood, by whichever process comes next."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final

from sqlalchemy import Connection, bindparam, select, update

from connector.store.dialect import one_at_a_time
from connector.store.encoding import decode, encode
from connector.store.schema import SweepKind
from connector.store.schema import sweeps as table
from connector.store.straight import Ready

__all__ = [
    "EVERYBODY",
    "Asked",
    "Only",
    "Sweep",
    "SweepKind",
    "begin",
    "begin_for_rules",
    "finish",
    "fired",
    "listing",
    "newest",
    "open_kinds",
    "open_one",
    "reached",
    "under_way",
]


_IS_OPEN: Final = table.c.kind == bindparam("kind"), table.c.done_at.is_(None)
_UNDER_WAY: Final = select(table).where(*_IS_OPEN).order_by(table.c.id).limit(1)
_OPEN_KINDS: Final = Ready(select(table.c.kind).where(table.c.done_at.is_(None)).distinct())
_MOMENTS: Final = table.c.kind == SweepKind.MOMENT.value, table.c.at >= bindparam("since")
_FIRED: Final = Ready(select(table).where(*_MOMENTS).order_by(table.c.id))


@dataclass(frozen=True, slots=True)
class Only:
    """Whom a pass is for, where that is not everybody: this contact, so many, who changes in this journey.

    Or whom it concerns that a rule, or all rules while a version was live, are `undone`: what these did to
    our own state, as far as it was decided `since` then, is taken out of the histories that are folded.
    """

    contact: str = ""
    journey: str = ""
    limit: int = 0
    undone: str = ""
    since: datetime | None = None


EVERYBODY: Final = Only()


@dataclass(frozen=True, slots=True)
class Asked:
    """Why a pass was begun: `name` is the moment that was fired, what tells the rules apart, or the version
    under which contacts are recomputed.

    `at` is when somebody asked for it; `expected` has by rule how many runs were shown to that person.
    """

    kind: SweepKind
    name: str
    at: datetime
    who: str = ""
    expected: Mapping[str, int] = field(default_factory=dict)
    only: Only = EVERYBODY


@dataclass(frozen=True, slots=True)
class Sweep:
    """One pass over contacts; `after` is the last contact that is done, `seen` how many are.

    Of these so many were `changed`; for so many it was `broken` off, and they are as they were.
    """

    id: int
    asked: Asked
    at: datetime
    after: str
    seen: int
    done_at: datetime | None
    changed: int = 0
    broken: int = 0

    @property
    def name(self) -> str:
        """The moment that was fired, what tells the rules apart, or a version."""
        return self.asked.name


def begin(tx: Connection, asked: Asked, now: datetime) -> bool:
    """Begin a pass over all contacts, once for each time that it is asked for; whether it is new."""
    one_at_a_time(tx, "sweeps")
    same = (table.c.kind == asked.kind.value, table.c.name == asked.name, table.c.asked_at == asked.at)
    if tx.execute(select(table.c.id).where(*same)).first():
        return False
    what = {"kind": asked.kind.value, "name": asked.name, "asked_at": asked.at, "who": asked.who}
    shown = {"expected": dict(asked.expected), "only": encode(asked.only)}
    tx.execute(table.insert(), what | shown | {"at": now, "after": "", "seen": 0, "done_at": None})
    return True


def begin_for_rules(tx: Connection, name: str, now: datetime) -> bool:
    """Begin a pass for these rules, unless the last was for them; whether it is new.

    A pass for other rules that is not done has become pointless, and is done.
    """
    one_at_a_time(tx, "sweeps")
    if newest(tx, SweepKind.RULES) == name:
        return False
    pointless = update(table).where(table.c.kind == SweepKind.RULES.value, table.c.done_at.is_(None))
    tx.execute(pointless.values(done_at=now))
    return begin(tx, Asked(SweepKind.RULES, name, now), now)


def newest(tx: Connection, kind: SweepKind) -> str | None:
    """The name of the newest pass of this kind; None where there never was one."""
    of_kind = select(table.c.name).where(table.c.kind == kind.value)
    return tx.execute(of_kind.order_by(table.c.id.desc()).limit(1)).scalar()


def open_one(tx: Connection, names: Mapping[SweepKind, str | None]) -> Sweep | None:
    """The oldest pass that is not done, of these kinds (and of this name, where one is given), locked."""
    kinds = table.c.kind.in_([kind.value for kind in names])
    is_open = select(table).where(table.c.done_at.is_(None), kinds).order_by(table.c.id)
    for row in tx.execute(is_open.with_for_update(skip_locked=True)):
        one = _sweep(row)
        if names[one.asked.kind] in {None, one.name}:
            return one
    return None


def under_way(tx: Connection, kind: SweepKind) -> Sweep | None:
    """The oldest pass of this kind that is not done, for looking only."""
    row = tx.execute(_UNDER_WAY, {"kind": kind.value}).first()
    return _sweep(row) if row else None


def reached(tx: Connection, one: Sweep, after: str, more: int, *, changed: int = 0, broken: int = 0) -> None:
    """A page is done."""
    counts = {"seen": table.c.seen + more, "changed": table.c.changed + changed}
    counts["broken"] = table.c.broken + broken
    tx.execute(update(table).where(table.c.id == one.id).values(after=after, **counts))


def finish(tx: Connection, one: Sweep, now: datetime) -> None:
    """Every contact is done."""
    tx.execute(update(table).where(table.c.id == one.id).values(done_at=now))


def fired(tx: Connection, since: datetime) -> list[Sweep]:
    """The moments that were fired by hand since then, oldest first."""
    return [_sweep(row) for row in _FIRED.rows(tx, since=since)]


def listing(tx: Connection, limit: int = 50) -> list[Sweep]:
    """The passes, newest first."""
    return [_sweep(row) for row in tx.execute(select(table).order_by(table.c.id.desc()).limit(limit))]


def open_kinds(tx: Connection) -> frozenset[SweepKind]:
    """Of which kinds a pass is not done."""
    return frozenset(SweepKind(row.kind) for row in _OPEN_KINDS.rows(tx))


def _sweep(row: Any) -> Sweep:
    return Sweep(
        id=row.id,
        asked=Asked(
            SweepKind(row.kind), row.name, row.asked_at, row.who, row.expected, decode(Only, row.only)
        ),
        at=row.at,
        after=row.after,
        seen=row.seen,
        done_at=row.done_at,
        changed=row.changed,
        broken=row.broken,
    )
