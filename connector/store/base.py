"""What a store promises, on either database."""

from __future__ import annotations

import os
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from typing import TypeAlias, TypeVar

from sqlalchemy import Connection

from connector.errors import StoreError
from connector.failpoints import reach
from connector.model.delivery import Delivery
from connector.store.errands import Errands
from connector.store.inbox import Received
from connector.store.lease import Lease, SureLease
from connector.store.versions import check_version

T = TypeVar("T")
Transaction: TypeAlias = Connection


class Store(ABC):
    """The database. Made by `open_store`; safe to use from many threads, but not across a fork.

    On SQLite every write and every checkpoint happens on the one writer thread's connection, receipts before
    all else, and reads use read-only connections. On PostgreSQL each write is a transaction of its own,
    repeated when the database asks for it (serialization failure, deadlock).

    The first use looks at the version of the schema: StoreError where it is not this program's.
    """

    is_embedded: bool
    errands: Errands | None = None
    """Where something is left for the one process that writes; None where everybody writes."""
    folder: Path | None = None
    """Where the file of an embedded database stands."""
    notices: tuple[str, ...] = ()
    """What the operator must hear at start (a SQLite with the WAL-reset fault, say)."""

    def __init__(self) -> None:
        self._opened_by = os.getpid()
        self._version_fits = False

    @property
    def is_there(self) -> bool:
        """Whether there is a database, or `migrate` would make one."""
        return True

    @abstractmethod
    def migrate(self) -> None:
        """Bring the schema up to date; where it is, nothing is written."""

    @contextmanager
    def reading(self) -> Iterator[Transaction]:
        """A read-only look at a consistent state."""
        self._make_ready()
        with self._look() as tx:
            yield tx

    def write(self, work: Callable[[Transaction], T]) -> T:
        """Run `work` in one transaction and return what it returns; rolled back when it raises.

        `work` may run more than once (a retried transaction), so it must have no effect outside. Raises
        StoreError when the database cannot serve.
        """
        self._make_ready()
        return self._write(work)

    def receive(self, deliveries: Sequence[Delivery]) -> list[Received]:
        """Store verified deliveries, all or none, and return once they are on disk.

        Calls of many threads are committed together. Raises StoreError; then nothing is acknowledged.
        """
        self._make_ready()
        received = self._receive(deliveries)
        reach("received-after-commit")
        return received

    def lease(self, name: str) -> Lease:
        """The right to this name, which one process at a time has. Where one process writes, it is ours."""
        return SureLease(self.write)

    def pool(self) -> dict[str, int]:
        """How many connections to the database this process has `in_use`, and how many are `idle`."""
        return {}

    @abstractmethod
    def close(self) -> None:
        """Finish what is queued and let go of the database."""

    @abstractmethod
    def _look(self) -> AbstractContextManager[Transaction]:
        """What `reading` gives, without a look at the version."""

    @abstractmethod
    def _write(self, work: Callable[[Transaction], T]) -> T: ...

    @abstractmethod
    def _receive(self, deliveries: Sequence[Delivery]) -> list[Received]: ...

    def _same_process(self) -> None:
        if os.getpid() != self._opened_by:
            raise StoreError("the store was opened before a fork; open one in each process")

    def _make_ready(self) -> None:
        self._same_process()
        if not self._version_fits:
            with self._look() as tx:
                check_version(tx)
            self._version_fits = True
