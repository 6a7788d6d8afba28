"""Processes on one PostgreSQL wake each other, so that nobody waits for the next look.

Whoever has made work says so behind its commit, not within: a transaction that notifies holds a lock of the
whole database while it commits (PostgreSQL's source, `PreCommit_Notify`), and receipts would stand in line.
What is lost costs no more than the wait for the next look, at most a second.
"""

from __future__ import annotations

import logging
import threading
from typing import Any, Final

import psycopg
from sqlalchemy import Engine, text
from sqlalchemy.exc import SQLAlchemyError

from connector.store.faults import words_of
from connector.store.news import REST, Heard, News

log = logging.getLogger(__name__)

AGAIN: Final = 1.0
"""Seconds until a listener that has lost its connection tries anew."""


class Teller:
    """Tells other processes, from a thread that begins with the first news. Never waits, never fails."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
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
            self._thread.join(AGAIN)

    def _run(self) -> None:
        while news := self._next():
            try:
                self._notify(news)
            except SQLAlchemyError as error:
                log.debug("other processes were not woken: %s", words_of(error))
            with self._changed:
                self._changed.wait_for(lambda: self._is_closing, REST)

    def _next(self) -> set[News]:
        with self._changed:
            self._changed.wait_for(lambda: self._untold or self._is_closing)
            news, self._untold = self._untold, set()
            return news

    def _notify(self, news: set[News]) -> None:
        """Nothing is written that has to be on disk, so nobody waits for that."""
        with self._engine.begin() as tx:
            tx.execute(text("SET LOCAL synchronous_commit = off"))
            for one in sorted(news):
                tx.execute(text("SELECT pg_notify(:channel, '')"), {"channel": one.value})


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
        self._thread.join(2 * AGAIN)

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
