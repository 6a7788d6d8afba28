"""Lets one connection's actions take effect: in order per contact, retried until they are done or dead."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable
from datetime import datetime
from typing import Final

from connector.errors import DispatchError, LeaseLost, LoodsError
from connector.failpoints import reach
from connector.mapping.mapping import Mapping
from connector.platforms.base import Platform
from connector.runtime.bell import Bell
from connector.runtime.calling import Caller
from connector.runtime.claiming import Claiming
from connector.runtime.landing import Landing
from connector.runtime.live import Live
from connector.runtime.noting import Noting
from connector.runtime.observing import UNOBSERVED, Observer
from connector.runtime.outcomes import Outcomes
from connector.runtime.restraint import Restraint
from connector.runtime.under_way import AT_ONCE, Flight, Run, UnderWay
from connector.store import outbox
from connector.store.database import Store
from connector.store.lease import Lease, SureLease, Tenure

log = logging.getLogger(__name__)

LONGEST: Final = 1.0
"""Seconds after which is looked whether something is due, so that a bell that was missed costs no more."""

STUCK: Final = 60.0
"""Seconds beyond the deadlines of a call and its reading back after which something is wrong with us."""


class Dispatcher:
    """Step 5 of an event's way, for one connection. One thread calls `step`: it alone claims and settles."""

    def __init__(
        self,
        connection: str,
        platform: Platform,
        store: Store,
        live: Live,
        clock: Callable[[], datetime],
        observer: Observer = UNOBSERVED,
    ) -> None:
        self._observer = observer
        self.bell = Bell()
        self.connection = connection
        self._platform = platform
        self._store = store
        self._live = live
        self._clock = clock
        self._restraint = Restraint(connection, clock, observer)
        self._outcomes = Outcomes(
            connection, platform, live.mapping, clock, observer, self._restraint.breaker
        )
        noting = Noting(connection, self._outcomes, store, live, clock, self._go_by)
        self._landing = Landing(connection, noting, observer)
        self._claiming = Claiming(connection, platform, self._restraint.breaker, live.mapping)
        self._mapping = live.mapping
        self._caller = Caller(connection, platform, self._passed)
        self._under_way = UnderWay(self._caller, self.bell.ring)
        self._is_in_doubt = self._is_all = self._is_more = False
        self._finishing = threading.Lock()
        self.serve_under(SureLease(store.write))

    def serve_under(self, lease: Lease) -> None:
        """Write only what this lease lets us write, and call only while it stays ours; from now on."""
        self._lease, self._tenure = lease, Tenure(lease)

    def spread(self, run: Run) -> None:
        """From now on `run` has calls made, several at the same time, and a step does not wait for them."""
        self._under_way.spread(run)

    def account(self) -> str:
        """What the platform calls the account (`hubspot:1234`). Raises a DispatchError."""
        return self._platform.account()

    @property
    def deadline(self) -> float:
        """Seconds after which a call has certainly ended."""
        return self._platform.deadline

    def recover(self) -> None:
        """What was being sent at a death has an unknown outcome; it is looked at after a call's deadline."""
        self._interrupt()
        self._lease.write(lambda tx: outbox.resume(tx, self.connection))

    def step(self) -> int:
        """Look at what is unknown and send what is due; how many actions were taken in hand.

        Raises StoreError where the database cannot serve; the next step then begins with what is left over.
        """
        self.finish()
        self._follow()
        taken = self._call() if self._may_call() else 0
        if self._under_way.is_older(2 * self.deadline + STUCK):
            raise RuntimeError(f"{self.connection}: a call does not end")
        return taken

    def _call(self) -> int:
        looked = self._look()
        return looked + self._send() if not looked or self._may_call() else looked

    def _follow(self) -> None:
        """Go by what is live now; a mapping that has lost our connection is not for us, who are to stop."""
        mapping = self._live.mapping
        if mapping is not self._mapping and self.connection in mapping.connections:
            self._go_by(mapping)

    def _go_by(self, mapping: Mapping) -> None:
        self._mapping = mapping
        self._claiming.go_by(mapping)
        self._outcomes.go_by(mapping)

    def seconds_to_wait(self) -> float:
        """How long nothing is due here; at most a second. The end of a call rings the bell before."""
        if not self._has_room():
            return LONGEST
        with self._store.reading() as tx:
            due = outbox.earliest(tx, self.connection)
        if due is None:
            return LONGEST
        wait = (self._restraint.from_then(due) - self._clock()).total_seconds()
        is_behind = wait <= 0 and self._under_way.count
        return LONGEST if is_behind else min(LONGEST, max(0.02, wait))

    def probe(self) -> None:
        """Ask a paused platform whether it knows us again; if so the connection goes on."""
        with self._store.reading() as tx:
            is_paused = self.connection in outbox.paused(tx)
        if not is_paused:
            return
        with self._under_way.lent() as platform:
            if platform is None:
                return
            try:
                platform.account()
            except DispatchError:
                return
        self._lease.write(lambda tx: outbox.resume(tx, self.connection))
        log.warning("%s knows us again: going on", self.connection)
        self.bell.ring()

    def finish(self) -> None:
        """Write down what came of calls. A claim that broke before its calls may stand: nobody knows.

        Once the thread that steps has ended, any other may call this.
        """
        with self._finishing:
            if self._is_in_doubt:
                self._interrupt()
                self._is_in_doubt = False
            for flight, landed in self._under_way.landed():
                self._restraint.heard(landed.heard, flight.since)
                self._landing.take(self._lease, landed)
            self._landing.settle(self._lease)

    def finish_if_ours(self) -> None:
        """The same; where another process serves the account now, it looks at what we had under way.

        Whether the lease is ours the writing tells: of a server that is slow nobody else has got it.
        """
        try:
            self._tenure.require_unbroken()
            self.finish()
        except LeaseLost:
            self.forget()

    def drain(self) -> None:
        """Wait for the calls that are under way, and write down what came of them."""
        is_last = False
        while not is_last:
            is_last = not self._under_way.count
            try:
                self.finish_if_ours()
            except LoodsError as error:
                log.warning("%s: what came of calls cannot be written down: %s", self.connection, error)
            if not is_last:
                self.bell.wait(LONGEST)

    def forget(self) -> None:
        """What came of our calls is not ours to write down any more: whoever came after us has looked."""
        self._under_way.forget()
        self._landing.forget()
        self._is_in_doubt = False

    def close(self) -> None:
        """Give up the platform's connections."""
        self._under_way.close()

    def _interrupt(self) -> None:
        self._claiming.interrupt(self._lease, self._clock(), self._under_way.ids | self._landing.ids)

    def _may_call(self) -> bool:
        """Whether a call may begin now. Where only the room for it is lacking, the bell rings for that.

        Except right after a claim that took all that was due.
        """
        if self._restraint.is_on:
            return False
        if self._has_room():
            return True
        self._is_more, self._is_all = not self._is_all, False
        return self._has_room()

    def _has_room(self) -> bool:
        return self._under_way.has_room(self._restraint.breaker.at_once(AT_ONCE))

    def _passed(self) -> None:
        """A call has had its turn: where more is due, the next one may wait for its own."""
        if self._is_more:
            self.bell.ring()

    def _send(self) -> int:
        now = self._clock()
        self._is_in_doubt = True
        claimed = self._claiming.due(self._lease, now, self._under_way.names)
        if claimed.held_back:
            self._observer.held_back(self.connection, claimed.held_back)
        if claimed.sent:
            reach("claimed-before-call")
            self._tenure.require()
            ids = frozenset(id_ for one in claimed.sent for id_ in one.ids)
            since = self._restraint.breaker.rests
            self._under_way.start(Flight(lambda caller: caller.send(claimed), since, claimed.name, ids))
        self._is_in_doubt = False
        self._is_more = self._claiming.is_full(claimed)
        self._is_all = not self._is_more
        self.finish()
        return claimed.actions

    def _look(self) -> int:
        """Ask the platform about actions whose outcome is unknown, before they are repeated."""
        if self._under_way.is_looking:
            return 0
        now, at_once = self._clock(), self._caller.looks_at_once
        doubts = self._claiming.unknown(self._lease, now, at_once)
        if doubts:
            since = self._restraint.breaker.rests
            self._under_way.start(Flight(lambda caller: caller.look(doubts), since))
            self.finish()
        return len(doubts)
