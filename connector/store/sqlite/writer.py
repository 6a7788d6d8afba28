"""The one thread of a process that writes a SQLite database.

Receipts come first and together, other work piece by piece. Where several processes share the file, each has
such a thread, and they write in turn.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Sequence
from concurrent.futures import Future
from dataclasses import dataclass, field
from pathlib import Path
from threading import Condition, Thread, current_thread
from typing import Any, TypeVar

from sqlalchemy import Connection
from sqlalchemy.exc import DBAPIError

from connector.errors import StoreError
from connector.model.delivery import Delivery
from connector.store import inbox
from connector.store.faults import as_store_errors, is_beyond_repair, words_of
from connector.store.gathering import (
    Receipt,
    Told,
    keep_together,
    next_group,
    nobody,
    stand_in_line,
    telling,
)
from connector.store.inbox import Received
from connector.store.sqlite import driver
from connector.store.sqlite.turns import Turns
from connector.store.sqlite.wal import Checkpoints

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class _Job:
    """Something to do in a transaction, and where its answer goes."""

    work: Callable[[Connection], Any]
    answer: Future[Any] = field(default_factory=Future)


class Writer:
    """Writes through one connection, which nobody else has; in `turns`, where other processes write, too.

    Between two pieces of work all receipts that wait are committed as one transaction, so neither starves
    the other. After a write or fsync that failed nothing is acknowledged any more, in any process: what
    SQLite believes to be on disk may not be. A full disk fails only what it hits. Who `is_second` leaves the
    log to another process, as long as that keeps it short.
    """

    def __init__(self, path: Path, turns: Turns, told: Told = nobody, is_second: bool = False) -> None:
        self._turns = turns
        self._keep = telling(self._insert, told)
        self._engine = driver.writing(path)
        with as_store_errors():
            self._connection = self._engine.connect()
        own = self._connection.connection.driver_connection
        self._checkpoints = Checkpoints(own, path, self._copied, is_second)
        self._receipts: deque[Receipt] = deque()
        self._jobs: deque[_Job] = deque()
        self._changed = Condition()
        self._is_closing = False
        self._broken = ""
        self._thread = Thread(target=self._run, name="store-writer", daemon=True)
        self._thread.start()

    def write(self, work: Callable[[Connection], T]) -> Future[T]:
        """Run `work` in a transaction of its own, after what was asked for before it."""
        job = _Job(work)
        self._hand_over(lambda: self._jobs.append(job))
        return job.answer

    def receive(self, deliveries: Sequence[Delivery]) -> Future[list[Received]]:
        """Store deliveries, before any other work."""
        receipt = Receipt(deliveries)
        self._hand_over(lambda: stand_in_line(self._receipts, receipt))
        return receipt.answer

    @property
    def is_waited_for(self) -> bool:
        """Whether a receipt, or another process, waits for the transaction that runs. Asked within that."""
        return bool(self._receipts) or self._turns.is_waited_for

    @property
    def trouble(self) -> str:
        """Why nothing is written any more; empty where it is."""
        return self._broken or self._turns.trouble

    def close(self) -> bool:
        """Do what is queued, then end; whether it came to that.

        It does not where somebody keeps the turn: what is queued fails then, and nobody waits for it.
        """
        with self._changed:
            self._is_closing = True
            self._changed.notify()
        self._thread.join(self._turns.patience)
        if self._thread.is_alive():
            self._give_up()
        return not self._thread.is_alive()

    def _give_up(self) -> None:
        with self._changed:
            left: list[Future[Any]] = [one.answer for one in self._receipts]
            left += [one.answer for one in self._jobs]
            self._receipts.clear()
            self._jobs.clear()
        for answer in left:
            if answer.set_running_or_notify_cancel():
                answer.set_exception(StoreError("another process kept its turn to write"))

    def _hand_over(self, line_up: Callable[[], None]) -> None:
        if current_thread() is self._thread:
            raise RuntimeError("a write inside a write would wait for itself")
        with self._changed:
            if self._is_closing:
                raise StoreError("the store is closed")
            line_up()
            self._changed.notify()

    def _run(self) -> None:
        while self._wait():
            if self._receipts:
                self._store()
            if self._jobs:
                self._do()
            if self._checkpoints.has_copied:
                self._tend()
        self._finish()

    def _wait(self) -> bool:
        """Until there is something to do; False when all is done and the store is closing."""
        with self._changed:
            self._changed.wait_for(lambda: self._is_asked() or self._is_closing)
            return self._is_asked()

    def _is_asked(self) -> bool:
        return bool(self._receipts or self._jobs or self._checkpoints.has_copied)

    def _next_group(self) -> list[Receipt]:
        with self._changed:
            return next_group(self._receipts)

    def _next_job(self) -> _Job | None:
        with self._changed:
            job = self._jobs.popleft() if self._jobs else None
        return job if job and job.answer.set_running_or_notify_cancel() else None

    def _store(self) -> None:
        """What comes while we wait for our turn is stored with the rest; who gives up meanwhile is not."""
        self._turns.take()
        group = self._next_group()
        if not group:
            self._turns.give_back()
        elif keep_together(group, self._keep):
            self._tend()

    def _do(self) -> None:
        """One piece of work, which stays in line until it is our turn."""
        self._turns.take()
        if job := self._next_job():
            self._answer(job.answer, job.work)
        else:
            self._turns.give_back()

    def _insert(self, deliveries: Sequence[Delivery]) -> list[Received]:
        return self._transact(lambda tx: inbox.insert(tx, deliveries))

    def _answer(self, answer: Future[Any], work: Callable[[Connection], Any]) -> None:
        try:
            outcome = self._transact(work)
        except BaseException as error:
            answer.set_exception(error)
        else:
            answer.set_result(outcome)
            self._tend()

    def _transact(self, work: Callable[[Connection], T]) -> T:
        with self._turns.mine(), as_store_errors():
            if trouble := self.trouble:
                raise StoreError(trouble)
            try:
                with self._connection.begin():
                    return work(self._connection)
            except DBAPIError as error:
                self._notice(error)
                raise

    def _tend(self) -> None:
        self._checkpoint(self._cut_log)

    def _cut_log(self) -> None:
        if self._checkpoints.is_due() and not self.trouble:
            with self._turns.mine():
                self._checkpoints.make()

    def _copied(self, error: BaseException | None) -> None:
        """On the copier's thread. What failed is noted before anybody could try it again."""
        if error is not None:
            self._notice(error)
        with self._changed:
            self._checkpoints.copied()
            self._changed.notify()

    def _finish(self) -> None:
        """The last one who closes a file lets SQLite make a checkpoint, so that needs a turn, too."""
        with self._turns.mine():
            self._checkpoint(self._checkpoints.finish)
            self._connection.close()
            self._engine.dispose()

    def _checkpoint(self, make: Callable[[], None]) -> None:
        """A checkpoint that fails costs nothing now: the log is whole, and the next one tries again."""
        try:
            make()
        except (driver.module().Error, OSError) as error:
            self._notice(error)

    def _notice(self, error: BaseException) -> None:
        if is_beyond_repair(error):
            self._broken = f"the disk failed ({words_of(error)}); restart once it is sound"
            self._turns.warn(self._broken)
