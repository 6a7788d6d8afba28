"""Turns what happened and what time brings into decisions, a batch a transaction.

What a person asks comes first, then deliveries out of the inbox; then contacts whose time has come are looked
at, and a page is done of what concerns all contacts, and of the census. One batch of each a step, or of some
deliveries in a row where many wait, so that none of them keeps the others waiting.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import datetime

from connector.errors import StoreError
from connector.failpoints import reach
from connector.mapping.accounts import Setting
from connector.model.delivery import Delivery
from connector.model.ids import new_id
from connector.runtime.arrivals import ContendedError
from connector.runtime.batch import Batch, Written
from connector.runtime.bell import Bell
from connector.runtime.census import CensusTaker
from connector.runtime.contention import Contention
from connector.runtime.deciding import DecisionFailedError, apply, set_aside
from connector.runtime.errands import Clerk
from connector.runtime.keeping import UnknownTextError
from connector.runtime.live import Live
from connector.runtime.observing import UNOBSERVED, Observer
from connector.runtime.pace import LONG_LIMIT, SHORTEST_BATCH, SOFT_LIMIT, Pace
from connector.runtime.presence import Presence
from connector.runtime.recomputing import Recomputer
from connector.runtime.sweeping import Sweeper
from connector.runtime.waking import Waker
from connector.sources.translate import Translation, translate
from connector.store import inbox, stops, sweeps
from connector.store.database import Store, Transaction
from connector.store.sweeps import SweepKind

log = logging.getLogger(__name__)

SHORTEST, LONGEST = 0.02, 1.0
"""Seconds between two looks for work, where no bell rings."""

BATCHES_A_LOOK = 4
"""Of full batches in a row, after how many time and pages have their turn."""


class Processor:
    """Steps 2 to 4 of an event's way. One thread calls `step`, or `run` until it is stopped."""

    def __init__(
        self,
        store: Store,
        live: Live,
        clock: Callable[[], datetime],
        resolve: Callable[[Setting | None], str | None],
        dispatch: Callable[[], None],
        observer: Observer = UNOBSERVED,
    ) -> None:
        self.bell = Bell()
        self.worker = new_id(clock())
        self._observer = observer
        self._store = store
        self._live = live
        self._mapping = live.mapping
        self._clock = clock
        self._resolve = resolve
        self._dispatch = dispatch
        self._pace = Pace(
            limit=SOFT_LIMIT if store.is_embedded else LONG_LIMIT, is_waited_for=store.is_waited_for
        )
        self._in_a_row = 0
        self._taken: Sequence[Delivery] = ()
        self._presence = Presence(store, self.worker)
        self._waker = Waker(self.worker, store, clock, dispatch, observer)
        self._sweeper = Sweeper(store, clock)
        self._recomputer = Recomputer(store, clock)
        self._clerk = Clerk(store, clock, dispatch)
        self._census = CensusTaker(store, live, clock)

    def recover(self) -> None:
        """Count what dead workers had in hand when they died, so that poison is set aside in the end."""
        self._waker.recover()
        ids = self._store.write(lambda tx: inbox.recover(tx, self._clock(), self.worker))
        if ids:
            reach("recovered-after-commit")
            log.warning("%d deliveries were in hand when a process ended; they are taken again", len(ids))

    def leave(self) -> None:
        """Have nothing in hand any more, so that others may go on with it at once. No step follows."""
        self._waker.leave()
        self._taken = ()
        self._store.write(lambda tx: inbox.let_go(tx, self.worker))
        self._presence.leave()

    def step(self) -> int:
        """One batch of each kind of work, by one mapping from beginning to end; how much it was."""
        if not self._presence.is_known():
            return 0
        if self._presence.is_time_to_look():
            self.recover()
        self._census.follow()
        asked = self._asked()
        stopped, under_way = self._standing()
        self._mapping = self._live.heed(stopped)
        settled = self._receive()
        if self._is_pressed(settled):
            return asked + settled
        looked = self._look()
        swept = self._sweeper.step(self._mapping, under_way)
        self._census.step(self._mapping)
        folded = self._recomputer.step(self._mapping, is_asked=SweepKind.RECOMPUTE in under_way)
        return asked + settled + looked + swept + folded

    def seconds_to_wait(self) -> float:
        """How long nobody is due; at most a second, so that a bell that was missed costs no more."""
        due, rest = self._waker.earliest(), self._recomputer.seconds_to_wait()
        until_due = LONGEST if due is None else max(SHORTEST, (due - self._clock()).total_seconds())
        return min(LONGEST, until_due, LONGEST if rest is None else max(SHORTEST, rest))

    def _asked(self) -> int:
        """Do what a person asks; what was taken before that is taken again, as it is by then."""
        if asked := self._clerk.step():
            self._taken = ()
        return asked

    def _is_pressed(self, settled: int) -> bool:
        """Whether time can wait a few batches more: to ask what it brings costs what two deliveries do."""
        self._in_a_row = self._run_of(settled)
        return self._in_a_row % BATCHES_A_LOOK != 0

    def _run_of(self, settled: int) -> int:
        """How many full batches in a row it is with one of so many."""
        return self._in_a_row + 1 if settled >= SHORTEST_BATCH else 0

    def _standing(self) -> tuple[frozenset[str], frozenset[SweepKind]]:
        """The rules that are stopped, and the kinds of passes over contacts that are under way.

        They are asked for together: each look at the database costs as much as a tenth of an order does.
        """
        with self._store.reading() as tx:
            return frozenset(one.rule for one in stops.stopped(tx)), sweeps.open_kinds(tx)

    def _look(self) -> int:
        """Look at one batch of contacts whose time has come; how many they were."""
        while True:
            try:
                return self._waker.step(self._mapping)
            except UnknownTextError as unknown:
                self._mapping = self._live.learn(unknown)

    def _receive(self) -> int:
        """Process one batch of deliveries; how many it settled."""
        now = self._clock()
        deliveries = self._in_hand(now)
        if not deliveries:
            return 0
        reach("taken-after-commit")
        actions = self._settled(deliveries, self._read(deliveries), now)
        reach("decided-after-commit")
        if actions:
            self._dispatch()
        return len(deliveries)

    def _in_hand(self, now: datetime) -> Sequence[Delivery]:
        """What was taken with the commit of the last batch, or else is taken now."""
        taken, self._taken = self._taken, ()
        return taken or self._store.write(lambda tx: inbox.take(tx, self.worker, self._pace.size, now))

    def _most_next(self, number: int) -> int:
        """How many may be in hand behind so many: none where something else has its turn first, since all
        that is in hand when a process dies is suspected of it."""
        return self._pace.size if self._run_of(number) % BATCHES_A_LOOK != 0 else 0

    def _read(self, deliveries: Sequence[Delivery]) -> Batch:
        batch = Batch(most_next=self._most_next(len(deliveries)))
        for one in deliveries:
            try:
                batch.translations[one.id] = self._translated(one)
            except Exception as error:
                log.exception("delivery %s is set aside", one.id)
                batch.breaks(one.id, error)
        return batch

    def _translated(self, delivery: Delivery) -> Translation:
        connection = self._mapping.connections.get(delivery.connection)
        if connection is None or connection.source is None:
            return Translation(
                events=(), ignored=f"no connection {delivery.connection!r} listens any more", failures=()
            )
        return translate(self._mapping, connection, delivery, self._resolve)

    def _settled(self, deliveries: Sequence[Delivery], batch: Batch, now: datetime) -> int:
        """Write the batch; how many actions are new. What breaks it is found one by one and set aside."""
        try:
            return self._written(deliveries, batch, now)
        except StoreError:
            raise
        except Exception as error:
            if len(deliveries) > 1:
                alone = replace(batch, most_next=0)
                return sum(self._settled([one], alone, now) for one in deliveries)
            if isinstance(error, ContendedError):
                raise
            log.exception("delivery %s is set aside", deliveries[0].id)
            batch.breaks(deliveries[0].id, error)
            return self._written(deliveries, batch, now)

    def _written(self, deliveries: Sequence[Delivery], batch: Batch, now: datetime) -> int:
        """Write the batch; a delivery that breaks a rule is set aside and the rest taken again.

        Raises ContendedError where others get in the way all the time.
        """
        contention = Contention()
        while True:
            started = time.perf_counter()
            try:
                written = self._store.write(
                    lambda tx: self._pace.timed(lambda _: self._write(tx, deliveries, batch, now))
                )
            except ContendedError as error:
                contention.again(error)
            except UnknownTextError as unknown:
                self._mapping = self._live.learn(unknown)
            except DecisionFailedError as failed:
                log.exception("delivery %s is set aside", failed.delivery_id)
                self._set_aside(batch, failed, now)
            else:
                self._taken = written.taken
                self._observer.settled(written.told(deliveries, time.perf_counter() - started))
                return written.applied.actions

    def _set_aside(self, batch: Batch, failed: DecisionFailedError, now: datetime) -> None:
        if failed.delivery_id in batch.translations:
            batch.broken[failed.delivery_id] = failed.reason
        else:
            self._store.write(lambda tx: set_aside(tx, failed, self._mapping.version, now))

    def _write(self, tx: Transaction, deliveries: Sequence[Delivery], batch: Batch, now: datetime) -> Written:
        waiting = inbox.still_waiting(tx, [one.id for one in deliveries], self.worker)
        started = time.perf_counter()
        applied = apply(tx, self._mapping, batch.arrivals(waiting), now)
        deciding = time.perf_counter() - started
        version = self._mapping.version
        verdicts = [batch.settled(one, applied.parked, version, now) for one in waiting]
        inbox.settle(tx, verdicts)
        settled_here = set(waiting) - applied.parked
        inbox.release(tx, sorted(applied.decided - settled_here), version, now)
        taken = self._taken_next(tx, batch, now) if waiting else ()
        reach("decided-before-commit")
        return Written(applied, verdicts, deciding, taken)

    def _taken_next(self, tx: Transaction, batch: Batch, now: datetime) -> Sequence[Delivery]:
        """What is in hand when this is committed, so that a backlog costs one commit a batch."""
        return inbox.take(tx, self.worker, batch.most_next, now) if batch.most_next else ()
