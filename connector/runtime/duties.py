"""Which accounts this process serves: one process at a time serves an account, and all its connections.

So a platform's limits, and the order in which it sees a contact's actions, are kept by one dispatcher.
"""

from __future__ import annotations

import secrets
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Final

from connector.mapping.accounts import Connection
from connector.store import posts
from connector.store.database import Store
from connector.store.lease import Lease

_LOOKS: Final = ""
"""Stands among the connections that are served for who only looks: no connection has this name."""


@dataclass(frozen=True, slots=True)
class Duty:
    """An account, which `holder` may serve while it has the lease.

    `served` has a connection once for each thread that serves it: for a moment there may be two.
    """

    account: str
    holder: str
    lease: Lease
    served: list[str] = field(default_factory=list)

    def was_elsewhere(self, connection: str) -> bool:
        """Whether somebody else served the connection last. Raises LeaseLost."""
        return self.lease.write(lambda tx: posts.holder_of(tx, connection) != self.holder)

    def enter(self, connection: str) -> None:
        """Serve the connection from now on. Raises LeaseLost."""
        self.lease.write(lambda tx: posts.enter(tx, connection, self.account, self.holder))


class Duties:
    """One process's. `credentials` gives a hash of what a connection shows its platform.

    What a platform has once said of credentials is remembered in the database: one that is down when we start
    keeps nobody from serving its account. Where one process works, the platform need not be asked.
    """

    def __init__(self, store: Store, credentials: Callable[[Connection], str]) -> None:
        self._store = store
        self._credentials = credentials
        self._holder = secrets.token_hex(8)
        self._changing = threading.Lock()
        self._duties: dict[str, Duty] = {}

    def of(self, connection: Connection, ask: Callable[[], str]) -> Duty:
        """The duty of a connection; `ask` asks its platform for the account, and may raise DispatchError."""
        account = connection.name if self._store.is_embedded else self._account(connection, ask)
        with self._changing:
            duty = self._duties.setdefault(account, Duty(account, self._holder, self._store.lease(account)))
            duty.served.append(connection.name)
            return duty

    def leave(self, duty: Duty, connection: str) -> None:
        """One thread serves the connection no more; with the last of an account another process may."""
        with self._changing:
            if connection in duty.served:
                duty.served.remove(connection)
            if duty.served:
                return
            if self._duties.get(duty.account) is duty:
                del self._duties[duty.account]
            duty.lease.give_up()

    @contextmanager
    def unserved(self, connection: str) -> Iterator[Lease | None]:
        """The lease on the account where this connection was last served; None where somebody serves it.

        It is our own where we serve the account by another connection.
        """
        with self._store.reading() as tx:
            account = posts.account_served(tx, connection) or connection
        ours, is_served = self._joined(account, connection)
        lease = ours.lease if ours else self._store.lease(account)
        try:
            yield lease if not is_served and lease.hold() else None
        finally:
            if ours is None:
                lease.give_up()
            else:
                self.leave(ours, _LOOKS)

    def _joined(self, account: str, connection: str) -> tuple[Duty | None, bool]:
        """Our duty on the account, which nobody gives up now, and whether we serve the connection."""
        with self._changing:
            ours = self._duties.get(account)
            if ours is None:
                return None, False
            is_served = connection in ours.served
            ours.served.append(_LOOKS)
            return ours, is_served

    def _account(self, connection: Connection, ask: Callable[[], str]) -> str:
        credentials = self._credentials(connection)
        with self._store.reading() as tx:
            known = posts.account_of(tx, credentials)
        if known is not None:
            return known
        told = ask()
        self._store.write(lambda tx: posts.remember(tx, credentials, told))
        return told
