"""Actions as rows: what stands in the outbox, and how it is listed."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from sqlalchemy import Connection, Row, bindparam, func, select

from connector.model.action import Action, Cause, Kind
from connector.model.light import light
from connector.store.dialect import chunks
from connector.store.encoding import decode, encode
from connector.store.families import families, family
from connector.store.schema import ActionStatus, status_is
from connector.store.schema import actions as table
from connector.store.schema import attempts as tries

_NAMED: Final = select(table.c.contact_id, table.c.reference).where(
    table.c.contact_id.in_(bindparam("ids", expanding=True)),
    table.c.connection == bindparam("connection"),
    table.c.reference.is_not(None),
)


@light
class Queued:
    """An action in the outbox. `id` is the order of decision; `failures` counts failed attempts so far."""

    id: int
    action: Action
    status: ActionStatus
    failures: int
    next_attempt_at: datetime
    reference: str | None = None
    words: str = ""
    settled_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Attempt:
    """One try; an open one has no `ended_at` and an empty outcome.

    `outcome` is `done`, `transient`, `unknown`, `rejected`, `unauthorized`, `looked_done`, `looked_absent`,
    `apart` where several actions were refused as one, so that each is tried alone from then on, `unseen` and
    `unread` where a read did not show what was answered to be done, or `given_back` and `needless` where the
    call was never made.
    """

    action_id: int
    started_at: datetime
    ended_at: datetime | None
    outcome: str
    words: str = ""


def find(tx: Connection, action_id: int) -> Queued | None:
    """One action."""
    row = tx.execute(select(table).where(table.c.id == action_id)).first()
    return queued(row) if row else None


def by_key(tx: Connection, key: str) -> Queued | None:
    """The action with this key."""
    row = tx.execute(select(table).where(table.c.key == key)).first()
    return queued(row) if row else None


def listing(
    tx: Connection, status: ActionStatus | None = None, contact_id: str | None = None, limit: int = 100
) -> list[Queued]:
    """The newest actions first."""
    newest = select(table).order_by(table.c.id.desc()).limit(limit)
    if status:
        newest = newest.where(status_is(table, status))
    if contact_id is not None:
        newest = newest.where(table.c.contact_id.in_(family(tx, contact_id)))
    return [queued(row) for row in tx.execute(newest)]


def of_decision(tx: Connection, contact_id: str, decided_at: datetime) -> list[Queued]:
    """The actions that were decided for a contact at this moment, in their order."""
    theirs = (table.c.contact_id.in_(family(tx, contact_id)), table.c.decided_at == decided_at)
    return [queued(row) for row in tx.execute(select(table).where(*theirs).order_by(table.c.id))]


def attempts(tx: Connection, action_id: int) -> list[Attempt]:
    """Every try, in order."""
    rows = tx.execute(select(tries).where(tries.c.action_id == action_id).order_by(tries.c.id))
    return [Attempt(row.action_id, row.started_at, row.ended_at, row.outcome, row.words) for row in rows]


def told_by_platforms(
    tx: Connection, contact_id: str, rule: str, since: datetime
) -> frozenset[tuple[str, str]]:
    """The events that platforms told of and upon which a rule acted on a contact since then."""
    mine = table.c.contact_id.in_(family(tx, contact_id))
    theirs = (mine, table.c.rule == rule, table.c.decided_at > since)
    causes = (decode(Cause, one) for one in tx.execute(select(table.c.cause).where(*theirs)).scalars())
    return frozenset((one.platform, one.event_key) for one in causes if one.platform)


def counts(tx: Connection) -> dict[str, int]:
    """How many actions there are of each status, 0 included."""
    found = tx.execute(select(table.c.status, func.count().label("number")).group_by(table.c.status))
    return {status.value: 0 for status in ActionStatus} | {row.status: row.number for row in found}


def references(tx: Connection, contact_ids: Collection[str], connection: str) -> dict[str, frozenset[str]]:
    """What the platform calls the settled actions of each of these contacts."""
    joined = families(tx, contact_ids)
    whose = {one: root for root in contact_ids for one in joined.get(root, [root])}
    named: dict[str, set[str]] = {one: set() for one in contact_ids}
    for some in chunks(sorted(whose)):
        for contact_id, reference in tx.execute(_NAMED, {"ids": some, "connection": connection}):
            named[whose[contact_id]].add(reference)
    return {one: frozenset(theirs) for one, theirs in named.items()}


APART: Final = "apart"
"""The outcome of an attempt that was refused together with others, which the action alone may not be."""

NEW: Final = {"status": f"'{ActionStatus.WAITING.value}'", "failures": "0", "words": "''"}
"""What is alike in all new rows: they wait."""


def columns_of(actions: Sequence[Action], now: datetime) -> dict[str, list[Any]]:
    """New rows that are due now, column by column."""
    return {
        "key": [one.key for one in actions],
        "connection": [one.connection for one in actions],
        "name": [one.name for one in actions],
        "contact_id": [one.contact_id for one in actions],
        "arguments": [one.arguments for one in actions],
        "kind": [one.kind.value for one in actions],
        "cause": [encode(one.cause) for one in actions],
        "decided_at": [one.decided_at for one in actions],
        "consent": [one.consent for one in actions],
        "next_attempt_at": [now] * len(actions),
        "rule": [one.cause.rule for one in actions],
    }


def queued(row: Row[Any], status: ActionStatus | None = None) -> Queued:
    """The action of a row; with `status` what it has been changed to since."""
    return Queued(
        id=row.id,
        action=_action(row),
        status=status or ActionStatus(row.status),
        failures=row.failures,
        next_attempt_at=row.next_attempt_at,
        reference=row.reference,
        words=row.words,
        settled_at=row.settled_at,
    )


def _action(row: Row[Any]) -> Action:
    return Action(
        key=row.key,
        connection=row.connection,
        name=row.name,
        contact_id=row.contact_id,
        arguments=row.arguments,
        kind=Kind(row.kind),
        cause=decode(Cause, row.cause),
        decided_at=row.decided_at,
        consent=row.consent,
    )
