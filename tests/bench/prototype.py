"""The least that a processor could do, as a limit: plain closures and the drivers themselves.

It claims a hundred bodies, parses each, asks 20 conditions as closures, writes one row of state and two of an
outbox, marks the bodies as done and commits. No identities, no history, no trace, no repeats known again.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import psycopg
from sqlalchemy import make_url

from connector.store.sqlite import driver

_TABLES: Final = (
    "CREATE TABLE bare_inbox (id {counted}, body {bytes}, is_done INTEGER NOT NULL DEFAULT 0)",
    "CREATE INDEX bare_waiting ON bare_inbox (id) WHERE is_done = 0",
    "CREATE TABLE bare_state (contact TEXT PRIMARY KEY, state TEXT NOT NULL)",
    "CREATE TABLE bare_outbox (id {counted}, contact TEXT NOT NULL, wish TEXT NOT NULL)",
)
_RECEIVE: Final = "INSERT INTO bare_inbox (body) VALUES (?)"
_CLAIM: Final = "SELECT id, body FROM bare_inbox WHERE is_done = 0 ORDER BY id LIMIT 100"
_SAVE: Final = (
    "INSERT INTO bare_state VALUES (?, ?) ON CONFLICT (contact) DO UPDATE SET state = excluded.state"
)
_QUEUE: Final = "INSERT INTO bare_outbox (contact, wish) VALUES (?, ?)"
_DONE: Final = "UPDATE bare_inbox SET is_done = 1 WHERE id = ?"

_SQLITE: Final = {"counted": "INTEGER PRIMARY KEY", "bytes": "BLOB"}
_POSTGRES: Final = {"counted": "BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY", "bytes": "BYTEA"}


@dataclass(frozen=True, slots=True)
class Prototype:
    """A database as its driver gives it: one statement, and one for many rows."""

    execute: Callable[..., Any]
    executemany: Callable[[str, Sequence[tuple[Any, ...]]], Any]
    claim: str
    mark: str
    close: Callable[[], None]

    def receive(self, bodies: Sequence[bytes]) -> None:
        """Let these wait."""
        self.execute("BEGIN")
        self.executemany(_RECEIVE.replace("?", self.mark), [(one,) for one in bodies])
        self.execute("COMMIT")

    def step(self) -> int:
        """One batch; how much it was."""
        self.execute("BEGIN")
        rows = self.execute(self.claim).fetchall()
        states, wishes = [], []
        for number, body in rows:
            order = json.loads(body)
            contact = order["email"]
            asked = [condition(order) for condition in _CONDITIONS]
            states.append((contact, json.dumps({"id": contact, "last": order["id"], "asked": sum(asked)})))
            wishes += [(contact, json.dumps({"tag": "customer", "of": number, "step": at})) for at in (1, 2)]
        self._write(states, wishes, [(number,) for number, _ in rows])
        return len(rows)

    def _write(
        self, states: Sequence[tuple[str, str]], wishes: Sequence[tuple[str, str]], done: Sequence[tuple[int]]
    ) -> None:
        for statement, rows in ((_SAVE, states), (_QUEUE, wishes), (_DONE, done)):
            if rows:
                self.executemany(statement.replace("?", self.mark), rows)
        self.execute("COMMIT")


def on_sqlite(file: Path) -> Prototype:
    """The prototype in a new file, with the durability of the product."""
    connection = driver.module().connect(file, isolation_level=None)
    connection.execute("PRAGMA journal_mode=WAL")
    connection.execute("PRAGMA synchronous=FULL")
    for one in _TABLES:
        connection.execute(one.format(**_SQLITE))
    return Prototype(connection.execute, connection.executemany, _CLAIM, "?", connection.close)


def on_postgres(url: str) -> Prototype:
    """The prototype in tables of its own, made anew."""
    address = make_url(url).set(drivername="postgresql").render_as_string(hide_password=False)
    connection = psycopg.connect(address, autocommit=True)
    connection.execute("DROP TABLE IF EXISTS bare_inbox, bare_state, bare_outbox")
    for one in _TABLES:
        connection.execute(one.format(**_POSTGRES).encode())
    cursor = connection.cursor(binary=True)
    claim = f"{_CLAIM} FOR UPDATE SKIP LOCKED"
    return Prototype(cursor.execute, cursor.executemany, claim, "%s", connection.close)


def _more_than(bound: int) -> Callable[[Mapping[str, Any]], bool]:
    return lambda order: float(order["total_price"]) > bound and order["financial_status"] == "paid"


_CONDITIONS: Final = tuple(_more_than(1000 + number) for number in range(20))
