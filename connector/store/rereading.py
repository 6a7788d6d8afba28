"""Actions that a platform has answered to be done, and that no read has shown yet: they are `unknown`.

Their tries say so: `unseen` where a read showed something else, `unread` where it could not be read.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from sqlalchemy import ColumnElement, Connection, bindparam, select, update

from connector.store.schema import ActionStatus, status_is
from connector.store.schema import actions as table
from connector.store.schema import attempts as tries
from connector.store.settling import attempt, move

UNSEEN: Final = "unseen"
UNREAD: Final = "unread"

_ENDED: Final = (
    select(tries.c.action_id, tries.c.outcome)
    .where(tries.c.action_id.in_(bindparam("ids", expanding=True)), tries.c.ended_at.is_not(None))
    .order_by(tries.c.id.desc())
)


@dataclass(frozen=True, slots=True)
class Again:
    """When it is read again, and why. `reference` is what the platform calls it.

    `is_first`: it was just sent; else it was read before. `counts`: as a failure of the action.
    """

    look_at: datetime
    words: str
    reference: str | None
    is_first: bool
    counts: bool


def wait(tx: Connection, action_id: int, now: datetime, again: Again, outcome: str) -> None:
    """A read does not show it (`UNSEEN`), or it could not be read (`UNREAD`)."""
    waiting = {"status": ActionStatus.UNKNOWN.value, "next_attempt_at": again.look_at}
    values = {"reference": again.reference, "failures": table.c.failures + int(again.counts)}
    move(tx, action_id, waiting | values, attempt(action_id, now, outcome, again.words), _among(again))


def looks(tx: Connection, action_ids: Sequence[int]) -> dict[int, int]:
    """Those of these actions that wait for a read, and how many have not shown them so far."""
    found: dict[int, int] = {}
    over: set[int] = set()
    for action_id, outcome in tx.execute(_ENDED, {"ids": list(action_ids)}):
        if action_id in over or outcome not in {UNSEEN, UNREAD}:
            over.add(action_id)
        else:
            found[action_id] = found.get(action_id, 0) + (outcome == UNSEEN)
    return found


def note(tx: Connection, notes: Iterable[tuple[int, str]]) -> None:
    """What there is to say of actions that are done."""
    for action_id, words in notes:
        is_it = (table.c.id == action_id, status_is(table, ActionStatus.DONE))
        tx.execute(update(table).where(*is_it).values(words=words))


def _among(again: Again) -> ColumnElement[bool]:
    return status_is(table, ActionStatus.SENDING if again.is_first else ActionStatus.UNKNOWN)
