"""Asks platforms for what they do not announce, and puts it into the inbox beside what webhooks bring.

A page of it is stored in one transaction with the place from which the next question goes on: whatever
breaks, nothing is passed by, and what comes twice is told by its key. A connection is asked by the process
that serves its account. Nothing is asked that no rule of the mapping uses.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Collection, Mapping
from contextlib import closing
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import Final, TypeAlias

from connector.errors import DispatchError
from connector.mapping.accounts import Connection
from connector.mapping.mapping import Mapping as Rules
from connector.mapping.needs import told_by, uses
from connector.mapping.source import Source
from connector.model.delivery import Delivery
from connector.platforms.polling import Feed, Feeds
from connector.runtime.live import Live
from connector.sources.delivery import describe
from connector.store import cursors
from connector.store.cursors import Cursor, Named
from connector.store.database import Store
from connector.store.lease import Lease

log = logging.getLogger(__name__)

EVERY: Final = 5
"""Minutes between two turns."""

PAGES: Final = 50
"""Of one feed in one turn; the next one goes on from there."""

Open: TypeAlias = Callable[[Connection], Feeds | None]
"""The feeds of a connection; None where it has none, or lacks a setting."""


class Poller:
    """One thread calls `turn`; `stop` ends it behind a page, and `came` is called when something has."""

    def __init__(
        self,
        store: Store,
        live: Live,
        open_feeds: Open,
        clock: Callable[[], datetime],
        came: Callable[[], None],
    ) -> None:
        self._store = store
        self._live = live
        self._open = open_feeds
        self._clock = clock
        self._came = came
        self._stopping = threading.Event()

    def stop(self) -> None:
        """Ask for no further page."""
        self._stopping.set()

    def turn(self, serving: Mapping[str, Lease]) -> None:
        """Read on what is used of each connection that this process serves.

        Raises StoreError where the database cannot serve. Where a platform cannot, the others go on.
        """
        mapping, used = self._live.mapping, set[Named]()
        for name, lease in serving.items():
            connection = mapping.connections.get(name)
            if connection is not None and connection.source is not None:
                used |= self._connection(mapping, connection, lease)
        if not self._stopping.is_set():
            self._forget(mapping, serving, used)

    def _connection(self, mapping: Rules, connection: Connection, lease: Lease) -> set[Named]:
        """Read on its feeds; which of them are used."""
        source, feeds = mapping.sources[connection.source or ""], self._open(connection)
        if feeds is None:
            return set()
        with closing(feeds):
            used = [one for one in feeds.feeds if uses(mapping, told_by(source, one.topics))]
            for feed in used:
                self._feed(_Reading(connection.name, source, feed, lease))
        return {(connection.name, one.name) for one in used}

    def _forget(self, mapping: Rules, serving: Collection[str], used: Collection[Named]) -> None:
        """What is not used any more begins anew where it is again, and not with what happened meanwhile."""
        with self._store.reading() as tx:
            known = cursors.asked(tx)
        ours = [one for one in known if one[0] in serving or one[0] not in mapping.connections]
        if unused := [one for one in ours if one not in used]:
            self._store.write(partial(cursors.drop, named=unused))

    def _feed(self, reading: _Reading) -> None:
        connection, feed = reading.connection, reading.feed.name
        try:
            for _ in range(PAGES):
                if self._stopping.is_set() or self._page(reading):
                    return
            log.info("%s: there is more of %s than a turn reads; the next goes on", connection, feed)
        except DispatchError as error:
            words = error.words or type(error).__name__
            reading.lease.write(lambda tx: cursors.fail(tx, connection, feed, words))
            log.warning("%s: %s could not be asked for: %s", connection, feed, words)

    def _page(self, reading: _Reading) -> bool:
        """Ask for a page and store it; whether it was the last."""
        cursor, now = self._cursor(reading), self._clock()
        page = reading.feed.ask(cursor.state, now)
        brought = [reading.delivery(body, now) for body in page.bodies]
        asked_at = now if page.is_last else cursor.asked_at
        after = Cursor(reading.connection, reading.feed.name, page.state, asked_at)
        new = reading.lease.write(partial(cursors.move, cursor=after, brought=brought))
        if new:
            self._came()
        return page.is_last

    def _cursor(self, reading: _Reading) -> Cursor:
        """Where the feed stands; at its first time that is written down before anything is asked."""
        with self._store.reading() as tx:
            found = cursors.find(tx, reading.connection, reading.feed.name)
        if found is not None:
            return found
        now = self._clock()
        begun = Cursor(reading.connection, reading.feed.name, reading.feed.begin(now), now)
        reading.lease.write(partial(cursors.move, cursor=begun))
        return begun


@dataclass(frozen=True, slots=True)
class _Reading:
    """A feed of a connection, read under the lease on its account."""

    connection: str
    source: Source
    feed: Feed
    lease: Lease

    def delivery(self, body: bytes, now: datetime) -> Delivery:
        """What was brought, as if a webhook had."""
        told = describe(self.source, {}, {}, body)
        return Delivery(self.connection, told.topic, {}, {}, body, now, told.fingerprint)
