"""Lets go of what has been kept long enough, beside the work: small pages, and rests between them."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable, Sequence
from datetime import datetime
from functools import partial
from typing import Final, TypeVar

from connector.errors import StoreError
from connector.failpoints import reach
from connector.model.keep import Keep
from connector.store import echoes, failings, habits, history, months, tallies
from connector.store.database import Store, Transaction
from connector.store.retention import SHELVES, Place, Shelf

T = TypeVar("T")
log = logging.getLogger(__name__)

A_PAGE: Final = 200
"""Rows: some 10 ms of SQLite's one writer for deliveries of 4 KB, and receipts come between two pages."""

SHORTEST_REST: Final = 0.01
"""Seconds; behind a page that took longer the rest is as long as the page, so half of the time is free."""

TRIES: Final = 5
"""At a month that others are using; then it waits for the next pass."""

BETWEEN_TRIES: Final = 0.5
"""Seconds."""

_SMALL: Final[Sequence[Callable[..., int]]] = (
    history.drop_older,
    tallies.drop_older,
    failings.drop_older,
    echoes.drop_older,
    habits.drop_older,
)


class Retention:
    """One pass after another, each by `run`; `stop` ends it behind the page that is under way."""

    def __init__(self, store: Store, clock: Callable[[], datetime], keep: Keep) -> None:
        self._store = store
        self._clock = clock
        self._keep = keep
        self._stopping = threading.Event()

    def stop(self) -> None:
        """Begin no further page."""
        self._stopping.set()

    def run(self) -> None:
        """Let go of all that is old enough by now. Where it is broken off, the next pass goes on."""
        now = self._clock()
        self.make_months()
        self._drop_months(now)
        for shelf in SHELVES:
            self._clear(shelf, now)
        for drop in _SMALL:
            while self._gently(partial(drop, now=now, limit=A_PAGE)):
                pass

    def make_months(self) -> None:
        """Make the months to come, where the database has any; those that others hold up come next time."""
        now = self._clock()
        for month in self._months(lambda tx: months.missing(tx, now)):
            if self._change(partial(months.make, month=month)):
                log.info("made %s", month.name)

    def _drop_months(self, now: datetime) -> None:
        for month in self._months(lambda tx: months.over(tx, self._keep, now)):
            if self._change(partial(months.drop, month=month, keep=self._keep, now=now)):
                reach("month-dropped-after-commit")
                log.info("dropped %s: all of it had been kept long enough", month.name)

    def _months(self, which: Callable[[Transaction], list[months.Month]]) -> list[months.Month]:
        with self._store.reading() as tx:
            return which(tx) if months.may_change(tx) else []

    def _change(self, work: Callable[[Transaction], bool]) -> bool:
        """Whether a month was made or dropped; False also where others held it up each time."""
        for _ in range(TRIES):
            try:
                return self._store.write(work)
            except StoreError as error:
                log.info("the months wait: %s", error)
            if self._stopping.wait(BETWEEN_TRIES):
                break
        return False

    def _clear(self, shelf: Shelf, now: datetime) -> None:
        after: Place | None = None
        here = partial(shelf.page, keep=self._keep, now=now, limit=A_PAGE)
        while page := self._gently(partial(here, after=after)):
            after = page.last
            if after is None:
                break

    def _gently(self, work: Callable[[Transaction], T]) -> T | None:
        """What a page has come to, after a rest; None where no further one is wanted."""
        if self._stopping.is_set():
            return None
        began = time.monotonic()
        outcome = self._store.write(partial(_reaching, work))
        reach("aged-after-commit")
        self._stopping.wait(max(SHORTEST_REST, time.monotonic() - began))
        return outcome


def _reaching(work: Callable[[Transaction], T], tx: Transaction) -> T:
    """The same work; behind it is a place at which a test lets the program break."""
    outcome = work(tx)
    reach("aged-before-commit")
    return outcome
