"""Actions that a platform has answered to be done, and that no read has shown yet: they are `unknown`.

Their tries say so: `unseen` where a read showed something else, `unread` where it could not be read.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from sqlalchemy import Connection, bindparam, select, update

from connector.store.endings import Ending
from connector.store.schema import ActionStatus, status_is
from connector.store.schema import actions as table
from connector.store.schema import attempts as tries

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


def ending(action_id: int, now: datetime, again: Again, outcome: str) -> Ending:
    """A read does not show it (`UNSEEN`), or it could not be read (`UNREAD`)."""
    sent = ActionStatus.SENDING if again.is_first else ActionStatus.UNKNOWN
    others = {"next_attempt_at": again.look_at, "reference": again.reference}
    failures = {sent: int(again.counts)}
    return Ending(action_id, ActionStatus.UNKNOWN, failures, now, outcome, again.words, others)


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
