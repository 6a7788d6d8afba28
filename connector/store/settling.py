"""How actions and their attempts change, and how those that took effect are settled: many at once."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, Final

from sqlalchemy import Connection

from connector.store import numbers, rows
from connector.store.columns import clean, microseconds
from connector.store.endings import Ending
from connector.store.schema import UNFINISHED, ActionStatus, status_is
from connector.store.schema import actions as table
from connector.store.schema import attempts as tries

IS_UNFINISHED: Final = status_is(table, *UNFINISHED)

_OPEN: Final = (
    "SELECT id, status, failures FROM actions "
    "WHERE id IN {ids} AND status IN ('waiting', 'sending', 'unknown')"
)
_LOCKED: Final[Mapping[str, str]] = {"sqlite": _OPEN, "postgresql": f"{_OPEN} ORDER BY id FOR UPDATE"}
_NAMELESS: Final = (
    "UPDATE actions SET status = 'done', settled_at = {v}, reference = NULL, words = '' WHERE id IN {ids}"
)
_CLOSING: Final = (
    "UPDATE attempts SET ended_at = {v}, outcome = {v}, words = {v} "
    "WHERE ended_at IS NULL AND action_id IN {ids} RETURNING action_id"
)


def done(
    tx: Connection, references: Mapping[int, str | None], now: datetime, outcome: str = "done"
) -> set[int]:
    """They took effect, each with what the platform calls it: settles them and their attempts.

    `outcome` is that of the attempts, `looked_done` where a look has shown it. Returns those that were open.
    """
    found = numbers.ask(tx, _LOCKED[tx.dialect.name], sorted(references))
    ids = sorted(one for one, *_ in found)
    if not ids:
        return set()
    numbers.ask(tx, _NAMELESS, [one for one in ids if references[one] is None], [microseconds(now)])
    named = [_done(one, now, reference) for one in ids if (reference := references[one]) is not None]
    rows.change(tx, table, named, key="id")
    _close(tx, ids, now, outcome)
    return set(ids)


def end(tx: Connection, endings: Sequence[Ending]) -> set[int]:
    """Tries have ended otherwise: changes their actions, each of which is named once, and ends the tries.

    An action without an open try gets one that has ended. Returns those that it was so of.
    """
    if not endings:
        return set()
    found = numbers.ask(tx, _LOCKED[tx.dialect.name], sorted(one.action_id for one in endings))
    stand = {one: (status, failures) for one, status, failures in found}
    changed: dict[tuple[str, ...], list[dict[str, Any]]] = {}
    ended: dict[tuple[datetime, str, str], list[int]] = {}
    for one in endings:
        status, failures = stand.get(one.action_id, ("", 0))
        if status in one.failures:
            row = _row(one, failures + one.failures[status])
            changed.setdefault(tuple(row), []).append(row)
            ended.setdefault((one.at, one.outcome, one.words), []).append(one.action_id)
    for alike in changed.values():
        rows.change(tx, table, alike, key="id")
    for how, ids in ended.items():
        _close(tx, ids, *how)
    return {one for ids in ended.values() for one in ids}


def _done(action_id: int, now: datetime, reference: str) -> dict[str, Any]:
    settled = {"id": action_id, "status": ActionStatus.DONE.value, "settled_at": now}
    return settled | {"reference": reference, "words": ""}


def _row(one: Ending, failures: int) -> dict[str, Any]:
    changed = {"id": one.action_id, "status": one.to.value, "failures": failures, "words": one.words}
    return {**changed, **one.others}


def _close(tx: Connection, ids: Sequence[int], at: datetime, outcome: str, words: str = "") -> None:
    values = (microseconds(at), outcome, clean(words))
    closed = {one for (one,) in numbers.ask(tx, _CLOSING, ids, values)}
    rows.insert(tx, tries, [_attempt(one, at, outcome, words) for one in ids if one not in closed])


def _attempt(action_id: int, at: datetime, outcome: str, words: str) -> dict[str, Any]:
    """The row of one that began and ended in the same moment."""
    begun = {"action_id": action_id, "started_at": at, "ended_at": at}
    return begun | {"outcome": outcome, "words": words}
