"""Deliveries at the door, gathered: what waits is committed together, and each is told what became of it."""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import Future
from dataclasses import dataclass, field
from itertools import chain
from threading import Condition, Thread, get_ident
from typing import Final, TypeAlias

from connector.errors import StoreError
from connector.failpoints import reach
from connector.model.delivery import Delivery
from connector.store.inbox import Received

Keep: TypeAlias = Callable[[Sequence[Delivery]], list[Received]]
"""Stores deliveries, all or none, and returns once they are on disk."""

Told: TypeAlias = Callable[[int, float], None]
"""Hears of a commit how many deliveries it had, and the seconds that it took."""

_LARGEST_GROUP: Final = 8 * 1024 * 1024
"""Bytes of bodies that one commit takes together; what is left waits for the next."""

HANGS_AFTER: Final = 0.1
"""Seconds after which a commit may hang, for all that is known."""

_MOST_COMMITS: Final = 64
"""That a group may take where something of it cannot be stored: one of a thousand is found with 21."""


@dataclass(frozen=True, slots=True)
class Receipt:
    """Deliveries at the door, and where the answer goes."""

    deliveries: Sequence[Delivery]
    answer: Future[list[Received]] = field(default_factory=Future)

    @property
    def size(self) -> int:
        """Bytes of bodies."""
        return sum(len(one.body) for one in self.deliveries)


def stand_in_line(waiting: deque[Receipt], receipt: Receipt) -> None:
    """Let it wait as the last. Who has given up, at the front, goes: a long wait must not fill the memory."""
    while waiting and waiting[0].answer.cancelled():
        waiting.popleft().answer.set_running_or_notify_cancel()
    waiting.append(receipt)


def next_group(waiting: deque[Receipt]) -> list[Receipt]:
    """Take what fits into one commit out of what waits; who has given up in the meantime is left out."""
    group: list[Receipt] = []
    room = _LARGEST_GROUP
    while waiting and (not group or waiting[0].size <= room):
        receipt = waiting.popleft()
        if receipt.answer.set_running_or_notify_cancel():
            group.append(receipt)
            room -= receipt.size
    return group


def keep_together(group: Sequence[Receipt], keep: Keep) -> bool:
    """One commit for all; where one of them cannot be stored, in halves, so that it fails alone.

    What hits them all fails all: a StoreError at once, and anything else after so many commits that it can
    lie with none of them. Says whether anything was stored.
    """
    left, commits, is_any_stored = [group], 0, False
    while left:
        some, commits = left.pop(), commits + 1
        try:
            _keep(some, keep)
        except Exception as error:
            if isinstance(error, StoreError) or commits == _MOST_COMMITS:
                _fail(chain(some, *left), error)
                break
            if len(some) > 1:
                left += [some[len(some) // 2 :], some[: len(some) // 2]]
            else:
                _fail(some, error)
        else:
            is_any_stored = True
    return is_any_stored


def _keep(group: Sequence[Receipt], keep: Keep) -> None:
    received = iter(keep([delivery for one in group for delivery in one.deliveries]))
    reach("received-after-commit")
    for one in group:
        one.answer.set_result([next(received) for _ in one.deliveries])


def _fail(group: Iterable[Receipt], error: Exception) -> None:
    for one in group:
        one.answer.set_exception(error)


def nobody(deliveries: int, seconds: float) -> None:
    """Nobody hears of it."""


def telling(keep: Keep, told: Told) -> Keep:
    """The same `keep`, of which somebody is told."""

    def kept(deliveries: Sequence[Delivery]) -> list[Received]:
        started = time.perf_counter()
        received = keep(deliveries)
        told(len(deliveries), time.perf_counter() - started)
        return received

    return kept


class Gatherer:
    """Threads of which one commits, again and again, all that waits; they begin with the first delivery.

    The next one goes on beside it only where a commit has taken `hangs_after` seconds: several small groups
    at a time cost more than one that is larger, but one that hangs must stop nobody.
    """

    def __init__(self, keep: Keep, threads: int, hangs_after: float = HANGS_AFTER) -> None:
        self._keep = keep
        self._hangs_after = hangs_after
        self._waiting: deque[Receipt] = deque()
        self._changed = Condition()
        self._begun: dict[int, float] = {}
        self._is_watched = False
        self._is_closing = False
        self._threads = [
            Thread(target=self._run, name=f"receipts-{number}", daemon=True) for number in range(threads)
        ]
        self._have_begun = False

    def receive(self, deliveries: Sequence[Delivery]) -> Future[list[Received]]:
        """Store deliveries with the next commit."""
        receipt = Receipt(deliveries)
        with self._changed:
            if self._is_closing:
                raise StoreError("the store is closed")
            self._begin()
            stand_in_line(self._waiting, receipt)
            if not (self._begun and self._is_watched):
                self._changed.notify()
        return receipt.answer

    def close(self) -> None:
        """Store what waits, then end."""
        with self._changed:
            self._is_closing = True
            self._changed.notify_all()
        if self._have_begun:
            for thread in self._threads:
                thread.join()

    def _begin(self) -> None:
        if not self._have_begun:
            self._have_begun = True
            for thread in self._threads:
                thread.start()

    def _run(self) -> None:
        while group := self._next():
            keep_together(group, self._keep)
            group.clear()
            with self._changed:
                del self._begun[get_ident()]
                if self._is_closing:
                    self._changed.notify_all()

    def _next(self) -> list[Receipt]:
        """What is to be stored, once it is this thread's turn; nothing at the end, when all is stored."""
        with self._changed:
            while self._waiting or not self._is_closing:
                if self._may_go_on() and (group := next_group(self._waiting)):
                    self._begun[get_ident()] = time.monotonic()
                    return group
                self._rest()
        return []

    def _may_go_on(self) -> bool:
        """Whether nobody commits, or all who do have been at it for so long that they may hang."""
        latest = max(self._begun.values(), default=None)
        return latest is None or time.monotonic() - latest >= self._hangs_after

    def _rest(self) -> None:
        """Until something changes. Beside one who commits, one other looks whether that takes long."""
        if not self._begun or self._is_watched:
            self._changed.wait()
            return
        self._is_watched = True
        self._changed.wait(self._hangs_after)
        self._is_watched = False
