"""Opens the database and runs transactions: one writer thread on SQLite, a pool on PostgreSQL."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import TypeAlias, TypeVar

from sqlalchemy import Connection

from connector.model.delivery import Delivery
from connector.store.inbox import Received

T = TypeVar("T")
Transaction: TypeAlias = Connection


class Store:
    """The database. Made by `open_store`; safe to use from many threads.

    On SQLite every write and every checkpoint happens on the one writer thread's connection, receipts before
    all else, and reads use read-only connections. On PostgreSQL each write is a transaction of its own,
    repeated when the database asks for it (serialization failure, deadlock).
    """

    is_embedded: bool
    notices: tuple[str, ...]
    """What the operator must hear at start (a SQLite with the WAL-reset fault, say)."""

    def migrate(self) -> None:
        """Bring the schema up to date."""
        raise NotImplementedError

    @contextmanager
    def reading(self) -> Iterator[Transaction]:
        """A read-only look at a consistent state."""
        raise NotImplementedError

    def write(self, work: Callable[[Transaction], T]) -> T:
        """Run `work` in one transaction and return what it returns; rolled back when it raises.

        `work` may run more than once (a retried transaction), so it must have no effect outside. Raises
        StoreError when the database cannot serve.
        """
        raise NotImplementedError

    def receive(self, deliveries: Sequence[Delivery]) -> list[Received]:
        """Store verified deliveries, all or none, and return once they are on disk.

        Calls of many threads are committed together. Raises StoreError; then nothing is acknowledged.
        """
        raise NotImplementedError

    def close(self) -> None:
        """Finish what is queued and let go of the database."""
        raise NotImplementedError


def open_store(url: str) -> Store:
    """The store at `url`: `sqlite:///var/loods.db` or `postgresql://…`. Opens nothing before it is used."""
    raise NotImplementedError
