"""The store on PostgreSQL: a pool of direct connections, a transaction for each call."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import Future
from contextlib import contextmanager
from typing import Any, Final, TypeVar
from weakref import WeakSet

from sqlalchemy import URL, Connection, Engine, NullPool, create_engine, event
from sqlalchemy.exc import DBAPIError

from connector.errors import StoreError
from connector.model.delivery import Delivery
from connector.store import inbox
from connector.store.base import Store, Transaction
from connector.store.faults import as_store_errors, words_of
from connector.store.gathering import Gatherer, telling
from connector.store.inbox import Received
from connector.store.lease import Lease
from connector.store.news import Heard, News
from connector.store.pools import states_of
from connector.store.postgres import session
from connector.store.postgres.again import again, is_to_go_again
from connector.store.postgres.server import bound_transactions, require_fit, require_own_sessions
from connector.store.postgres.session import SessionLease
from connector.store.postgres.telling import Listener, Teller
from connector.store.versions import is_current, upgrade

T = TypeVar("T")

_SESSION: Final[Mapping[str, str]] = {
    "timezone": "UTC",
    "synchronous_commit": "on",
    "statement_timeout": "30s",
    "lock_timeout": "10s",
    "idle_in_transaction_session_timeout": "10s",
}
"""`synchronous_commit=on`: an acknowledged delivery is on disk. The time-outs end the transaction of a
process that was stopped in the middle, so that others can go on."""

_SOCKET: Final[Mapping[str, object]] = {
    "connect_timeout": 5,
    "tcp_user_timeout": 15_000,
    "keepalives": 1,
    "keepalives_idle": 10,
    "keepalives_interval": 5,
    "keepalives_count": 3,
}
"""libpq's own bounds (its documentation, "Parameter Key Words"); `tcp_user_timeout` is in milliseconds."""

_POOL: Final[Mapping[str, Any]] = {
    "pool_pre_ping": True,
    "pool_size": 10,
    "max_overflow": 18,
    "pool_timeout": 5,
}

_GATHERERS: Final = 2
"""Threads that commit what is received, each all that waits. One at a time costs least (286 µs of processor
time a webhook, two 342, four 388, one for each sender 943, in one run); the other is there for when it
hangs."""

_OWN: Final[Mapping[str, Any]] = {"pool_size": _GATHERERS, "max_overflow": 0, "pool_timeout": 5}
"""They never let go of their connections for long. To ask each time whether one is still there would cost a
tenth of a receipt and a way to the server and back; one that is lost is made anew, and all is taken again."""


class PostgresStore(Store):
    """Each write is a transaction of its own, taken again while PostgreSQL asks for it."""

    is_embedded = False

    def __init__(self, url: URL) -> None:
        super().__init__()
        self._engine = _engine(url, _SESSION, _POOL)
        self._receiving = _engine(url, _SESSION, _OWN)
        self._sessions = _engine(url, {**_SESSION, **session.SETTINGS}, {"poolclass": NullPool})
        self._teller = Teller(self._engine)
        self._listeners: list[Listener] = []
        self._leases: WeakSet[SessionLease] = WeakSet()
        self._gatherer = Gatherer(telling(self._keep, self._tell), _GATHERERS)
        self._is_fit = False

    def migrate(self) -> None:
        """Bring the schema up to date; of several processes one does it, and the others wait."""
        self._same_process()
        self._require_fit()
        with self._look() as tx:
            fits = is_current(tx)
        if not fits:
            self._write(upgrade)
        self._version_fits = True

    def lease(self, name: str) -> Lease:
        """A lock in a session of its own, which ends with the store at the latest."""
        lease = SessionLease(self._sessions, name)
        self._leases.add(lease)
        return lease

    def tell(self, news: News) -> None:
        """Wake the processes that wait for this, soon."""
        self._teller.tell(news)

    def listen(self, heard: Heard) -> None:
        """Hear other processes, on one connection more."""
        self._listeners.append(Listener(self._engine, heard))

    def close(self) -> None:
        """Tell what is left to be told, close the connections, and give every lease up."""
        self._same_process()
        for listener in self._listeners:
            listener.close()
        self._gatherer.close()
        self._teller.close()
        for lease in list(self._leases):
            lease.give_up()
        self._engine.dispose()
        self._receiving.dispose()

    def _make_ready(self) -> None:
        self._require_fit()
        super()._make_ready()

    def _require_fit(self) -> None:
        """Look once at the server, and at how it is reached."""
        if not self._is_fit:
            with as_store_errors(), self._engine.connect() as one, self._engine.connect() as other:
                require_fit(one)
                require_own_sessions(one, other)
            self._is_fit = True

    def pool(self) -> dict[str, int]:
        """Those of the pool; leases have others."""
        return states_of(self._engine)

    @contextmanager
    def _look(self) -> Iterator[Transaction]:
        with as_store_errors(), self._engine.connect() as connection:
            options = {"isolation_level": "REPEATABLE READ", "postgresql_readonly": True}
            with connection.execution_options(**options).begin():
                yield connection

    def _receive_soon(self, deliveries: Sequence[Delivery]) -> Future[list[Received]]:
        return self._gatherer.receive(deliveries)

    def _keep(self, deliveries: Sequence[Delivery]) -> list[Received]:
        def insert(tx: Connection) -> list[Received]:
            return inbox.insert(tx, deliveries)

        with as_store_errors():
            received = again(lambda: self._once(self._receiving, insert), _may_go_again)
        self.tell(News.DELIVERIES)
        return received

    def _write(self, work: Callable[[Transaction], T]) -> T:
        with as_store_errors():
            return again(lambda: self._once(self._engine, work), _may_go_again)

    def _once(self, engine: Engine, work: Callable[[Transaction], T]) -> T:
        with engine.connect() as connection:
            transaction = connection.begin()
            try:
                outcome = work(connection)
            except BaseException:
                transaction.rollback()
                raise
            self._commit(connection)
            return outcome

    @staticmethod
    def _commit(connection: Connection) -> None:
        """A connection that is lost here leaves the outcome unknown: nothing may be taken again."""
        try:
            connection.commit()
        except DBAPIError as error:
            if error.connection_invalidated:
                raise StoreError(f"the connection was lost at the commit: {words_of(error)}") from error
            raise


def _may_go_again(error: DBAPIError) -> bool:
    return error.connection_invalidated or is_to_go_again(error)


def _engine(url: URL, settings: Mapping[str, str], pool: Mapping[str, Any]) -> Engine:
    """`options` of the address come last, so that they win over ours."""
    ours = " ".join(f"-c {name}={value}" for name, value in settings.items())
    given = url.query.get("options", "")
    options = " ".join([ours, *((given,) if isinstance(given, str) else given)])
    engine = create_engine(
        url.set(drivername="postgresql+psycopg").difference_update_query(["options"]),
        connect_args={**_SOCKET, "options": options},
        hide_parameters=True,
        **pool,
    )

    @event.listens_for(engine, "connect")
    def bound(connection: Any, _record: object) -> None:
        bound_transactions(connection)

    return engine
