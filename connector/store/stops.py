"""What is stopped: rules of which nothing is done until a person lets them go on.

Their runs wait, and what waits in the outbox does not leave.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from sqlalchemy import ColumnElement, Connection, FromClause, delete, exists, func, or_, select, update

from connector.store.dialect import insert_new
from connector.store.schema import ActionStatus, actions, status_is
from connector.store.schema import stops as table
from connector.store.straight import Ready

EVERYTHING: Final = ""
"""The rule whose stop stands for all."""

_STOPPED: Final = Ready(select(table).order_by(table.c.rule))


@dataclass(frozen=True, slots=True)
class Stop:
    """A rule (`trigger:welcome`) or everything is stopped: since when, by whom, and why."""

    rule: str
    since: datetime
    who: str
    words: str

    @property
    def about(self) -> str:
        """What is stopped, for a reader."""
        return "everything" if self.rule == EVERYTHING else self.rule.replace(":", " ", 1)


def stop(tx: Connection, one: Stop) -> bool:
    """Nothing of it leaves from now on; False where it was stopped already, which stays as it was."""
    row = {"rule": one.rule, "since": one.since, "who": one.who, "words": one.words}
    return bool(insert_new(tx, table, [row], tell="rule"))


def start(tx: Connection, rule: str) -> bool:
    """It goes on; False where it was not stopped."""
    return tx.execute(delete(table).where(table.c.rule == rule)).rowcount > 0


def stopped(tx: Connection) -> list[Stop]:
    """All that is stopped; everything comes first."""
    return [Stop(row.rule, row.since, row.who, row.words) for row in _STOPPED.rows(tx)]


def held(tx: Connection, rule: str) -> int:
    """How many actions of a rule wait, or of all."""
    return tx.execute(select(func.count()).select_from(actions).where(*_waits(rule))).scalar_one()


def drop(tx: Connection, rule: str, who: str, now: datetime, limit: int) -> int:
    """Give up actions of a rule that wait, or of all, the oldest first; how many went."""
    some = select(actions.c.id).where(*_waits(rule)).order_by(actions.c.id).limit(limit)
    words = f"dropped by {who} after a stop"
    given_up = {"status": ActionStatus.DEAD.value, "settled_at": now, "words": words}
    return tx.execute(update(actions).where(actions.c.id.in_(some)).values(given_up)).rowcount


def is_held(some: FromClause) -> ColumnElement[bool]:
    """That an action is of a rule that is stopped, or everything is."""
    return exists().where(or_(table.c.rule == EVERYTHING, table.c.rule == some.c.rule))


def _waits(rule: str) -> tuple[Any, ...]:
    waits = status_is(actions, ActionStatus.WAITING)
    return (waits,) if rule == EVERYTHING else (waits, actions.c.rule == rule)
