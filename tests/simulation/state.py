"""What can be seen of the database: rows, as an operator could read them."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from typing import Any, TypeAlias

from sqlalchemy import ColumnElement, FromClause, Row, Select, Table, func, select

from connector.store.database import Store
from connector.store.schema import (
    actions,
    contacts,
    deliveries,
    events,
    hands,
    identities,
    looks,
    merges,
    parked,
    pauses,
    snapshots,
    stops,
    sweeps,
    traces,
)

Rows: TypeAlias = list[Row[Any]]


@dataclass(frozen=True, slots=True)
class State:
    """All of it at one moment. `events` and `looks` are those since the state before.

    Who has become one with somebody is told as that one; `became` says who that is, by the id from before.
    """

    contacts: dict[str, Row[Any]] = field(default_factory=dict)
    actions: dict[str, Row[Any]] = field(default_factory=dict)
    deliveries: dict[str, str] = field(default_factory=dict)
    parked: Rows = field(default_factory=list)
    events: Rows = field(default_factory=list)
    looks: Rows = field(default_factory=list)
    hands: int = 0
    paused: frozenset[str] = frozenset()
    stopped: frozenset[str] = frozenset()
    sweeping: bool = False
    last_event: int = 0
    last_look: int = 0
    bases: dict[str, Row[Any]] = field(default_factory=dict)
    identities: defaultdict[str, Rows] = field(default_factory=lambda: defaultdict(list))
    became: dict[str, str] = field(default_factory=dict)

    def is_stopped(self, rule: str) -> bool:
        """Whether nothing of this rule may leave."""
        return "" in self.stopped or rule in self.stopped


def look(store: Store, before: State) -> State:
    """The state now."""
    joined = _of_whom(events, traces.c.trace).outerjoin(traces, traces.c.event_id == events.c.id)
    with store.reading() as tx:
        became = {row.younger_id: row.root_id for row in tx.execute(select(merges))}
        new_events = list(tx.execute(joined.where(events.c.id > before.last_event).order_by(events.c.id)))
        new_looks = list(
            tx.execute(_of_whom(looks).where(looks.c.id > before.last_look).order_by(looks.c.id))
        )
        known: defaultdict[str, Rows] = defaultdict(list)
        for row in tx.execute(select(identities)):
            known[row.contact_id].append(row)
        return State(
            contacts={
                row.id: row
                for row in tx.execute(select(contacts).order_by(contacts.c.id))
                if row.id not in became
            },
            actions={row.key: row for row in tx.execute(_of_whom(actions).order_by(actions.c.id))},
            deliveries={
                row.fingerprint: row.status
                for row in tx.execute(select(deliveries.c.fingerprint, deliveries.c.status))
            },
            parked=list(tx.execute(select(parked))),
            events=new_events,
            looks=new_looks,
            hands=len(tx.execute(select(hands)).all()),
            paused=frozenset(tx.execute(select(pauses.c.connection)).scalars()),
            stopped=frozenset(tx.execute(select(stops.c.rule)).scalars()),
            sweeping=bool(tx.execute(select(sweeps.c.id).where(sweeps.c.done_at.is_(None))).all()),
            last_event=new_events[-1].id if new_events else before.last_event,
            last_look=new_looks[-1].id if new_looks else before.last_look,
            bases={row.contact_id: row for row in tx.execute(select(snapshots)) if row.is_base},
            identities=known,
            became=became,
        )


def _of_whom(table: Table, *more: ColumnElement[Any]) -> Select[Any]:
    """The rows of a table, about those whom their contacts have become."""
    rest = [column for column in table.c if column.name != "contact_id"]
    whom = func.coalesce(merges.c.root_id, table.c.contact_id).label("contact_id")
    joined: FromClause = table.outerjoin(merges, merges.c.younger_id == table.c.contact_id)
    return select(*rest, whom, *more).select_from(joined)
