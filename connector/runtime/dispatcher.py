"""Lets one connection's actions take effect: in order per contact, retried until they are done or dead.

Long because sending, looking and writing down share one thing: what is in doubt, and under which lease.
"""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from functools import partial

from connector.errors import DispatchError, LeaseLost, Rejected, Transient, Unknown, Unseen
from connector.failpoints import reach
from connector.mapping.mapping import Mapping
from connector.platforms.base import UNTRIED, Call, Outcome, Platform
from connector.platforms.transport import LONGEST_WAIT
from connector.runtime.arrivals import ContendedError
from connector.runtime.bell import Bell
from connector.runtime.breaker import OUR_FAULT, Breaker, is_to_come
from connector.runtime.contention import Contention
from connector.runtime.deciding import DecisionFailedError, set_aside
from connector.runtime.keeping import UnknownTextError
from connector.runtime.leaving import Claimed, Leaving
from connector.runtime.live import Live
from connector.runtime.looking import UNTOLD, Looking
from connector.runtime.observing import UNOBSERVED, Called, Observer
from connector.runtime.outcomes import Ended, Outcomes, Over
from connector.runtime.reading import ReadingBack
from connector.store import outbox
from connector.store.database import Store, Transaction
from connector.store.lease import Lease, SureLease

log = logging.getLogger(__name__)

AT_A_TIME = 100
"""Actions that are claimed, and settled, in one transaction."""

BRIEFLY = 10.0
"""Seconds for which a platform is left alone that asks us to slow down and does not say for how long."""


class Dispatcher:
    """Step 5 of an event's way, for one connection. One thread calls `step`."""

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
        self._breaker = Breaker()
        self._outcomes = Outcomes(connection, platform, live.mapping, clock, observer, self._breaker)
        self._go_by(live.mapping)
        self._names = {spec.name for spec in platform.specs}
        self._hold_until: datetime | None = None
        self._reading = ReadingBack(platform, self._heard)
        self._looking = Looking(platform, self._reading, self._heard)
        self._ended: Sequence[Ended] = ()
        self._is_in_doubt = False
        self._finishing = threading.Lock()
        self.serve_under(SureLease(store.write))

    def serve_under(self, lease: Lease) -> None:
        """Write only what this lease lets us write, and call only while it stays ours; from now on."""
        self._lease, self._times = lease, lease.times

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
        looked = 0 if self._is_held() else self._look()
        return looked if self._is_held() else looked + self._send()

    def _follow(self) -> None:
        """Go by what is live now; a mapping that has lost our connection is not for us, who are to stop."""
        mapping = self._live.mapping
        if mapping is not self._mapping and self.connection in mapping.connections:
            self._go_by(mapping)

    def _go_by(self, mapping: Mapping) -> None:
        self._mapping = mapping
        self._leaving = Leaving(self.connection, mapping, self._platform)
        self._outcomes.go_by(mapping)

    def seconds_to_wait(self) -> float:
        """How long nothing is due here; at most a second, so that a bell that was missed costs no more."""
        with self._store.reading() as tx:
            due = outbox.earliest(tx, self.connection)
        if due is None:
            return 1.0
        wanted = max(one for one in (due, self._hold_until, self._breaker.rests_until) if one)
        return min(1.0, max(0.02, (wanted - self._clock()).total_seconds()))

    def probe(self) -> None:
        """Ask a paused platform whether it knows us again; if so the connection goes on."""
        with self._store.reading() as tx:
            is_paused = self.connection in outbox.paused(tx)
        if not is_paused:
            return
        try:
            self._platform.account()
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
            if not self._ended and self._is_in_doubt:
                self._interrupt()
            while some := self._ended[:AT_A_TIME]:
                self._outcomes.tell(self._write_down(partial(self._settle, some)))
                self._ended = self._ended[AT_A_TIME:]
                reach("settled-after-commit")
            self._is_in_doubt = False

    def finish_if_ours(self) -> None:
        """The same; where another process serves the account now, it looks at what we had under way."""
        try:
            self.finish()
        except LeaseLost:
            self.forget()

    def forget(self) -> None:
        """What came of our calls is not ours to write down any more: whoever came after us has looked."""
        self._ended, self._is_in_doubt = (), False

    def close(self) -> None:
        """Give up the platform's connections."""
        self._platform.close()

    def _interrupt(self) -> None:
        now = self._clock()
        look_at = now + timedelta(seconds=self._platform.deadline)
        rows = self._lease.write(lambda tx: outbox.interrupted(tx, self.connection, now, look_at))
        reach("interrupted-after-commit")
        if rows:
            log.warning("%s: the outcome of %d actions is unknown; looking first", self.connection, len(rows))

    def _send(self) -> int:
        now = self._clock()
        self._is_in_doubt = True
        claimed = self._claimed(now)
        if claimed.held_back:
            self._observer.held_back(self.connection, claimed.held_back)
        if claimed.sent:
            reach("claimed-before-call")
            self._require_lease()
        self._is_in_doubt = False
        if claimed.sent:
            started = time.perf_counter()
            answers = self._dispatched(claimed.calls)
            seconds = time.perf_counter() - started
            self._hold(answers)
            outcomes = self._reading.after(claimed.calls, answers)
            reach("called-before-settle")
            self._ended = [Ended(*one) for one in zip(claimed.sent, outcomes, strict=True)]
            self.finish()
            self._observer.called(_told(self.connection, claimed, outcomes, seconds))
        return claimed.actions

    def _claimed(self, now: datetime) -> Claimed:
        """As many as one call can carry, some at a time: nobody else waits long for the right to write."""
        claimed = more = self._claim(now, AT_A_TIME)
        while len(more) == AT_A_TIME and (left := self._most(claimed.name) - len(claimed)) > 0:
            more = self._claim(now, min(left, AT_A_TIME), claimed.name)
            claimed += more
        return claimed

    def _claim(self, now: datetime, most: int, name: str = "") -> Claimed:
        def some(name: str) -> int:
            return min(most, self._most(name))

        return self._lease.write(lambda tx: self._leaving.claim(tx, now, some, name))

    def _most(self, name: str) -> int:
        """How many actions leave in one call: one alone, to try whether the platform serves again."""
        return 1 if self._breaker.is_trying else self._platform.batch_size(name)

    def _require_lease(self) -> None:
        """Who was paused since it claimed calls nothing: another may have looked already.

        Neither where the lease is ours again: another connection of the account may have asked for it.
        """
        if not self._lease.is_ours or self._lease.times != self._times:
            raise LeaseLost(f"{self.connection} may be another process's by now: nothing is called")

    def _dispatched(self, calls: Sequence[Call]) -> Sequence[Outcome]:
        name = calls[0].action.name
        if name not in self._names:
            return [Rejected(f"{self.connection} has no action {name!r} any more") for _ in calls]
        try:
            return [outcome for _, outcome in zip(calls, self._platform.dispatch(name, calls), strict=True)]
        except DispatchError as error:
            return [error for _ in calls]
        except Exception as error:
            log.exception("%s.%s broke", self.connection, name)
            return [_our_fault(error) for _ in calls]

    def _write_down(self, work: Callable[[bool, Transaction], Sequence[Over]]) -> Sequence[Over]:
        """In one transaction; what is over by it. A parked event that it releases and that breaks a rule of
        ours is set aside.

        Where what the platform told of contacts breaks one, that is not learned, so that all is settled.
        Raises ContendedError where others get in the way all the time; then the next step tries again.
        """
        contention, learns = Contention(), True
        while True:
            try:
                return self._lease.write(partial(work, learns))
            except ContendedError as error:
                contention.again(error)
            except UnknownTextError as unknown:
                self._go_by(self._live.learn(unknown))
            except DecisionFailedError as failed:
                if failed.delivery_id:
                    self._set_aside(failed)
                elif learns:
                    learns = False
                    log.exception("%s: what it told of contacts is not learned", self.connection)
                else:
                    raise

    def _set_aside(self, failed: DecisionFailedError) -> None:
        log.error("delivery %s is set aside", failed.delivery_id, exc_info=failed)
        now = self._clock()
        self._lease.write(lambda tx: set_aside(tx, failed, self._mapping.version, now))

    def _settle(self, ended: Sequence[Ended], learns: bool, tx: Transaction) -> Sequence[Over]:
        over = self._outcomes.settle(tx, ended, learns=learns)
        reach("settled-before-commit")
        return over

    def _is_held(self) -> bool:
        now = self._clock()
        return self._breaker.is_resting(now) or is_to_come(self._hold_until, now, LONGEST_WAIT)

    def _hold(self, outcomes: Sequence[Outcome]) -> None:
        """A platform that says «slow down» is left alone by the whole connection for as long.

        So is one that does not serve, until one call shows that it does again.
        """
        self._breaker.heard(outcomes, self._clock())
        if longest := max(map(_wait_asked, outcomes), default=0.0):
            self._hold_until = self._clock() + timedelta(seconds=longest)
            self._observer.asked_to_wait(self.connection, longest)

    def _heard(self, found: Sequence[Outcome]) -> None:
        """What reads came to. That they are served does not show that actions are."""
        if faults := [one for one in found if isinstance(one, DispatchError) and not isinstance(one, Unseen)]:
            self._hold(faults)
        else:
            self._breaker.answered()

    def _look(self) -> int:
        """Ask the platform about actions whose outcome is unknown, before they are repeated."""
        now = self._clock()
        doubts = self._lease.write(lambda tx: self._leaving.unknown(tx, now, self._looking.at_once))
        if doubts:
            looked = list(zip(doubts, self._looking.at(doubts), strict=True))
            over = self._write_down(lambda learns, tx: self._outcomes.looked(tx, looked, learns=learns))
            if any(found is UNTOLD for _, found in looked):
                reach("repeated-after-commit")
            self._outcomes.tell(over)
        return len(doubts)


def _told(connection: str, claimed: Claimed, outcomes: Sequence[Outcome], seconds: float) -> Called:
    """A call for an observer, when what came of it is written down."""
    came = [
        (one, outcome) for sent, outcome in zip(claimed.sent, outcomes, strict=True) for one in sent.queued
    ]
    actions, theirs = zip(*came, strict=True)
    return Called(connection, actions[0].action.name, actions, theirs, seconds)


def _our_fault(error: Exception) -> Unknown:
    return Unknown(f"our own code broke: {type(error).__name__}: {error}", code=OUR_FAULT)


def _wait_asked(outcome: Outcome) -> float:
    """Seconds for which the platform wants no call at all: at 429 or a throttle, and at 503 if it says so."""
    if not isinstance(outcome, Transient):
        return 0.0
    if outcome.status == 429 or outcome.code == "throttled":
        return outcome.retry_after or BRIEFLY
    return (outcome.retry_after or 0.0) if outcome.status == 503 or outcome.code == UNTRIED else 0.0
