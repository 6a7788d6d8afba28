"""One Loods with everything around it under control: its clock, its chance, its database, its platforms.

The process is the real one: publisher, live mapping, processor and dispatchers as `bootstrap` wires them.
What would be a thread of its own is a step here.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from functools import partial
from random import Random
from typing import Final, TypeVar
from unittest.mock import patch

from connector.errors import StoreError
from connector.mapping.mapping import Plan
from connector.model.delivery import Delivery, DeliveryStatus
from connector.model.ids import new_id
from connector.runtime import arrivals
from connector.runtime.dispatcher import Dispatcher
from connector.runtime.errands import Errand, carry_out
from connector.runtime.keeping import keep
from connector.runtime.live import Live
from connector.runtime.processor import Processor
from connector.runtime.publisher import Publisher, Text
from connector.sources.delivery import describe
from connector.store import contacts, inbox, outbox
from tests.runtime.shop import Clock
from tests.simulation import versions
from tests.simulation.flying import Flights
from tests.simulation.history import History
from tests.simulation.memory import Died, Memory
from tests.simulation.scripted import SPECS, Scripted

T = TypeVar("T")

BEGIN: Final = datetime(2026, 11, 2, 8, tzinfo=UTC)
MOST_TURNS: Final = 200
"""Turns after which work that is still there is work without end."""


class Size:
    """A pace by chance instead of by the time that work takes: small batches, between which more can come."""

    def __init__(self, random: Random) -> None:
        self._random = random

    @property
    def size(self) -> int:
        """How much is taken in hand."""
        return self._random.choice((1, 1, 2, 3, 20))

    def timed(self, work: Callable[[int], T]) -> T:
        """Do a batch."""
        return work(self.size)


class World:
    """What happens is said to `history`."""

    def __init__(self, seed: int, store: Memory) -> None:
        self.random = Random(seed)
        self.clock = Clock(BEGIN)
        self.history = History(self.clock)
        self.store = store
        self.platforms = {name: Scripted(name, self.random, self.history) for name in SPECS}
        self._publisher = Publisher(store, versions.check, lambda mapping: None, self.clock, "somebody")
        self._newest = 0
        self._flights = Flights(self.random)
        self._seed, self._has_several = seed, seed % 2 == 1
        self._live: Live
        store.empty()
        self.publish(0)
        self.starts()

    def starts(self) -> None:
        """A process begins: what is live is loaded, and what the one before left is taken up."""
        while True:
            try:
                self._begin()
            except (Died, StoreError):
                self.history.says("died", meanwhile="starting")
                continue
            return

    def is_over(self) -> None:
        """Nobody waits any more for what is under way."""
        self._flights.drop()

    def receives(self, body: bytes) -> bool:
        """A webhook comes; whether it is acknowledged."""
        now = self.clock()
        source = self._live.mapping.sources["json"]
        told = describe(source, {}, {}, body)
        one = Delivery(
            "website", told.topic, {}, {}, body, now, told.fingerprint, new_id(now, self.random.randbytes(10))
        )
        try:
            self.store.receive([one])
        except StoreError:
            return False
        said = json.loads(body)
        self.history.says("accepted", event=f"{said['event']}|{said['id']}", fingerprint=told.fingerprint)
        return True

    def publish(self, version: int, waiting: dict[str, Plan] | None = None) -> None:
        """Somebody publishes; the process follows when it looks."""
        live = self._publisher.live()
        text = Text(versions.files_of(version), made_from=(live.name,) if live else ())
        self._publisher.publish(text, waiting=waiting or {})

    def follow(self) -> None:
        """The process makes live what was published, if it is another."""
        newest = self._publisher.newest()
        if newest != self._newest and (live := self._publisher.live()):
            self._live.swap(self._publisher.loaded(live))
            self._newest = newest
            self._says_live()

    def processes(self) -> int:
        """One step of the processor."""
        done = self._processor.step()
        self.history.says("processed", count=done)
        return done

    def dispatches(self, connection: str) -> int:
        """Some calls land, and one step of a dispatcher."""
        return self._flights.land() + self._dispatchers[connection].step()

    def probes(self) -> None:
        """Ask paused platforms whether they know us again."""
        for one in self._dispatchers.values():
            one.probe()

    def asks(self, what: str, name: str) -> None:
        """A person asks for something."""
        errand = Errand(what, name, "somebody", self.clock())
        while not carry_out(self.store, errand, self.clock()):
            pass

    def replays(self) -> None:
        """A person lets what was set aside be tried once more."""
        with self.store.reading() as tx:
            failed = [row.delivery.id for row in inbox.listing(tx, DeliveryStatus.FAILED, 500)]
        for one in failed:
            self.store.write(partial(inbox.replay, delivery_id=one))

    def settles(self) -> None:
        """Work until nothing is to be done at this moment."""
        for _ in range(MOST_TURNS):
            if not self.processes() + sum(map(self.dispatches, self._dispatchers)) + self._flights.count:
                self.history.says("idle")
                return
        self.history.says("restless", turns=MOST_TURNS)

    def next_due(self) -> datetime | None:
        """When there is something to do again though nothing happens."""
        with self.store.reading() as tx:
            due = [contacts.earliest(tx), *(outbox.earliest(tx, name) for name in self._dispatchers)]
        return min((at for at in due if at is not None), default=None)

    def _begin(self) -> None:
        self.history.says("starts")
        self._flights.drop()
        live = self._publisher.live()
        assert live is not None
        self._newest = self._publisher.newest()
        self._live = Live(self._publisher.loaded(live), partial(keep, self.store, versions.kept))
        self._says_live()
        self._processor = Processor(self.store, self._live, self.clock, lambda setting: None, lambda: None)
        for one in (self._processor, self._processor._waker, self._processor._sweeper):
            one._pace = Size(self.random)  # type: ignore[assignment]  # it is asked for these two only
        self._dispatchers = {name: self._dispatcher(name) for name in self.platforms}
        self._processor.recover()
        for dispatcher in self._dispatchers.values():
            dispatcher.recover()
        self.history.says("recovered")

    def _dispatcher(self, name: str) -> Dispatcher:
        dispatcher = Dispatcher(name, self.platforms[name], self.store, self._live, self.clock)  # type: ignore[arg-type]  # its specs are its own
        dispatcher._outcomes._meaning._random.seed(self.random.random())
        dispatcher._landing._noting._pace = Size(Random(self._seed))  # type: ignore[assignment]  # as above
        dispatcher._restraint.breaker._random.seed(self._seed)
        if self._has_several:
            dispatcher.spread(self._flights)
        return dispatcher

    def _says_live(self) -> None:
        mapping = self._live.mapping
        paused = ",".join(name for name, one in mapping.triggers.items() if one.mode.name == "paused")
        self.history.says("live", version=mapping.version, paused=paused)


@contextmanager
def seeded_ids(random: Random) -> Iterator[None]:
    """Ids of contacts by the chance of the run: they are random, and arms are drawn by them."""

    def by_chance(now: datetime) -> str:
        return new_id(now, random.randbytes(10))

    with patch.object(arrivals, "new_id", by_chance):
        yield
