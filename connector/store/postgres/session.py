"""A lease on PostgreSQL: an advisory lock of a session, and all that may be written only with it.

The lock lasts as long as its session. A process that dies loses both at once; of one that is stopped, or cut
off, the server ends the session after SILENT_FOR, since it hears no heartbeat. What such a process writes
afterwards goes to a session that has ended, and so nowhere.
"""

from __future__ import annotations

import hashlib
import logging
import os
import threading
from collections.abc import Callable
from contextlib import suppress
from typing import Final, TypeVar

from sqlalchemy import Connection, Engine, func, select
from sqlalchemy.exc import DBAPIError

from connector.errors import LeaseLost, StoreError
from connector.store.faults import as_store_errors, words_of
from connector.store.lease import Lease
from connector.store.postgres.again import again, is_to_go_again
from connector.store.uptime import uptime

T = TypeVar("T")
log = logging.getLogger(__name__)

SILENT_FOR: Final = 4
"""Seconds without a word after which the server ends a session that holds a lease."""

BEAT: Final = 1.0
"""Seconds between two words."""

SURE_FOR: Final = 2.0
"""Seconds after a word that was answered in which nobody else can have the lease."""

SETTINGS: Final = {
    "idle_session_timeout": f"{SILENT_FOR}s",
    "idle_in_transaction_session_timeout": f"{SILENT_FOR}s",
    "client_connection_check_interval": "1s",
    "lock_timeout": "3s",
    "statement_timeout": "10s",
}
"""PostgreSQL's documentation, "Client Connection Defaults"; the first is there from version 14 on."""


class SessionLease(Lease):
    """Safe to use from several threads. Its heartbeat has a thread of its own, which no call keeps waiting.

    The clock is one that goes on while a process is stopped, and while the machine itself sleeps.
    """

    def __init__(self, engine: Engine, name: str) -> None:
        self._engine = engine
        self._name = name
        self._key = key_of(name)
        self._lock = threading.RLock()
        self._connection: Connection | None = None
        self._is_held = False
        self._answered_at = 0.0
        self._times = 0
        self._ended = threading.Event()
        self._opened_by = os.getpid()

    def hold(self) -> bool:
        """Whether the lock is ours. A session is kept also while it is not, to ask again soon."""
        self._same_process()
        with self._lock, as_store_errors():
            try:
                connection = self._connected()
                if not self._is_held:
                    self._is_held = bool(self._say(connection, select(func.pg_try_advisory_lock(self._key))))
                    self._times += self._is_held
                elif not self.is_ours:
                    self._say(connection, select(1))
            except DBAPIError:
                self._drop()
                raise
            return self._is_held

    @property
    def is_ours(self) -> bool:
        """Whether the server has heard from us so lately that it cannot have ended the session."""
        return self._is_held and uptime() - self._answered_at < SURE_FOR

    @property
    def times(self) -> int:
        """How many times the lock was taken."""
        return self._times

    def write(self, work: Callable[[Connection], T]) -> T:
        """Run `work` on the session that holds the lock."""
        self._same_process()
        with self._lock, as_store_errors():
            connection = self._connection
            if connection is None or not self._is_held:
                raise LeaseLost(f"{self._name} is not ours")
            try:
                return again(lambda: self._transact(connection, work), is_to_go_again)
            except DBAPIError as error:
                if not error.connection_invalidated:
                    raise
                self._drop()
                raise LeaseLost(f"{self._name} is not ours any more: {words_of(error)}") from error

    def give_up(self) -> None:
        """End the session; the lock is free when this returns, unless the server is away."""
        with self._lock:
            if self._connection is not None and self._is_held:
                with suppress(DBAPIError):
                    self._say(self._connection, select(func.pg_advisory_unlock_all()))
            self._drop()

    def _same_process(self) -> None:
        if os.getpid() != self._opened_by:
            raise StoreError(
                f"{self._name} belongs to the process before the fork; open a store in each process"
            )

    def _transact(self, connection: Connection, work: Callable[[Connection], T]) -> T:
        with connection.begin():
            outcome = work(connection)
            worked_until = uptime()
        self._answered_at = worked_until
        return outcome

    def _say(self, connection: Connection, statement: object) -> object:
        return self._transact(connection, lambda tx: tx.execute(statement).scalar())  # type: ignore[call-overload]

    def _connected(self) -> Connection:
        if self._connection is None:
            self._connection = self._engine.connect()
            self._ended = threading.Event()
            threading.Thread(
                target=self._keep_alive, args=(self._ended,), name=f"lease {self._name}", daemon=True
            ).start()
        return self._connection

    def _drop(self) -> None:
        self._ended.set()
        connection, self._connection, self._is_held = self._connection, None, False
        if connection is not None:
            connection.invalidate()
            connection.close()

    def _keep_alive(self, ended: threading.Event) -> None:
        """Say a word now and then. While a transaction of ours runs, that is word enough."""
        while not ended.wait(BEAT):
            if not self._lock.acquire(blocking=False):
                continue
            try:
                if not ended.is_set() and self._connection is not None:
                    self._say(self._connection, select(1))
            except DBAPIError as error:
                log.warning("%s is lost: %s", self._name, words_of(error))
                self._drop()
            finally:
                self._lock.release()


def key_of(name: str) -> int:
    """The number under which PostgreSQL knows the lock of this name: 64 bits of a hash, signed."""
    return int.from_bytes(hashlib.blake2b(name.encode(), digest_size=8).digest(), signed=True)
