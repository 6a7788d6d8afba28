"""The real tables and statements on a SQLite in memory, with faults at any write."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, Final, Literal, TypeAlias, TypeVar

from sqlalchemy import Connection, create_engine, event, text
from sqlalchemy.pool import StaticPool

from connector.errors import StoreError
from connector.model.delivery import Delivery
from connector.store import inbox
from connector.store.database import Store, Transaction
from connector.store.faults import as_store_errors
from connector.store.inbox import Received
from connector.store.schema import metadata
from connector.store.sqlite import driver
from connector.store.versions import upgrade

T = TypeVar("T")

How: TypeAlias = Literal["refused", "unanswered", "died", "died unanswered"]
HOWS: Final[tuple[How, ...]] = ("refused", "unanswered", "died", "died unanswered")


class Died(BaseException):
    """The process has ended here; what it had only in its memory is gone."""


@dataclass(slots=True)
class Fault:
    """The write of this number from now (0 is the next) goes wrong: undone, or done and nobody hears."""

    write: int
    how: How

    def strikes(self) -> bool:
        """Whether it is this write."""
        self.write -= 1
        return self.write == -1


class Memory(Store):
    """One database for many runs, emptied before each. `fault` is the one to come, if any."""

    is_embedded = True

    def __init__(self) -> None:
        super().__init__()
        self.fault: Fault | None = None
        self._connection = _engine().connect()
        self._version_fits = True
        with self._connection.begin():
            upgrade(self._connection)

    def migrate(self) -> None:
        """The schema is there."""

    def close(self) -> None:
        """Let go of the database, and so of all that is in it."""
        self._connection.close()

    def empty(self) -> None:
        """As new: no rows, and numbers from 1."""
        self.fault = None
        with self._connection.begin():
            for table in reversed(metadata.sorted_tables):
                self._connection.execute(table.delete())
            self._connection.execute(text("DELETE FROM sqlite_sequence"))

    @contextmanager
    def _look(self) -> Iterator[Transaction]:
        with as_store_errors(), self._connection.begin():
            yield self._connection

    def _receive_soon(self, deliveries: Sequence[Delivery]) -> Future[list[Received]]:
        stored: Future[list[Received]] = Future()
        stored.set_result(self._write(lambda tx: inbox.insert(tx, deliveries)))
        return stored

    def _write(self, work: Callable[[Transaction], T]) -> T:
        fault = self.fault if self.fault and self.fault.strikes() else None
        with as_store_errors(), self._connection.begin():
            outcome = work(self._connection)
            if fault and fault.how in {"refused", "died"}:
                raise _what(fault)
        if fault:
            raise _what(fault)
        return outcome


def _what(fault: Fault) -> BaseException:
    return Died() if fault.how.startswith("died") else StoreError(f"the database is gone: {fault.how}")


def _engine() -> Any:
    shared = {"isolation_level": None, "check_same_thread": False}
    engine = create_engine("sqlite://", poolclass=StaticPool, module=driver.module(), connect_args=shared)

    @event.listens_for(engine, "begin")
    def begin(connection: Connection) -> None:
        connection.exec_driver_sql("BEGIN IMMEDIATE")

    return engine
