"""The one thread that writes a SQLite database: receipts first and together, other work piece by piece."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Sequence
from concurrent.futures import Future
from dataclasses import dataclass, field
from pathlib import Path
from threading import Condition, Thread, current_thread
from typing import Any, Final, TypeVar

from sqlalchemy import Connection
from sqlalchemy.exc import DBAPIError

from connector.errors import StoreError
from connector.model.delivery import Delivery
from connector.store import driver, inbox
from connector.store.faults import as_store_errors, is_beyond_repair, words_of
from connector.store.inbox import Received
from connector.store.wal import Checkpoints

T = TypeVar("T")

_LARGEST_GROUP: Final = 8 * 1024 * 1024
"""Bytes of bodies that one commit takes together; what is left waits for the next."""


@dataclass(frozen=True, slots=True)
class _Job:
    """Something to do in a transaction, and where its answer goes."""

    work: Callable[[Connection], Any]
    answer: Future[Any] = field(default_factory=Future)


@dataclass(frozen=True, slots=True)
class _Receipt:
    """Deliveries at the door, and where the answer goes."""

    deliveries: Sequence[Delivery]
    answer: Future[list[Received]] = field(default_factory=Future)

    @property
    def size(self) -> int:
        return sum(len(one.body) for one in self.deliveries)


class Writer:
    """Writes through one connection, which nobody else has.

    Between two pieces of work all receipts that wait are committed as one transaction, so neither starves
    the other. After a write or fsync that failed nothing is acknowledged any more: what SQLite believes to be
    on disk may not be. A full disk fails only what it hits.
    """

    def __init__(self, path: Path) -> None:
        self._engine = driver.writing(path)
        with as_store_errors():
            self._connection = self._engine.connect()
        self._checkpoints = Checkpoints(self._connection.connection.driver_connection, path)
        self._receipts: deque[_Receipt] = deque()
        self._jobs: deque[_Job] = deque()
        self._changed = Condition()
        self._is_closing = False
        self._broken = ""
        self._thread = Thread(target=self._run, name="store-writer", daemon=True)
        self._thread.start()

    def write(self, work: Callable[[Connection], T]) -> Future[T]:
        """Run `work` in a transaction of its own, after what was asked for before it."""
        job = _Job(work)
        self._hand_over(self._jobs, job)
        return job.answer

    def receive(self, deliveries: Sequence[Delivery]) -> Future[list[Received]]:
        """Store deliveries, before any other work."""
        receipt = _Receipt(deliveries)
        self._hand_over(self._receipts, receipt)
        return receipt.answer

    def close(self) -> None:
        """Do what is queued, then end."""
        with self._changed:
            self._is_closing = True
            self._changed.notify()
        self._thread.join()
        self._connection.close()
        self._engine.dispose()

    def _hand_over(self, queue: deque[Any], one: _Job | _Receipt) -> None:
        if current_thread() is self._thread:
            raise RuntimeError("a write inside a write would wait for itself")
        with self._changed:
            if self._is_closing:
                raise StoreError("the store is closed")
            queue.append(one)
            self._changed.notify()

    def _run(self) -> None:
        while self._wait():
            if group := self._next_group():
                self._commit_together(group)
            if job := self._next_job():
                self._answer(job.answer, job.work)
        self._tend(self._checkpoints.finish)

    def _wait(self) -> bool:
        """Until there is something to do; False when all is done and the store is closing."""
        with self._changed:
            self._changed.wait_for(lambda: self._receipts or self._jobs or self._is_closing)
            return bool(self._receipts or self._jobs)

    def _next_group(self) -> list[_Receipt]:
        group: list[_Receipt] = []
        room = _LARGEST_GROUP
        with self._changed:
            while self._receipts and (not group or self._receipts[0].size <= room):
                receipt = self._receipts.popleft()
                if receipt.answer.set_running_or_notify_cancel():
                    group.append(receipt)
                    room -= receipt.size
        return group

    def _next_job(self) -> _Job | None:
        with self._changed:
            job = self._jobs.popleft() if self._jobs else None
        return job if job and job.answer.set_running_or_notify_cancel() else None

    def _commit_together(self, group: Sequence[_Receipt]) -> None:
        """One commit for all; where one of them cannot be stored, each for itself, so that it fails alone."""
        try:
            received = iter(self._transact(lambda tx: inbox.insert(tx, _all(group))))
        except StoreError as error:
            for one in group:
                one.answer.set_exception(error)
        except Exception as error:
            if len(group) == 1:
                group[0].answer.set_exception(error)
                return
            for one in group:
                self._commit_together([one])
        else:
            for one in group:
                one.answer.set_result([next(received) for _ in one.deliveries])
            self._tend(self._checkpoints.after_commit)

    def _answer(self, answer: Future[Any], work: Callable[[Connection], Any]) -> None:
        try:
            outcome = self._transact(work)
        except BaseException as error:
            answer.set_exception(error)
        else:
            answer.set_result(outcome)
            self._tend(self._checkpoints.after_commit)

    def _transact(self, work: Callable[[Connection], T]) -> T:
        if self._broken:
            raise StoreError(self._broken)
        with as_store_errors():
            try:
                with self._connection.begin():
                    return work(self._connection)
            except DBAPIError as error:
                self._notice(error)
                raise

    def _tend(self, checkpoint: Callable[[], None]) -> None:
        """A checkpoint that fails costs nothing now: the log is whole, and the next one tries again."""
        try:
            checkpoint()
        except (driver.module().Error, OSError) as error:
            self._notice(error)

    def _notice(self, error: BaseException) -> None:
        if is_beyond_repair(error):
            self._broken = f"the disk failed ({words_of(error)}); restart once it is sound"


def _all(group: Sequence[_Receipt]) -> list[Delivery]:
    return [delivery for one in group for delivery in one.deliveries]
