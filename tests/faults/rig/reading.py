"""Reads what a database holds after a run, as evidence."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Iterator, Mapping
from datetime import timedelta
from typing import Any, Final, NamedTuple

from sqlalchemy import Result, Row, Table, select

from connector import bootstrap
from connector.store import contacts, inbox, outbox
from connector.store.database import Transaction, open_store
from connector.store.schema import actions, attempts, deliveries, events, mapping_versions
from connector.store.schema import contacts as people
from tests.faults.rig.evidence import Action, Attempt, Delivery, Event, Evidence, Waited
from tests.faults.rig.history import History
from tests.faults.rig.platforms import Platforms
from tests.faults.rig.posts import Act, Post, name_of

_UNFINISHED: Final = ("waiting", "sending", "unknown")
_SOON: Final = timedelta(minutes=10)


def wait_until_settled(database: str, seconds: float = 120.0) -> None:
    """Until nothing waits in the inbox or the outbox, and nobody is due soon. AssertionError after that."""
    store = open_store(database)
    deadline = time.monotonic() + seconds
    try:
        while True:
            with store.reading() as tx:
                held, asked = inbox.counts(tx), outbox.counts(tx)
                waits = contacts.earliest(tx)
            if waits is not None and waits > bootstrap.clock() + _SOON:
                waits = None
            if not held.get("waiting") and not waits and not any(asked.get(one) for one in _UNFINISHED):
                return
            assert time.monotonic() < deadline, f"still busy: {held} {asked} {waits}"
            time.sleep(0.1)
    finally:
        store.close()


def evidence(
    database: str,
    history: History,
    posts: Mapping[str, Post],
    platforms: Platforms,
    waited: tuple[Waited, ...] = (),
) -> Evidence:
    """All that is there after a run on this database."""
    effects = tuple(platforms.effects())
    store = open_store(database)
    try:
        with store.reading() as tx:
            happened = tuple(_events(tx))
            emails = {one.event.key: one.email for one in happened}
            return Evidence(
                history=history.lines,
                posts=posts,
                deliveries=tuple(map(_delivery, tx.execute(select(deliveries)))),
                events=tuple(one.event for one in happened),
                counters=_counters(tx),
                actions=tuple(_action(row, emails) for row in _in_order(tx, actions)),
                attempts=tuple(map(_attempt, _in_order(tx, attempts))),
                effects=effects,
                waited=waited,
                versions=frozenset(tx.execute(select(mapping_versions.c.version)).scalars()),
            )
    finally:
        store.close()


def _in_order(tx: Transaction, table: Table) -> Result[Any]:
    return tx.execute(select(table).order_by(table.c.id))


class _Happened(NamedTuple):
    event: Event
    email: str


def _events(tx: Transaction) -> Iterator[_Happened]:
    for row in _in_order(tx, events):
        said = row.event
        people = [one["value"] for one in said.get("people", ()) if one["kind"] == "email"]
        event = Event(
            id=row.id,
            connection=said["connection"],
            key=said["key"],
            name=said["name"],
            contact=row.contact_id,
            delivery=row.delivery_id,
            version=row.version,
        )
        yield _Happened(event, people[0] if people else "")


def _delivery(row: Row[Any]) -> Delivery:
    return Delivery(row.id, name_of(row.connection, row.body), row.body, row.status, row.version)


def _counters(tx: Transaction) -> Counter[str]:
    counted: Counter[str] = Counter()
    for state in tx.execute(select(people.c.state)).scalars():
        counted.update(state.get("counters", {}))
    return counted


def _action(row: Row[Any], emails: Mapping[str, str]) -> Action:
    cause = row.cause["event_key"]
    subject = row.arguments["title"] if row.name == "create_task" else emails[cause]
    act = Act(row.name, subject)
    return Action(row.id, act, row.connection, row.contact_id, cause, row.status, row.decided_at)


def _attempt(row: Row[Any]) -> Attempt:
    return Attempt(row.action_id, row.started_at, row.ended_at, row.outcome)
