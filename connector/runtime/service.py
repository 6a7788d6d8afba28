"""The threads of one process: the processor, a dispatcher a connection, and the jobs; started and stopped."""

from __future__ import annotations

import logging
import threading
import time
from collections import Counter
from collections.abc import Callable
from datetime import datetime, timedelta

from apscheduler.schedulers.background import BackgroundScheduler

from connector.errors import StoreError
from connector.model.showing import local
from connector.runtime.crew import Crew
from connector.runtime.processor import Processor
from connector.runtime.worker import Worker
from connector.store import echoes, failings, history, inbox, looks, stops, tallies
from connector.store.abandoned import abandoned, give_up_waiting
from connector.store.database import Store, Transaction

log = logging.getLogger(__name__)

KEEP_DELIVERIES_FOR = timedelta(days=30)


class Service:
    """Everything that runs behind the receiver in this process."""

    def __init__(
        self,
        store: Store,
        processor: Processor,
        crew: Crew,
        clock: Callable[[], datetime],
    ) -> None:
        self._store = store
        self._processor = processor
        self._crew = crew
        self._clock = clock
        self._worker = Worker("processor", processor, processor.seconds_to_wait)
        self._scheduler = BackgroundScheduler(timezone="UTC")
        self._stopping = threading.Event()

    def start(self) -> None:
        """Take up what a process before us left, then run."""
        self._processor.recover()
        self._take_up()
        self._crew.start()
        self._worker.start()
        self._every(hours=1, job=self.retain)
        self._every(minutes=5, job=self._probe)
        self._every(minutes=1, job=self._crew.tidy)
        self._scheduler.start()

    def stop(self, seconds: float = 20.0) -> bool:
        """Let every worker finish its step, and a job its batch; whether all workers did within `seconds`."""
        deadline = time.monotonic() + seconds
        self._stopping.set()
        workers = [self._worker, *self._crew.dismissed()]
        for worker in workers:
            worker.ask_to_stop()
        if self._scheduler.running:
            self._scheduler.shutdown(wait=True)
        ended = [worker.join(deadline - time.monotonic()) for worker in workers]
        self._crew.close()
        return all(ended)

    def wellbeing(self) -> dict[str, bool]:
        """Each worker by name, and whether it is well."""
        return {worker.name: worker.is_well for worker in (self._worker, *self._crew.workers)}

    def _take_up(self) -> None:
        """What was under way by connections that are not at work now is nobody's: say so, and show it."""
        now, at_work = self._clock(), {one.connection for one in self._crew.dispatchers}
        with self._store.reading() as tx:
            left = abandoned(tx, at_work)
        if left:
            self._store.write(lambda tx: give_up_waiting(tx, left, now))
        for connection, count in Counter(left.values()).items():
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
        return told

    def _every(self, *, job: Callable[[], None], hours: int = 0, minutes: int = 0) -> None:
        self._scheduler.add_job(
            job,
            "interval",
            hours=hours,
            minutes=minutes,
            coalesce=True,
            max_instances=1,
            misfire_grace_time=None,
        )

    def retain(self) -> None:
        """Let go of what has been kept long enough, a small batch a transaction."""
        now = self._clock()
        before = now - KEEP_DELIVERIES_FOR
        self._while_any(lambda tx: inbox.drop_older(tx, before))
        self._while_any(lambda tx: history.drop_older(tx, now))
        self._while_any(lambda tx: looks.drop_older(tx, now))
        self._while_any(lambda tx: tallies.drop_older(tx, now))
        self._while_any(lambda tx: failings.drop_older(tx, now))
        self._while_any(lambda tx: echoes.drop_older(tx, now))

    def _while_any(self, drop: Callable[[Transaction], int]) -> None:
        while not self._stopping.is_set() and self._store.write(drop):
            pass

    def _probe(self) -> None:
        for dispatcher in self._crew.dispatchers:
            if not self._stopping.is_set():
                dispatcher.probe()
