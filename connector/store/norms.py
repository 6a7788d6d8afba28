"""What is usual among all contacts, as it was last found; and the census that is finding it anew."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from sqlalchemy import Connection, delete, select

from connector.mapping.norms import UNKNOWN, Norms
from connector.store.dialect import one_at_a_time, upsert
from connector.store.encoding import decode, encode
from connector.store.schema import census as passes
from connector.store.schema import norms as table

_ONLY: Final = 1
"""The id of the only row that each of the tables has."""


@dataclass(frozen=True, slots=True)
class Begun:
    """A census that is not done: of contacts as they were at `began_at`, up to the id `after`.

    `worker` takes it, and has last told of it at `told_at`.
    """

    asked: str
    began_at: datetime
    after: str
    seen: int
    counts: Mapping[str, Any]
    worker: str
    told_at: datetime


def stored(tx: Connection) -> Norms:
    """What was last found."""
    figures = tx.execute(select(table.c.figures)).scalar()
    return UNKNOWN if figures is None else decode(Norms, figures)


def store(tx: Connection, norms: Norms) -> None:
    """What is usual from now on."""
    row = {"id": _ONLY, "at": norms.at, "version": norms.version, "figures": encode(norms)}
    upsert(tx, table, [row], change=("at", "version", "figures"))


def begun(tx: Connection) -> Begun | None:
    """The census that was begun and is not done."""
    row = tx.execute(select(passes)).first()
    if row is None:
        return None
    return Begun(row.asked, row.began_at, row.after, row.seen, row.counts, row.worker, row.told_at)


def tell(tx: Connection, one: Begun, given_up: datetime) -> bool:
    """How far a census has come; False where another worker takes it.

    Who has told nothing since `given_up` takes it no more.
    """
    one_at_a_time(tx, "census")
    other = begun(tx)
    if other and other.worker != one.worker and other.asked == one.asked and other.told_at > given_up:
        return False
    row = {name: getattr(one, name) for name in _TOLD}
    upsert(tx, passes, [{"id": _ONLY, **row}], change=_TOLD)
    return True


def finish(tx: Connection) -> None:
    """The census is done."""
    tx.execute(delete(passes))


_TOLD: Final = ("asked", "began_at", "after", "seen", "counts", "worker", "told_at")
