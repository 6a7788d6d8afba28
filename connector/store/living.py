"""Which workers live: each has a lease on its own name for as long as it does."""

from __future__ import annotations

from sqlalchemy import Connection, func, select

from connector.store.postgres.session import key_of


def is_dead(tx: Connection, worker: str) -> bool:
    """Whether nobody has the lease on this name; on PostgreSQL, until the transaction ends nobody gets it.

    On SQLite one process works: whoever else did is dead.
    """
    if tx.dialect.name != "postgresql":
        return True
    return bool(tx.execute(select(func.pg_try_advisory_xact_lock(key_of(worker)))).scalar())
