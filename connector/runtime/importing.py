"""Brings the records of a file into the inbox, a portion at a time, so that what comes live hardly waits.

A portion follows only where little waits. What has come before is passed by: an import that ended in the
middle goes on where it stood when it is begun again, and one that is repeated does nothing.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final

from connector.errors import HeldError, LoodsError
from connector.mapping.source import Source
from connector.model.delivery import Delivery
from connector.runtime.bringing import brought
from connector.runtime.errands import IMPORT, Errand, carry_out, is_left, leave
from connector.sources.delivery import describe
from connector.sources.records import Record
from connector.store import queues, received
from connector.store.database import Store
from connector.store.news import News

PORTION: Final = 100
"""Records that are brought together; as many more may wait in the inbox before."""

HEAVIEST: Final = 256 * 1024
"""Bytes of a portion, unless one record alone is larger."""

PATIENCE: Final = 30.0
"""Seconds in which something of the inbox is surely decided, where a process does that."""

_LOOK: Final = 0.02


class ImportStoppedError(LoodsError):
    """Not all was brought; the message says why, and how it goes on."""


@dataclass(frozen=True, slots=True)
class Way:
    """By which connection records come, and which headers each of them has besides its body."""

    connection: str
    source: Source
    headers: Mapping[str, str]

    def delivery(self, record: Record, now: datetime) -> Delivery:
        """The record as what this connection's source might have sent."""
        told = describe(self.source, self.headers, {}, record.body)
        return Delivery(self.connection, told.topic, self.headers, {}, record.body, now, told.fingerprint)


@dataclass(slots=True)
class Done:
    """How many records were brought, and how many of them had come before."""

    brought: int = 0
    known: int = 0


@dataclass(slots=True)
class Importer:
    """Brings records by one way. `went` hears how many were gone through; `who` asks for it."""

    store: Store
    way: Way
    clock: Callable[[], datetime]
    who: str
    went: Callable[[int], None] = lambda _: None
    patience: float = PATIENCE
    _is_elsewhere: bool = False
    _left: list[str] = field(default_factory=list)

    def bring(self, records: Iterable[Record]) -> Done:
        """Bring all of them. Raises RecordsError, StoreError, and ImportStoppedError where nobody takes
        anything out of the inbox."""
        done = Done()
        for some in _portions(records):
            self._portion([self.way.delivery(one, self.clock()) for one in some], done)
            self.went(len(some))
        self._wait_until_taken(0)
        return done

    def _portion(self, some: list[Delivery], done: Done) -> None:
        with self.store.reading() as tx:
            new = received.not_noted(tx, some)
        done.brought += len(new)
        done.known += len(some) - len(new)
        if new:
            self._wait_until_taken(1)
            self._wait_for_room()
            self._put(new)

    def _wait_for_room(self) -> None:
        """Wait until little is in the inbox. Raises ImportStoppedError where that does not become less."""
        first, until = "", time.monotonic() + self.patience
        while True:
            with self.store.reading() as tx:
                line = queues.inbox(tx)
            if line.count <= PORTION:
                return
            if line.first != first:
                first, until = line.first, time.monotonic() + self.patience
            elif time.monotonic() > until:
                raise ImportStoppedError(
                    "nobody takes what was received out of the inbox: start `loods run`, or `loods work`, "
                    "and import again; it goes on where it stood"
                )
            time.sleep(_LOOK)

    def _put(self, some: list[Delivery]) -> None:
        """Put them into the inbox, or leave them for `loods run`, which alone writes the database."""
        given = tuple(map(brought, some))
        errand = Errand(IMPORT, self.way.connection, self.who, self.clock(), brought=given)
        if self._is_elsewhere:
            self._left.append(leave(self.store, errand))
            return
        try:
            carry_out(self.store, errand, errand.at)
        except HeldError:
            if self.store.errands is None:
                raise
            self._is_elsewhere = True
            self._left.append(leave(self.store, errand))
        else:
            self.store.tell(News.DELIVERIES)

    def _wait_until_taken(self, most: int) -> None:
        """Wait until no more than so many portions are left that nobody has taken.

        Raises ImportStoppedError where that does not become less.
        """
        until = time.monotonic() + self.patience
        while len(self._left) > most:
            if not is_left(self.store, self._left[0]):
                del self._left[0]
                until = time.monotonic() + self.patience
            elif time.monotonic() > until:
                raise ImportStoppedError(
                    "`loods run` has the database and does not take what is brought; import again when it "
                    "works: it goes on where it stood"
                )
            else:
                time.sleep(_LOOK)


def _portions(records: Iterable[Record]) -> Iterator[list[Record]]:
    """The records in portions that are neither many nor heavy."""
    some: list[Record] = []
    weight = 0
    for one in records:
        if some and (len(some) >= PORTION or weight + len(one.body) > HEAVIEST):
            yield some
            some, weight = [], 0
        some.append(one)
        weight += len(one.body)
    if some:
        yield some
