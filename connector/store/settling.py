"""How actions and their attempts change, and how those that took effect are settled: many at once."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final

from sqlalchemy import ColumnElement, Connection, insert, update

from connector.store import numbers, rows
from connector.store.columns import microseconds
from connector.store.schema import UNFINISHED, ActionStatus, status_is
from connector.store.schema import actions as table
from connector.store.schema import attempts as tries

IS_UNFINISHED: Final = status_is(table, *UNFINISHED)

_OPEN: Final = "SELECT id FROM actions WHERE id IN {ids} AND status IN ('waiting', 'sending', 'unknown')"
_LOCKED: Final[Mapping[str, str]] = {"sqlite": _OPEN, "postgresql": f"{_OPEN} ORDER BY id FOR UPDATE"}
_NAMELESS: Final = (
    "UPDATE actions SET status = 'done', settled_at = {v}, reference = NULL, words = '' WHERE id IN {ids}"
)
_CLOSING: Final = (
    "UPDATE attempts SET ended_at = {v}, outcome = {v}, words = '' "
    "WHERE ended_at IS NULL AND action_id IN {ids} RETURNING action_id"
)


def done(
    tx: Connection, references: Mapping[int, str | None], now: datetime, outcome: str = "done"
) -> set[int]:
    """They took effect, each with what the platform calls it: settles them and their attempts.

    `outcome` is that of the attempts, `looked_done` where a look has shown it. Returns those that were open.
    """
    found = numbers.run(tx, _LOCKED[tx.dialect.name], sorted(references))
    ids = sorted(found.scalars())
    if not ids:
        return set()
    numbers.run(tx, _NAMELESS, [one for one in ids if references[one] is None], [microseconds(now)])
    named = [_done(one, now, reference) for one in ids if (reference := references[one]) is not None]
    rows.change(tx, table, named, key="id")
    _close(tx, ids, now, outcome)
    return set(ids)


def move(
    tx: Connection,
    action_id: int,
    values: Mapping[str, Any],
    ended: Mapping[str, Any],
    among: ColumnElement[bool] = IS_UNFINISHED,
) -> bool:
    """Change an action that is in the right state, and end its open attempt, or add one that has ended.

    Says whether it was in that state.
    """
    changed = update(table).where(table.c.id == action_id, among)
    if not tx.execute(changed.values({**values, "words": ended["words"]})).rowcount:
        return False
    is_open = (tries.c.action_id == action_id, tries.c.ended_at.is_(None))
    closing = {name: ended[name] for name in ("ended_at", "outcome", "words")}
    if not tx.execute(update(tries).where(*is_open).values(closing)).rowcount:
        tx.execute(insert(tries).values(ended))
    return True


def attempt(action_id: int, now: datetime, outcome: str = "", words: str = "") -> dict[str, Any]:
    """The row of an attempt that begins now; with an outcome, of one that also ends now."""
    ended_at = now if outcome else None
    begun = {"action_id": action_id, "started_at": now, "ended_at": ended_at}
    return begun | {"outcome": outcome, "words": words}


def _done(action_id: int, now: datetime, reference: str) -> dict[str, Any]:
    settled = {"id": action_id, "status": ActionStatus.DONE.value, "settled_at": now}
    return settled | {"reference": reference, "words": ""}


def _close(tx: Connection, ids: list[int], now: datetime, outcome: str) -> None:
    closed = set(numbers.run(tx, _CLOSING, ids, [microseconds(now), outcome]).scalars())
    rows.insert(tx, tries, [attempt(one, now, outcome) for one in ids if one not in closed])
