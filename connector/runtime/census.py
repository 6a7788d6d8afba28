"""Finds out what is usual among all contacts, a page at a time, and lets the live mapping know it.

The census is taken once a day, and when a mapping asks otherwise; in at most a twentieth of the time. Pages
are only read, so nobody waits for them. How far it has come is written down once a minute: from there the
next process takes it up, and of several only one takes it. All contacts are counted as of its begin.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Final

from connector.journey.census import Census, asked
from connector.mapping.mapping import Mapping
from connector.mapping.norms import Norms
from connector.model.ids import new_id
from connector.runtime.live import Live
from connector.store import contacts, norms
from connector.store.database import Store, Transaction
from connector.store.norms import Begun

log = logging.getLogger(__name__)

EVERY: Final = timedelta(days=1)
LOOK_EVERY: Final = timedelta(minutes=1)
GIVEN_UP_AFTER: Final = timedelta(minutes=5)
"""Without a word from a worker for so long, another takes its census up."""

PAGE: Final = 200
"""Contacts that are held at once: a page takes some hundredths of a second, and about a megabyte."""

RESTS: Final = 19
"""How many times as long as it worked it rests."""


@dataclass(slots=True)
class _Pass:
    """A census in hand."""

    asked: str
    began_at: datetime
    after: str = ""
    seen: int = 0
    census: Census = field(default_factory=Census)
    told_at: datetime | None = None


class CensusTaker:
    """One thread calls `follow` and `step`; both return at once where there is nothing to do."""

    def __init__(self, store: Store, live: Live, clock: Callable[[], datetime]) -> None:
        self._store = store
        self._live = live
        self._clock = clock
        self._name = new_id(clock())
        self._looked_at: datetime | None = None
        self._rest: tuple[datetime, datetime] | None = None
        self._pass: _Pass | None = None

    def follow(self) -> None:
        """Let the live mapping know what was last found, by whichever process; looked up once a minute."""
        now = self._clock()
        if self._looked_at is not None and self._looked_at <= now < self._looked_at + LOOK_EVERY:
            return
        with self._store.reading() as tx:
            found = norms.stored(tx)
        self._live.know(found)
        self._looked_at = now

    def step(self, mapping: Mapping) -> None:
        """Count one page of contacts, where it is time and the mapping asks what is usual among them."""
        now = self._clock()
        if not mapping.needs_norms or self._rests(now):
            return
        wanted = asked(mapping)
        if _is_fresh(mapping.norms, wanted, now):
            return
        one = self._in_hand(wanted, now)
        if one is None:
            return
        is_last, seconds = self._page(mapping, one)
        self._rest = now, now + RESTS * timedelta(seconds=seconds)
        if is_last:
            self._finish(mapping, one, now)
        elif one.told_at is None or not one.told_at <= now < one.told_at + LOOK_EVERY:
            self._tell(one, now)

    def _rests(self, now: datetime) -> bool:
        """Whether it is not its turn; a clock that was set back lets nobody rest for ever."""
        return self._rest is not None and self._rest[0] <= now < self._rest[1]

    def _in_hand(self, wanted: str, now: datetime) -> _Pass | None:
        """The census to go on with: ours, one that somebody has left, or a new one.

        None where another process takes it, or has just done so.
        """
        if self._pass is not None and _is_same(self._pass, wanted, now):
            return self._pass
        with self._store.reading() as tx:
            found, left = norms.stored(tx), norms.begun(tx)
        if _is_fresh(found, wanted, now):
            self._live.know(found)
            return None
        if left is None or not _is_same(left, wanted, now):
            self._pass = _Pass(wanted, now)
        elif left.worker != self._name and left.told_at > now - GIVEN_UP_AFTER:
            self._rest = now, now + LOOK_EVERY
            return None
        else:
            census = Census.of_json(left.counts)
            self._pass = _Pass(wanted, left.began_at, left.after, left.seen, census)
        return self._pass

    def _page(self, mapping: Mapping, one: _Pass) -> tuple[bool, float]:
        """Count the next page; whether it is the last, and how many seconds it took."""
        started = time.monotonic()
        with self._store.reading() as tx:
            ids = contacts.page(tx, one.after, PAGE)
            people = contacts.peek(tx, ids)
        for contact in people.values():
            try:
                one.census.count(mapping, contact, one.began_at)
            except Exception:  # a rule of ours broke on this contact: the others count
                log.exception("contact %s does not count for what is usual", contact.id)
        one.after, one.seen = ids[-1] if ids else one.after, one.seen + len(ids)
        return len(ids) < PAGE, time.monotonic() - started

    def _tell(self, one: _Pass, now: datetime) -> None:
        """Write down how far it has come; where another has taken it up, it is theirs."""
        row = self._row(one, now)
        if self._store.write(lambda tx: norms.tell(tx, row, now - GIVEN_UP_AFTER)):
            one.told_at = now
        else:
            self._pass = None

    def _finish(self, mapping: Mapping, one: _Pass, now: datetime) -> None:
        """Everybody is counted: write down what is usual, and let it be known."""
        row, found = self._row(one, now), one.census.norms(mapping, one.began_at)
        if self._store.write(lambda tx: _end(tx, row, found, now)):
            self._live.know(found)
            log.info("what is usual was found among %d contacts, %d buyers", one.seen, found.buyers)
        self._pass = None

    def _row(self, one: _Pass, now: datetime) -> Begun:
        return Begun(one.asked, one.began_at, one.after, one.seen, one.census.as_json(), self._name, now)


def _end(tx: Transaction, row: Begun, found: Norms, now: datetime) -> bool:
    if not norms.tell(tx, row, now - GIVEN_UP_AFTER):
        return False
    norms.store(tx, found)
    norms.finish(tx)
    return True


def _is_fresh(found: Norms, wanted: str, now: datetime) -> bool:
    """Whether these are norms of what is wanted, and of today."""
    return found.at is not None and found.asked == wanted and found.at <= now < found.at + EVERY


def _is_same(one: _Pass | Begun, wanted: str, now: datetime) -> bool:
    """Whether to go on with a census: of what is wanted, and of today."""
    return one.asked == wanted and one.began_at <= now < one.began_at + EVERY
