"""The threads of one process: the processor, a dispatcher a connection, and the jobs; started and stopped."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime

from apscheduler.schedulers.background import BackgroundScheduler

from connector.errors import StoreError
from connector.model.keep import Keep
from connector.model.showing import local
from connector.runtime import polling
from connector.runtime.crew import Crew
from connector.runtime.dispatcher import Dispatcher
from connector.runtime.polling import Poller
from connector.runtime.processor import Processor
from connector.runtime.retention import Retention
from connector.runtime.worker import Worker
from connector.store import cursors, failings, looks, stops
from connector.store.abandoned import abandoned, give_up_waiting
from connector.store.cursors import Asked, Named
from connector.store.database import Store
from connector.store.lease import Lease
from connector.store.news import News

log = logging.getLogger(__name__)

_TURN = 0.02
"""Seconds between two looks at who has ended, while we stop."""

_PARTING = 1.0
"""Seconds at least in which we let go of what is in hand."""


class Service:
    """Everything that runs behind the receiver in this process; nothing, where it only receives."""

    def __init__(
        self,
        store: Store,
        processor: Processor,
        crew: Crew,
        clock: Callable[[], datetime],
        keep: Keep | None = None,
        *,
        works: bool = True,
    ) -> None:
        self._works = works
        self._store = store
        self._processor = processor
        self._crew = crew
        self._clock = clock
        self._worker = Worker("processor", processor, processor.seconds_to_wait)
        self._scheduler = BackgroundScheduler(timezone="UTC")
        self._stopping = threading.Event()
        self._retention = Retention(store, clock, keep or Keep())
        self._poller: Poller | None = None

    def ask_by(self, poller: Poller) -> None:
        """Let it ask platforms for what they do not announce; to be said before the start."""
        self._poller = poller

    def start(self) -> None:
        """Take up what a process before us left, then run."""
        if not self._works:
            return
        self._processor.recover()
        self._take_up()
        self._retention.make_months()
        self._crew.start()
        self._worker.start()
        self._store.listen({News.DELIVERIES: self._processor.bell.ring, News.ACTIONS: self._crew.ring})
        self._every(minutes=10, job=self.retain)
        self._every(minutes=5, job=self._probe)
        self._every(minutes=1, job=self._crew.tidy)
        self._every(minutes=polling.EVERY, job=self.poll)
        self._scheduler.start()

    def stop(self, seconds: float = 20.0) -> bool:
        """Let every worker finish its step, and a job its batch; whether all did within `seconds`."""
        if not self._works:
            return True
        deadline = time.monotonic() + seconds
        self._stopping.set()
        self._retention.stop()
        if self._poller:
            self._poller.stop()
        workers = [self._worker, *self._crew.dismissed()]
        for worker in workers:
            worker.ask_to_stop()
        jobs = threading.Thread(target=self._end_jobs, name="end of the jobs", daemon=True)
        jobs.start()
        while not (is_clean := _have_ended(jobs, workers)) and time.monotonic() < deadline:
            self._crew.hand_over()
            time.sleep(_TURN)
        self._crew.hand_over()
        if self._worker.join(0.0):
            is_clean &= self._leaves(max(_PARTING, deadline - time.monotonic()))
        self._crew.close()
        return is_clean

    def _end_jobs(self) -> None:
        """A job that asks a platform may take as long as a call."""
        if self._scheduler.running:
            self._scheduler.shutdown(wait=True)

    def _leaves(self, seconds: float) -> bool:
        """Have nothing in hand any more; whether that was done in so many seconds. Others may keep the turn
        to write for longer."""
        leaving = threading.Thread(target=self._leave, name="leaving", daemon=True)
        leaving.start()
        leaving.join(seconds)
        return not leaving.is_alive()

    def _leave(self) -> None:
        try:
            self._processor.leave()
        except StoreError as error:
            log.warning("what was in hand is taken up again by whoever comes next: %s", error)

    def wellbeing(self) -> dict[str, bool]:
        """Each worker by name, and whether it is well."""
        workers = (self._worker, *self._crew.workers) if self._works else ()
        return {worker.name: worker.is_well for worker in workers}

    def _take_up(self) -> None:
        """What was under way by connections that nobody serves any more: say so, and show it."""
        at_work = {one.connection for one in self._crew.dispatchers}
        with self._store.reading() as tx:
            left = abandoned(tx, at_work)
        for connection in left:
            with self._crew.duties.unserved(connection) as lease:
                if lease is not None:
                    self._give_up(connection, lease)

    def _give_up(self, connection: str, lease: Lease) -> None:
        now = self._clock()
        if count := lease.write(lambda tx: give_up_waiting(tx, connection, now)):
            log.warning(
                "%s is not at work any more: the outcome of %d actions is unknown; see `loods actions`",
                connection,
                count,
            )

    def notices(self) -> dict[str, str]:
        """What a person should know though all is ready: what is stopped, what breaks, which rules failed.

        Empty where the database cannot say.
        """
        try:
            with self._store.reading() as tx:
                stopped, stumbling = stops.stopped(tx), looks.count_stumbles(tx)
                failed = failings.lately(tx, self._clock())
                asked = cursors.asked(tx)
        except StoreError:
            return {}
        told = {}
        if stopped:
            said = (f"{one.about} since {local(one.since)} by {one.who}" for one in stopped)
            told["stopped"] = "; ".join(said)
        if stumbling:
            told["time"] = f"looking at {stumbling} contact(s) breaks; they are tried again, the log says why"
        if failed:
            said = (f"{one.rule.replace(':', ' ', 1)} {one.times} time(s)" for one in failed)
            told["rules"] = f"failed within a day: {'; '.join(said)}; `loods actions` says why"
        if unread := _unread(asked):
            told["polling"] = f"could not be asked for: {'; '.join(unread)}"
        for name, words in self._crew.refused.items():
            told[name] = f"which account it is cannot be told yet: {words}"
        return told

    def _every(self, *, job: Callable[[], None], minutes: int) -> None:
        self._scheduler.add_job(
            job,
            "interval",
            minutes=minutes,
            coalesce=True,
            max_instances=1,
            misfire_grace_time=None,
        )

    def retain(self) -> None:
        """Let go of what has been kept long enough, unless another process is about it."""
        lease = self._store.lease("retention")
        try:
            if lease.hold():
                self._retention.run()
        finally:
            lease.give_up()

    def poll(self) -> None:
        """Ask platforms for what they do not announce, of the accounts that this process serves."""
        if self._poller:
            self._poller.turn(self._crew.leases)

    def _probe(self) -> None:
        self._take_up()
        for dispatcher in self._crew.serving:
            if not self._stopping.is_set():
                self._probe_by(dispatcher)

    @staticmethod
    def _probe_by(dispatcher: Dispatcher) -> None:
        """Where this breaks the others are asked nevertheless, and this one with the next round."""
        try:
            dispatcher.probe()
        except Exception:
            log.exception("%s: whether it knows us again could not be asked", dispatcher.connection)


def _unread(asked: Mapping[Named, Asked]) -> list[str]:
    """What could not be asked for last, since when, and why."""
    found = ((*named, local(at), words) for named, (at, words) in asked.items() if words)
    return [f"{feed} of {connection} since {at}: {words}" for connection, feed, at, words in found]


def _have_ended(jobs: threading.Thread, workers: Sequence[Worker]) -> bool:
    return not jobs.is_alive() and all(one.join(0.0) for one in workers)
