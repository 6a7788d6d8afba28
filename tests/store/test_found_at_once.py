"""Among many actions that wait, SQLite finds what is wanted by the index that was made for it, unsorted."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from connector.store import lines, outbox
from connector.store.database import Store, Transaction
from connector.store.queued import listing
from tests.store.make import NOON, action

COUNT = 100
DUE: list[tuple[str, Callable[[Transaction], object]]] = [
    ("earliest", lambda tx: outbox.earliest(tx, "mailchimp")),
    ("first", lambda tx: outbox.first_due(tx, "mailchimp", NOON)),
    ("claim", lambda tx: outbox.claim(tx, "mailchimp", NOON, COUNT)),
    ("look up", lambda tx: outbox.claim_unknown(tx, "mailchimp", NOON, COUNT)),
]


@pytest.fixture
def store(sqlite_store: Store) -> Store:
    """One in which each of many contacts has an action that waits."""
    waiting = [action(str(number), f"c{number}") for number in range(COUNT)]
    sqlite_store.write(lambda tx: outbox.add(tx, waiting, NOON))
    return sqlite_store


def plans(store: Store, work: Callable[[Transaction], object]) -> list[str]:
    """How SQLite goes about each statement of `work` that reads actions."""
    seen: list[str] = []

    def look(tx: Transaction) -> list[str]:
        driver: Any = tx.connection.driver_connection
        driver.set_trace_callback(seen.append)
        work(tx)
        driver.set_trace_callback(None)
        return [_plan(driver, one) for one in seen if "FROM actions" in one and one.startswith("SELECT")]

    return store.write(look)


def _plan(driver: Any, statement: str) -> str:
    return "\n".join(row[3] for row in driver.execute(f"EXPLAIN QUERY PLAN {statement}"))


@pytest.mark.parametrize("work", [work for _, work in DUE], ids=[name for name, _ in DUE])
def test_what_is_due_is_read_in_order(store: Store, work: Callable[[Transaction], object]) -> None:
    found = [one for one in plans(store, work) if "ix_actions_due" in one]

    assert found
    assert [one for one in found if "USE TEMP B-TREE" in one] == []


def test_of_what_waits_at_a_connection_only_the_lines_of_some_contacts_are_read(store: Store) -> None:
    with store.reading() as tx:
        heads = listing(tx, limit=COUNT)

    found = plans(store, lambda tx: lines.behind(tx, heads))

    assert ["ix_actions_line" in one for one in found] == [True]
