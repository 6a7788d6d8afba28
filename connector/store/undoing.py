"""What rules have done and what is still to come of them, as far as somebody wants it undone."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import pairwise
from typing import Final, TypeAlias

from sqlalchemy import (
    Column,
    ColumnElement,
    Connection,
    and_,
    false,
    not_,
    or_,
    select,
    true,
    update,
)

from connector.model.action import Action
from connector.store.dialect import chunks
from connector.store.families import families
from connector.store.queued import Queued, queued
from connector.store.schema import ActionStatus, publications, status_is, waiting
from connector.store.schema import actions as table

TRIGGER: Final = "trigger:"
"""How the rule of a trigger begins; what else is undone is a version."""
UNDO: Final = "undo"
"""The rule of actions that undo others; the event of their cause is the rule of these."""

Span: TypeAlias = tuple[datetime | None, datetime | None]
"""From when on, and until just before when; None where it has no such end."""

_DEAD: Final = status_is(table, ActionStatus.DEAD)
_WAITS: Final = status_is(table, ActionStatus.WAITING)


@dataclass(frozen=True, slots=True)
class Which:
    """Actions of a rule, or of all (the empty one), that were decided within one of these spans."""

    rule: str
    spans: Sequence[Span] = ((None, None),)

    def has(self, action: Action) -> bool:
        """Whether an action is among them; what undoes something never is."""
        rule = action.cause.rule
        return (
            rule != UNDO
            and self.rule in {"", rule}
            and any(_is_in(action.decided_at, one) for one in self.spans)
        )


def which(tx: Connection, name: str, since: datetime | None = None) -> Which:
    """What is undone by the name of a rule (`trigger:welcome`) or by that of a version."""
    is_trigger = name.startswith(TRIGGER)
    return Which(name, [(since, None)]) if is_trigger else Which("", lives(tx, name, since))


def within(at: Column[datetime], which: Which) -> ColumnElement[bool]:
    """That something was decided within one of the spans, by the column that says when."""
    return or_(false(), *(_within(at, *span) for span in which.spans))


def lives(tx: Connection, version: str, since: datetime | None = None) -> list[Span]:
    """When a version was live: from each publication of it to the next of another one."""
    log = tx.execute(select(publications.c.version, publications.c.at).order_by(publications.c.id)).all()
    ends = [*((row.version, row.at, after.at) for row, after in pairwise(log))]
    ends += [(row.version, row.at, None) for row in log[-1:]]
    mine = [(begin, end) for one, begin, end in ends if one == version]
    return [(max(begin, since) if since else begin, end) for begin, end in mine]


def has_acted(tx: Connection, rule: str) -> bool:
    """Whether any action of a rule is kept."""
    return tx.execute(select(table.c.id).where(table.c.rule == rule).limit(1)).first() is not None


def contacts_of(tx: Connection, which: Which, after: str, limit: int) -> list[str]:
    """The ids behind this one under which such actions stand that are not dead, in their order."""
    theirs = (table.c.contact_id > after, not_(_DEAD), _among(which))
    ids = select(table.c.contact_id).where(*theirs).distinct().order_by(table.c.contact_id)
    return list(tx.execute(ids.limit(limit)).scalars())


def of_families(tx: Connection, ids: Iterable[str]) -> dict[str, list[Queued]]:
    """All actions of these contacts and of those who have become one with them, oldest first."""
    wanted = sorted(set(ids))
    joined = families(tx, wanted)
    whose = {one: root for root in wanted for one in joined.get(root, [root])}
    found: dict[str, list[Queued]] = {one: [] for one in wanted}
    for some in chunks(sorted(whose)):
        for row in tx.execute(select(table).where(table.c.contact_id.in_(some)).order_by(table.c.id)):
            found[whose[row.contact_id]].append(queued(row))
    return {one: sorted(rows, key=lambda row: row.id) for one, rows in found.items()}


def give_up(tx: Connection, which: Which, words: str, now: datetime, limit: int) -> int:
    """Give up such actions that wait, the oldest first; how many went."""
    some = select(table.c.id).where(_WAITS, _among(which)).order_by(table.c.id).limit(limit)
    given_up = {"status": ActionStatus.DEAD.value, "settled_at": now, "words": words}
    return tx.execute(update(table).where(table.c.id.in_(some), _WAITS).values(given_up)).rowcount


def reached(tx: Connection, at: datetime) -> str:
    """Whose actions were undone last, of what was asked for at this moment; empty where nobody's were."""
    mine = (table.c.rule == UNDO, table.c.decided_at == at)
    newest = select(table.c.contact_id).where(*mine).order_by(table.c.id.desc()).limit(1)
    return tx.execute(newest).scalar() or ""


def waiting_in(tx: Connection, trigger: str, after: str, limit: int) -> list[str]:
    """The contacts behind this one of whom runs of a trigger wait, in the order of their ids."""
    theirs = (waiting.c.trigger == trigger, waiting.c.contact_id > after)
    ids = select(waiting.c.contact_id).where(*theirs).distinct().order_by(waiting.c.contact_id)
    return list(tx.execute(ids.limit(limit)).scalars())


def _among(which: Which) -> ColumnElement[bool]:
    of_rule = table.c.rule == which.rule if which.rule else table.c.rule != UNDO
    return and_(of_rule, within(table.c.decided_at, which))


def _within(at: Column[datetime], begin: datetime | None, end: datetime | None) -> ColumnElement[bool]:
    begun = at >= begin if begin else true()
    return and_(begun, at < end) if end else begun


def _is_in(at: datetime, span: Span) -> bool:
    begin, end = span
    return (begin is None or begin <= at) and (end is None or at < end)
