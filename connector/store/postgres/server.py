"""What we ask of a PostgreSQL server, and of the way to it, before we trust it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any, Final

from sqlalchemy import Connection, text

from connector.errors import StoreError

OLDEST: Final = 14
"""The first version that ends a session which has been idle for too long (`idle_session_timeout`)."""

LONGEST: Final = 60
"""Seconds that a whole transaction may take."""

_ENDS_TRANSACTIONS: Final = 170_000

_DURABLE: Final = frozenset({"on", "local", "remote_write", "remote_apply"})
"""Values of `synchronous_commit` under which a commit is on the disk of the server that answers."""

_ROUNDS: Final = 5


def require_fit(tx: Connection) -> None:
    """Raises StoreError where the server is too old, or where a commit is not on disk when it is answered."""
    with tx.begin():
        version = int(tx.scalar(text("SHOW server_version_num")) or 0)
        durable = tx.scalar(text("SHOW synchronous_commit"))
    if version < OLDEST * 10_000:
        raise StoreError(f"PostgreSQL {OLDEST} or newer is needed; this is {version // 10_000}")
    if durable not in _DURABLE:
        raise StoreError(f"synchronous_commit={durable}: what is acknowledged could be lost; it must be on")


def clock(tx: Connection) -> datetime | None:
    """What time it is by the server's clock, at this moment; None on SQLite, which has none of its own."""
    if tx.dialect.name != "postgresql":
        return None
    told: datetime = tx.execute(text("SELECT clock_timestamp()")).scalar_one()
    return told


def require_own_sessions(one: Connection, other: Connection) -> None:
    """Raises StoreError where two connections share the server's sessions: a pooler hands out transactions.

    Locks and settings of a session would be another's there. Two connections are asked in turn which backend
    serves them: behind such a pooler both get the one that has become free last.
    """
    for _ in range(_ROUNDS):
        if _backend(one) == _backend(other):
            raise StoreError(
                "DATABASE_URL leads to a pooler that hands out transactions; a direct connection is needed, "
                "or a pooler that hands out sessions"
            )


def bound_transactions(connection: Any) -> None:
    """Give the driver's connection a time-out for whole transactions, where the server knows it and has none.

    PostgreSQL has `transaction_timeout` from version 17 on.
    """
    if connection.info.server_version < _ENDS_TRANSACTIONS:
        return
    with connection.cursor() as cursor:
        if cursor.execute("SHOW transaction_timeout").fetchone() == ("0",):
            cursor.execute(f"SET transaction_timeout = '{LONGEST}s'")
    connection.commit()


def unbound(tx: Connection) -> None:
    """Let this transaction take as long as it needs: a migration of much."""
    if tx.dialect.name != "postgresql":
        return
    tx.execute(text("SET LOCAL statement_timeout = 0"))
    if (tx.connection.driver_connection.info.server_version) >= _ENDS_TRANSACTIONS:  # type: ignore[union-attr]
        tx.execute(text("SET LOCAL transaction_timeout = 0"))


def wait_long(tx: Connection, wait: Callable[[], None]) -> None:
    """Let `wait` take as long as it needs for a lock; behind it the time-out for locks is as before."""
    if tx.dialect.name != "postgresql":
        wait()
        return
    before = tx.scalar(text("SHOW lock_timeout"))
    tx.execute(text("SET LOCAL lock_timeout = 0"))
    wait()
    tx.execute(text("SELECT set_config('lock_timeout', :before, true)"), {"before": before})


def _backend(connection: Connection) -> int:
    with connection.begin():
        return int(connection.scalar(text("SELECT pg_backend_pid()")) or 0)
