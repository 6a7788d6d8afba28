"""What a store promises, on either database."""

from __future__ import annotations

import os
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from typing import Final, TypeAlias, TypeVar

from sqlalchemy import Connection

from connector.errors import StoreError
from connector.model.delivery import Delivery
from connector.store.errands import Errands
from connector.store.gathering import Told
from connector.store.inbox import Received
from connector.store.lease import Lease, SureLease
from connector.store.news import Heard, News
from connector.store.versions import check_version

T = TypeVar("T")
Transaction: TypeAlias = Connection

RECEIVE_WITHIN: Final = 4.0
"""Seconds after which a sender is told to come back: Shopify waits five for an answer."""


class Store(ABC):
    """The database. Made by `open_store`; safe to use from many threads, but not across a fork.

    On SQLite every write happens on the one writer thread's connection, receipts before all else, in turn
    with other processes where it is shared, and reads use read-only connections. On PostgreSQL each write
    is a transaction of its own, repeated when the database asks for it (serialization failure, deadlock).

    The first use looks at the version of the schema: StoreError where it is not this program's.
    """

    is_embedded: bool
    errands: Errands | None = None
    """Where something is left for a process that writes alone; None where everybody writes."""
    told: Told | None = None
    """Who hears of every commit of what was received."""
    folder: Path | None = None
    """Where the file of an embedded database stands."""
    notices: tuple[str, ...] = ()
    """What the operator must hear at start (a SQLite with the WAL-reset fault, say)."""

    def __init__(self, receive_within: float = RECEIVE_WITHIN) -> None:
        self._receive_within = receive_within
        self._opened_by = os.getpid()
        self._version_fits = False

    @property
    def is_there(self) -> bool:
        """Whether there is a database, or `migrate` would make one."""
        return True

    @abstractmethod
    def migrate(self) -> None:
        """Bring the schema up to date; where it is, nothing is written."""

    def take_place(self) -> None:  # noqa: B027 - by default nobody is in the way
        """Say now what would keep this process from writing as what it was opened for. Raises HeldError."""

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
        soon = self.receive_soon(deliveries)
        try:
            return soon.result(self._receive_within)
        except TimeoutError as error:
            soon.cancel()
            raise StoreError("the database is busy") from error

    def receive_soon(self, deliveries: Sequence[Delivery]) -> Future[list[Received]]:
        """The same without waiting: it is done once they are on disk, or with a StoreError.

        It tells so in a thread of the store, which waits for whoever listens. Cancelled, it is given up,
        unless it has been begun by then. Raises StoreError where nothing can be asked of the store.
        """
        self._make_ready()
        return self._receive_soon(deliveries)

    def lease(self, name: str) -> Lease:
        """The right to this name, which one process at a time has. Where one process works, it is ours."""
        return SureLease(self.write)

    @property
    def trouble(self) -> str:
        """Why nothing is written any more until this process begins anew; empty where all is well."""
        return ""

    def is_waited_for(self) -> bool:
        """Whether receipts wait for the transaction that asks, within it. They never do on PostgreSQL."""
        return False

    def pool(self) -> dict[str, int]:
        """How many connections to the database this process has `in_use`, and how many are `idle`."""
        return {}

    def tell(self, news: News) -> None:  # noqa: B027 - by default there is nobody
        """Wake the processes that wait for this, if there are others."""

    def listen(self, heard: Heard) -> None:  # noqa: B027 - by default there is nobody
        """Call what belongs to the news that other processes tell, from now on until the store is closed."""

    @abstractmethod
    def close(self) -> None:
        """Finish what is queued and let go of the database."""

    @abstractmethod
    def _look(self) -> AbstractContextManager[Transaction]:
        """What `reading` gives, without a look at the version."""

    @abstractmethod
    def _write(self, work: Callable[[Transaction], T]) -> T: ...

    @abstractmethod
    def _receive_soon(self, deliveries: Sequence[Delivery]) -> Future[list[Received]]: ...

    def _tell(self, deliveries: int, seconds: float) -> None:
        if self.told is not None:
            self.told(deliveries, seconds)

    def _same_process(self) -> None:
        if os.getpid() != self._opened_by:
            raise StoreError("the store was opened before a fork; open one in each process")

    def _make_ready(self) -> None:
        self._same_process()
        if not self._version_fits:
            with self._look() as tx:
                check_version(tx)
            self._version_fits = True
