"""What time itself has meant for contacts; and those for whom it could not be told."""

from __future__ import annotations

from collections.abc import Generator, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from sqlalchemy import Connection, Row, Select, delete, func, insert, select

from connector.model.decision import Moved, TraceEntry
from connector.store.dialect import chunks, upsert
from connector.store.encoding import decode, encode
from connector.store.families import family
from connector.store.schema import looks as table
from connector.store.schema import stumbles

_AT_ONCE: Final = 100


@dataclass(frozen=True, slots=True)
class Look:
    """A contact was looked at, and something followed from time alone, under mapping `version`."""

    contact_id: str
    at: datetime
    version: str
    moves: tuple[Moved, ...]
    trace: tuple[TraceEntry, ...]


@dataclass(frozen=True, slots=True)
class Stumble:
    """Looking at a contact breaks, since when and for the how many-th time; tried again at `next_at`.

    Without `failures` it has only been in hand at so many `deaths` of a worker, and may be innocent.
    """

    contact_id: str
    since: datetime
    failures: int
    next_at: datetime
    words: str
    deaths: int = 0


def record(tx: Connection, entries: Sequence[Look]) -> None:
    """Add looks; one from which nothing followed is not kept."""
    rows = [_row(one) for one in entries if one.trace or one.moves]
    if rows:
        tx.execute(insert(table), rows)


def of_contact(tx: Connection, contact_id: str, limit: int = 200) -> list[Look]:
    """What followed from time alone for a contact, newest last."""
    return [_look(row) for row in reversed(tx.execute(_latest(tx, contact_id).limit(limit)).all())]


def backwards(tx: Connection, contact_id: str) -> Generator[Look]:
    """The same, newest first, read piece by piece as long as somebody asks; to be closed."""
    with tx.execute(_latest(tx, contact_id).execution_options(yield_per=_AT_ONCE)) as rows:
        for row in rows:
            yield _look(row)


def stumble(tx: Connection, one: Stumble) -> None:
    """Looking at a contact broke; `since` is kept from the first time on."""
    upsert(tx, stumbles, [_stumble_row(one)], change=("failures", "next_at", "words", "deaths"))


def stumble_of(tx: Connection, contact_id: str) -> Stumble | None:
    """How looking at this contact breaks; None where it does not."""
    found = stumbles_of(tx, [contact_id]).get(contact_id)
    return found if found is not None and found.failures else None


def stumbles_of(tx: Connection, ids: Iterable[str]) -> Mapping[str, Stumble]:
    """Those of these contacts for whom looking breaks, or who were in hand at a death."""
    found: dict[str, Stumble] = {}
    for some in chunks(sorted(ids)):
        rows = tx.execute(select(stumbles).where(stumbles.c.contact_id.in_(some)))
        found |= {row.contact_id: _stumble(row) for row in rows}
    return found


def recovered(tx: Connection, ids: Iterable[str]) -> None:
    """Looking at these contacts went well."""
    for some in chunks(sorted(ids)):
        tx.execute(delete(stumbles).where(stumbles.c.contact_id.in_(some)))


def count_stumbles(tx: Connection) -> int:
    """For how many contacts looking breaks."""
    breaks = select(func.count()).select_from(stumbles).where(stumbles.c.failures > 0)
    return tx.execute(breaks).scalar_one()


def _latest(tx: Connection, contact_id: str) -> Select[Any]:
    newest = (table.c.at.desc(), table.c.id.desc())
    return select(table).where(table.c.contact_id.in_(family(tx, contact_id))).order_by(*newest)


def _row(one: Look) -> dict[str, Any]:
    what = {"moves": [encode(move) for move in one.moves], "trace": [encode(entry) for entry in one.trace]}
    return what | {"contact_id": one.contact_id, "at": one.at, "version": one.version}


def _look(row: Row[Any]) -> Look:
    return Look(
        contact_id=row.contact_id,
        at=row.at,
        version=row.version,
        moves=tuple(decode(Moved, one) for one in row.moves),
        trace=tuple(decode(TraceEntry, one) for one in row.trace),
    )


def _stumble_row(one: Stumble) -> dict[str, Any]:
    when = {"since": one.since, "failures": one.failures, "next_at": one.next_at}
    return when | {"contact_id": one.contact_id, "words": one.words, "deaths": one.deaths}


def _stumble(row: Row[Any]) -> Stumble:
    return Stumble(row.contact_id, row.since, row.failures, row.next_at, row.words, row.deaths)
