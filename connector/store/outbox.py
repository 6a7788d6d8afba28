"""Actions on their way to their platforms: waiting, sending, unknown, done or dead.

A contact's actions at one connection form a line, in the order of their decision. Only its head, the oldest
that is neither done nor dead, is ever claimed; nobody overtakes one that is being sent or whose outcome is
unknown. What waits of a rule that is stopped is held, and does not hold up the others of its line. What is
done or dead stays so: settling it once more changes nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from datetime import datetime
from typing import Any, Final, NamedTuple

from sqlalchemy import (
    Connection,
    Integer,
    Select,
    and_,
    bindparam,
    exists,
    not_,
    or_,
    select,
    update,
)

from connector.model.action import Action
from connector.store import endings, numbers
from connector.store.columns import microseconds
from connector.store.columnwise import insert_columns
from connector.store.endings import Missed
from connector.store.pauses import is_paused, pause, paused, resume
from connector.store.queued import (
    NEW,
    Attempt,
    Queued,
    attempts,
    by_key,
    columns_of,
    counts,
    find,
    listing,
    of_decision,
    queued,
    references,
    told_by_platforms,
)
from connector.store.schema import UNFINISHED, ActionStatus, status_is
from connector.store.schema import actions as table
from connector.store.settling import IS_UNFINISHED, done, end
from connector.store.stops import is_held
from connector.store.straight import Ready

__all__ = [
    "ActionStatus",
    "Attempt",
    "Queued",
    "add",
    "attempts",
    "begin",
    "by_key",
    "claim",
    "claim_unknown",
    "counts",
    "dead",
    "discard",
    "done",
    "earliest",
    "end",
    "find",
    "first_due",
    "interrupted",
    "listing",
    "needless",
    "of_decision",
    "pause",
    "paused",
    "references",
    "replay",
    "resume",
    "told_by_platforms",
]

_SENDING: Final = status_is(table, ActionStatus.SENDING)
_TO_SENDING: Final = "UPDATE actions SET status = 'sending' WHERE id IN {ids}"
_TRYING: Final = (
    "INSERT INTO attempts (action_id, started_at, outcome, words) "
    "SELECT id, {v}, '', '' FROM actions WHERE id IN {ids} ORDER BY id"
)


def _heads() -> Select[Any]:
    ahead = table.alias("ahead")
    under_way = status_is(ahead, ActionStatus.SENDING, ActionStatus.UNKNOWN)
    before = or_(under_way, and_(ahead.c.id < table.c.id, not_(is_held(ahead))))
    blocked = exists().where(
        ahead.c.contact_id == table.c.contact_id,
        ahead.c.connection == table.c.connection,
        status_is(ahead, *UNFINISHED),
        ahead.c.id != table.c.id,
        before,
    )
    return _due_first(ActionStatus.WAITING).where(not_(is_held(table)), not_(blocked))


def _due_first(status: ActionStatus) -> Select[Any]:
    """A connection's actions of this status, unless it is paused. `IS_UNFINISHED` names the partial index.

    It stands behind the status: SQLite reads the index by the first of the two, and by `IS_UNFINISHED` it
    reads all of it and sorts (seen with 3.53).
    """
    of_connection = bindparam("connection", type_=table.c.connection.type)
    wanted = (table.c.connection == of_connection, status_is(table, status), not_(is_paused(of_connection)))
    return select(table).where(*wanted, IS_UNFINISHED).order_by(table.c.next_attempt_at, table.c.id)


class _Claims(NamedTuple):
    """The statements that look for what is due, made once: to make one takes longer than to run it."""

    first: Ready
    first_besides: Ready
    batch: Ready
    first_to_look_up: Ready
    to_look_up: Ready
    earliest: tuple[Ready, Ready]


def _claims() -> _Claims:
    heads, unknowns = _heads(), _due_first(ActionStatus.UNKNOWN)
    is_due, most = table.c.next_attempt_at <= bindparam("now"), bindparam("most", type_=Integer())
    is_named = table.c.name == bindparam("name")
    first = heads.where(is_due).with_only_columns(table.c.id, table.c.name).limit(1)
    return _Claims(
        first=Ready(first),
        first_besides=Ready(first.where(table.c.name.not_in(bindparam("besides", expanding=True)))),
        batch=_locked(heads.where(is_due, is_named).limit(most)),
        first_to_look_up=Ready(unknowns.where(is_due).with_only_columns(table.c.name).limit(1)),
        to_look_up=_locked(unknowns.where(is_due, is_named).limit(most)),
        earliest=(
            Ready(heads.with_only_columns(table.c.next_attempt_at).limit(1)),
            Ready(unknowns.with_only_columns(table.c.next_attempt_at).limit(1)),
        ),
    )


def _locked(some: Select[Any]) -> Ready:
    return Ready(some.with_for_update(of=table, skip_locked=True))


_CLAIMS: Final = _claims()


def add(tx: Connection, actions: Sequence[Action], now: datetime) -> int:
    """Queue actions in this order; one whose key exists is left out. Returns how many are new."""
    return insert_columns(tx, table, columns_of(actions, now), NEW, only_new=True)


def claim(
    tx: Connection,
    connection: str,
    now: datetime,
    limit: int | Callable[[str], int],
    name: str = "",
    besides: Collection[str] = (),
) -> list[Queued]:
    """The heads that are due, longest due first, marked `sending` with an open attempt each.

    A head is the oldest action of its contact and connection that is neither done nor dead: the next one is
    not claimed before it is settled. All are of the action `name`, else of the first one's (one batch call),
    `besides` those names.
    Rows in `unknown` come by `claim_unknown`. Nothing is claimed of a paused connection or a stopped rule.
    `limit` may be a function that says for an action's name how many one call can carry.
    """
    if not name:
        first = _first(tx, connection, now, besides)
        if first is None:
            return []
        name = first.name
    most = limit(name) if callable(limit) else limit
    rows = _CLAIMS.batch.rows(tx, connection=connection, now=now, name=name, most=most)
    begin(tx, [row.id for row in rows], now)
    return [queued(row, ActionStatus.SENDING) for row in rows]


def begin(tx: Connection, ids: Sequence[int], now: datetime) -> None:
    """Waiting actions that this transaction has locked are being sent from now on."""
    if ids:
        numbers.ask(tx, _TO_SENDING, ids)
        numbers.ask(tx, _TRYING, ids, [microseconds(now)])


def claim_unknown(
    tx: Connection, connection: str, now: datetime, limit: int | Callable[[str], int]
) -> list[Queued]:
    """Those whose outcome is unknown and whose time to look has come, longest due first; they stay `unknown`.

    All are of the first one's name; `limit` as in `claim`.
    """
    names = _CLAIMS.first_to_look_up.rows(tx, connection=connection, now=now)
    if not names:
        return []
    ((name,),) = names
    most = limit(name) if callable(limit) else limit
    rows = _CLAIMS.to_look_up.rows(tx, connection=connection, now=now, name=name, most=most)
    return [queued(row) for row in rows]


def interrupted(
    tx: Connection, connection: str, now: datetime, look_at: datetime, besides: Collection[int] = ()
) -> list[Queued]:
    """After a death: what is `sending` becomes `unknown`, to be looked at from `look_at`, `besides` these.

    Its attempts end as unknown, and count as failures.
    """
    sending = select(table.c.id).where(_SENDING, IS_UNFINISHED, table.c.connection == connection)
    found = tx.execute(sending.order_by(table.c.id)).scalars()
    ids = [one for one in found if one not in besides]
    missed = Missed(now, look_at, "the program ended before the answer came")
    end(tx, [endings.lost(one, missed) for one in ids])
    rows = tx.execute(select(table).where(table.c.id.in_(ids)).order_by(table.c.id))
    return [queued(row) for row in rows]


def needless(tx: Connection, action_id: int, now: datetime, words: str) -> None:
    """There was nothing to do, and why: settled as done, without a call."""
    end(tx, [endings.needless(action_id, now, words)])


def dead(tx: Connection, action_id: int, now: datetime, outcome: str, words: str) -> bool:
    """Given up, and why; whether it was open. Counts as a failure."""
    return bool(end(tx, [endings.dead(action_id, now, outcome, words)]))


def earliest(tx: Connection, connection: str) -> datetime | None:
    """When the next head or unknown action is due; None where there is none or the connection is paused.

    What stands behind a head does not count: it cannot be claimed, however long it has been due.
    """
    due = [at for one in _CLAIMS.earliest for (at,) in one.rows(tx, connection=connection)]
    return min(due, default=None)


def first_due(tx: Connection, connection: str, now: datetime) -> int | None:
    """The action that `claim` would take first; None where there is none."""
    first = _first(tx, connection, now)
    return first.id if first else None


def replay(tx: Connection, action_id: int, now: datetime) -> bool:
    """A dead action waits again, with no failures; False where there is none such."""
    afresh = {"status": ActionStatus.WAITING.value, "failures": 0, "next_attempt_at": now, "settled_at": None}
    is_dead = status_is(table, ActionStatus.DEAD)
    return tx.execute(update(table).where(table.c.id == action_id, is_dead).values(afresh)).rowcount > 0


def discard(tx: Connection, action_id: int, now: datetime) -> bool:
    """A waiting or unknown action is given up by a person; False where there is none such."""
    settled: dict[str, Any] = {
        "status": ActionStatus.DEAD.value,
        "settled_at": now,
        "words": "discarded by a person",
    }
    held = status_is(table, ActionStatus.WAITING, ActionStatus.UNKNOWN)
    return tx.execute(update(table).where(table.c.id == action_id, held).values(settled)).rowcount > 0


def _first(tx: Connection, connection: str, now: datetime, besides: Collection[str] = ()) -> Any:
    """The head that has been due for longest, besides those of some names."""
    if besides:
        found = _CLAIMS.first_besides.rows(tx, connection=connection, now=now, besides=sorted(besides))
    else:
        found = _CLAIMS.first.rows(tx, connection=connection, now=now)
    return found[0] if found else None
