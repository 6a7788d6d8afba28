"""The threads of one process: the processor, a dispatcher a connection, and the jobs; started and stopped."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from typing import Protocol

from apscheduler.schedulers.background import BackgroundScheduler

from connector.errors import LoodsError
from connector.runtime.bell import Bell
from connector.runtime.dispatcher import Dispatcher
from connector.runtime.processor import Processor
from connector.store import history, inbox
from connector.store.database import Store, Transaction

log = logging.getLogger(__name__)

KEEP_DELIVERIES_FOR = timedelta(days=30)
IDLE = 1.0
SILENT_FOR = 60.0
"""Seconds without a step that went well, after which a worker counts as stuck."""


class Stepper(Protocol):
    """What a worker turns: a bell to wait at, and one step of work."""

    bell: Bell

    def step(self) -> int:
        """Do what is there; how much it was."""


class Worker:
    """One thread that steps until it is told to stop. What a step raises is logged, and it goes on."""

    def __init__(
        self, name: str, stepper: Stepper, wait: Callable[[], float], silent_for: float = SILENT_FOR
    ) -> None:
        self.name = name
        self._stepper = stepper
        self._wait = wait
        self._silent_for = silent_for
        self._stopping = threading.Event()
        self._turned_at = time.monotonic()
        self._thread = threading.Thread(target=self._run, name=name, daemon=True)

    @property
    def is_well(self) -> bool:
        """Whether it runs, and a step went well lately."""
        return self._thread.is_alive() and time.monotonic() - self._turned_at < self._silent_for

    def start(self) -> None:
        """Begin."""
        self._turned_at = time.monotonic()
        self._thread.start()

    def ask_to_stop(self) -> None:
        """Finish the step in hand, then end."""
        self._stopping.set()
        self._stepper.bell.ring()

    def join(self, seconds: float) -> bool:
        """Wait for its end; whether it came."""
        self._thread.join(max(seconds, 0.0))
        return not self._thread.is_alive()

    def _run(self) -> None:
        while not self._stopping.is_set():
            if not self._turn() and not self._stopping.is_set():
                self._stepper.bell.wait(self._pause())

    def _turn(self) -> int:
        try:
            done = self._stepper.step()
        except Exception:
            log.exception("%s: a step failed; going on in a second", self.name)
            self._stopping.wait(IDLE)
            return 0
        self._turned_at = time.monotonic()
        return done

    def _pause(self) -> float:
        try:
            return self._wait()
        except LoodsError:
            return IDLE


class Service:
    """Everything that runs behind the receiver in this process."""

    def __init__(
        self,
        store: Store,
        processor: Processor,
        dispatchers: Sequence[Dispatcher],
        clock: Callable[[], datetime],
    ) -> None:
        self._store = store
        self._processor = processor
        self._dispatchers = dispatchers
        self._clock = clock
        self._workers = [
            Worker("processor", processor, lambda: IDLE),
            *(Worker(f"dispatcher {one.connection}", one, one.seconds_to_wait) for one in dispatchers),
        ]
        self._scheduler = BackgroundScheduler(timezone="UTC")
        self._stopping = threading.Event()

    def start(self) -> None:
        """Take up what a process before us left, then run."""
        self._processor.recover()
        for dispatcher in self._dispatchers:
            dispatcher.recover()
        for worker in self._workers:
            worker.start()
        self._every(hours=1, job=self.retain)
        self._every(minutes=5, job=self._probe)
        self._scheduler.start()

    def stop(self, seconds: float = 20.0) -> bool:
        """Let every worker finish its step, and a job its batch; whether all workers did within `seconds`."""
        deadline = time.monotonic() + seconds
        self._stopping.set()
        for worker in self._workers:
            worker.ask_to_stop()
        if self._scheduler.running:
            self._scheduler.shutdown(wait=True)
        ended = [worker.join(deadline - time.monotonic()) for worker in self._workers]
        for dispatcher in self._dispatchers:
            dispatcher.close()
        return all(ended)

    def wellbeing(self) -> dict[str, bool]:
        """Each worker by name, and whether it is well."""
        return {worker.name: worker.is_well for worker in self._workers}

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

    def _while_any(self, drop: Callable[[Transaction], int]) -> None:
        while not self._stopping.is_set() and self._store.write(drop):
            pass

    def _probe(self) -> None:
        for dispatcher in self._dispatchers:
            if not self._stopping.is_set():
                dispatcher.probe()
