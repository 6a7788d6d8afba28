"""What stands right behind actions that are to be sent, and could be done together with them."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from functools import partial
from itertools import takewhile
from typing import Any, Final, Protocol

from sqlalchemy import Connection, bindparam, literal_column, not_, select

from connector.store.queued import APART, Queued, queued
from connector.store.schema import ActionStatus, status_is
from connector.store.schema import actions as table
from connector.store.schema import attempts as tries
from connector.store.settling import IS_UNFINISHED
from connector.store.stops import is_held
from connector.store.straight import Ready

MOST: Final = 20
"""How many actions of a line are looked at, on average."""

_IDS: Final[Any] = bindparam("ids", expanding=True)
_CONNECTION: Final = table.c.connection.concat(literal_column("''"))
"""As it is, but for SQLite: by a bare one it would read all that waits there, and not the contacts' lines."""

_LINES: Final = Ready(
    select(table.c.id, table.c.contact_id, table.c.name, table.c.status)
    .where(
        table.c.contact_id.in_(bindparam("people", expanding=True)),
        bindparam("connection") == _CONNECTION,
        IS_UNFINISHED,
        not_(is_held(table)),
    )
    .order_by(table.c.contact_id, table.c.id)
    .limit(bindparam("most"))
)
_LOCKED: Final = Ready(
    select(table)
    .where(table.c.id.in_(_IDS), status_is(table, ActionStatus.WAITING))
    .order_by(table.c.id)
    .with_for_update(of=table, skip_locked=True)
)
_ALONE: Final = Ready(select(tries.c.action_id).where(tries.c.action_id.in_(_IDS), tries.c.outcome == APART))


class _Row(Protocol):
    """What of a line says who goes along."""

    id: int
    contact_id: str
    name: str
    status: str


def behind(tx: Connection, heads: Sequence[Queued]) -> dict[int, list[Queued]]:
    """By the ids of heads that are being sent, what stands directly behind each, of the same name.

    All are of one connection. What is behind waits still, be it for a later attempt of its own, and is
    locked. Nothing of a rule that is stopped is in it, which holds nobody up either, and nothing that was
    refused together with others before.
    """
    if not heads:
        return {}
    runs = _runs(_lines(tx, heads), heads)
    ids = [one for some in runs.values() for one in some]
    if not ids:
        return {}
    alone = {one for (one,) in _ALONE.rows(tx, ids=[*runs, *ids])}
    found = {row.id: row for row in _LOCKED.rows(tx, ids=ids)}
    return {
        head: [queued(found[one]) for one in takewhile(lambda one: one in found and one not in alone, some)]
        for head, some in runs.items()
        if head not in alone
    }


def _lines(tx: Connection, heads: Sequence[Queued]) -> Mapping[str, list[_Row]]:
    people = sorted({one.action.contact_id for one in heads})
    connection, most = heads[0].action.connection, MOST * len(people)
    lines: dict[str, list[_Row]] = {}
    for row in _LINES.rows(tx, people=people, connection=connection, most=most):
        lines.setdefault(row.contact_id, []).append(row)
    return lines


def _runs(lines: Mapping[str, Collection[_Row]], heads: Sequence[Queued]) -> dict[int, list[int]]:
    """The ids of what stands directly behind each head, where anything does."""
    runs: dict[int, list[int]] = {}
    for head in heads:
        after = (row for row in lines.get(head.action.contact_id, ()) if row.id > head.id)
        if some := [row.id for row in takewhile(partial(_goes_along, head), after)]:
            runs[head.id] = some
    return runs


def _goes_along(head: Queued, row: _Row) -> bool:
    return row.status == ActionStatus.WAITING.value and row.name == head.action.name
