"""Processes on one PostgreSQL wake each other, so that nobody waits for the next look.

Whoever has made work says so behind its commit, not within: a transaction that notifies holds a lock of the
whole database while it commits (PostgreSQL's source, `PreCommit_Notify`), and receipts would stand in line.
What is lost costs no more than the wait for the next look, at most a second.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Iterable
from typing import Any, Final

import psycopg
from sqlalchemy import Connection, Engine
from sqlalchemy.exc import SQLAlchemyError

from connector.store.faults import words_of
from connector.store.news import REST, Heard, News

log = logging.getLogger(__name__)

ENDS_WITHIN: Final = 10.0
"""Seconds that a thread is waited for: it ends in one, unless the server is silent or the machine is busy."""

AGAIN: Final = 1.0
"""Seconds until a listener that has lost its connection tries anew."""


class Teller:
    """Tells other processes, from a thread that begins with the first news. Never waits, never fails."""

    def __init__(self, engine: Engine) -> None:
        self._line = _Line(engine)
        self._untold: set[News] = set()
        self._changed = threading.Condition()
        self._thread: threading.Thread | None = None
        self._is_closing = False

    def tell(self, news: News) -> None:
        """There is this."""
        with self._changed:
            if news in self._untold:
                return
            self._untold.add(news)
            if self._thread is None and not self._is_closing:
                self._thread = threading.Thread(target=self._run, name="teller", daemon=True)
                self._thread.start()
            self._changed.notify()

    def close(self) -> None:
        """Tell what is left, and end."""
        with self._changed:
            self._is_closing = True
            self._changed.notify()
        if self._thread is not None:
            self._thread.join(ENDS_WITHIN)

    def _run(self) -> None:
        while news := self._next():
            self._line.say(news)
            with self._changed:
                self._changed.wait_for(lambda: self._is_closing, REST)
        self._line.end()

    def _next(self) -> set[News]:
        with self._changed:
            self._changed.wait_for(lambda: self._untold or self._is_closing)
            news, self._untold = self._untold, set()
            return news


class _Line:
    """A connection on which nothing else is said, from the first news on: fifty times a second to ask for one
    of the pool, and to begin and end a transaction, cost 4 % of a processor. One that is lost is made anew.

    Nothing is written that has to be on disk, so nobody waits for that.
    """

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._connection: Connection | None = None

    def say(self, news: Iterable[News]) -> None:
        """There is this. Where it cannot be said at the second try either, it is lost."""
        said = "; ".join(f"NOTIFY {one.value}" for one in sorted(news))
        if not self._is_said(said):
            self._is_said(said)

    def end(self) -> None:
        """Nothing more is said; the connection is not one for others."""
        connection, self._connection = self._connection, None
        if connection is not None:
            connection.invalidate()
            connection.close()

    def _is_said(self, said: str) -> bool:
        try:
            self._connected().execute(said)
        except (SQLAlchemyError, psycopg.Error) as error:
            log.debug("other processes were not woken: %s", words_of(error))
            self.end()
            return False
        return True

    def _connected(self) -> Any:
        if self._connection is None:
            opened = self._engine.connect()
            self._connection = opened.execution_options(isolation_level="AUTOCOMMIT")
            self._connection.connection.driver_connection.execute("SET synchronous_commit = off")  # type: ignore[union-attr]
        return self._connection.connection.driver_connection


class Listener:
    """Hears other processes, on a connection of its own, from its beginning until `close`.

    A connection that is lost is made anew; then everything is taken for news.
    """

    def __init__(self, engine: Engine, heard: Heard) -> None:
        self._engine = engine
        self._heard = heard
        self._ended = threading.Event()
        self._thread = threading.Thread(target=self._run, name="listener", daemon=True)
        self._thread.start()

    def close(self) -> None:
        """Hear nothing more."""
        self._ended.set()
        self._thread.join(ENDS_WITHIN)

    def _run(self) -> None:
        while not self._ended.is_set():
            try:
                self._listen()
            except (SQLAlchemyError, psycopg.Error) as error:
                log.warning(
                    "other processes are not heard, which costs a second at most: %s", words_of(error)
                )
            self._ended.wait(AGAIN)

    def _listen(self) -> None:
        with self._engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            driver: Any = connection.connection.driver_connection
            try:
                for one in self._heard:
                    driver.execute(f"LISTEN {one.value}")
                for ring in self._heard.values():
                    ring()
                while not self._ended.is_set():
                    for notice in driver.notifies(timeout=AGAIN / 2, stop_after=1):
                        self._heard[News(notice.channel)]()
            finally:
                connection.invalidate()
