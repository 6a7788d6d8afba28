"""Looks at the whole every few seconds, so that neither a scrape nor a health check asks the database.

What stands still is told by what waits first: where that is the same for long, nobody takes it, in whatever
process those live who should. So a process that only receives knows of workers elsewhere.
"""

from __future__ import annotations

import logging
import shutil
import time
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Final

from connector.errors import StoreError
from connector.runtime.bell import Bell
from connector.store import cursors, habits, months, outbox, queues, stops
from connector.store.cursors import Asked, Named
from connector.store.database import Store, Transaction
from connector.store.habits import Habit
from connector.store.queues import Line, Queues
from connector.telemetry.clocks import Clocks, Reading
from connector.telemetry.silence import SOONEST, silence

log = logging.getLogger(__name__)

PAUSE: Final = 5.0
"""Seconds between two looks."""

_NOTED_EVERY: Final = timedelta(minutes=1)
_LEARNED_EVERY: Final = timedelta(minutes=10)


@dataclass(frozen=True, slots=True)
class Connections:
    """The connections of the live mapping that are listened to, and those that act."""

    listening: Collection[str]
    acting: Collection[str]


@dataclass(frozen=True, slots=True)
class Seen:
    """What was seen `at` a moment. `still` has, by queue, since when the same one has waited first.

    `quiet` says of connections why their silence is implausible; `free` are the bytes of an embedded
    database's disk; `clock` is what is to be said of ours. Of the tables `with_rest` something is in no
    month. `asked` has what platforms are asked for, and when it was last read to its end.
    """

    at: datetime
    queues: Queues
    still: Mapping[str, datetime] = field(default_factory=dict)
    paused: Mapping[str, datetime] = field(default_factory=dict)
    is_stopped: bool = False
    quiet: Mapping[str, str] = field(default_factory=dict)
    last: Mapping[str, datetime] = field(default_factory=dict)
    free: int | None = None
    clock: Reading = field(default_factory=Reading)
    with_rest: tuple[str, ...] = ()
    asked: Mapping[Named, Asked] = field(default_factory=dict)


class Lookout:
    """One thread calls `step`; any may ask what was seen.

    `came` says how many deliveries each connection has brought since the process began, and was asked for
    first when that was nothing.
    """

    def __init__(
        self,
        store: Store,
        connections: Callable[[], Connections],
        came: Callable[[], Mapping[str, int]],
        clock: Callable[[], datetime],
        clocks: Clocks,
        folder: Path | None = None,
    ) -> None:
        self.bell = Bell()
        self._store = store
        self._connections = connections
        self._came = came
        self._clock = clock
        self.clocks = clocks
        self._folder = folder
        self._began_at = clock()
        self._noted: Mapping[str, int] = {}
        self._noted_at = self._learned_at = self._began_at - _LEARNED_EVERY
        self._habits: Mapping[str, Habit] = {}
        self._with_rest: tuple[str, ...] = ()
        self._firsts: dict[str, tuple[str, datetime]] = {}
        self._seen: Seen | None = None
        self._looked_at = 0.0

    @property
    def seen(self) -> Seen | None:
        """What was seen last; None where the database could not be looked at yet."""
        return self._seen

    @property
    def seconds_ago(self) -> float:
        """How long ago the last look went well."""
        return time.monotonic() - self._looked_at

    def step(self) -> int:
        """Look, and write down what came; 0, for there is no hurry. A database that is away is no fault."""
        now = self._clock()
        try:
            self._note(now)
            with self._store.reading() as tx:
                self._seen = self._look(tx, now)
        except StoreError as error:
            log.warning("the database cannot be looked at: %s", error)
            return 0
        self._looked_at = time.monotonic()
        return 0

    def _note(self, now: datetime) -> None:
        if not _is_time(now - self._noted_at, _NOTED_EVERY):
            return
        came = dict(self._came())
        new = {name: count - self._noted.get(name, 0) for name, count in came.items()}
        if any(new.values()):
            self._store.write(lambda tx: habits.note(tx, new, now))
        self._noted, self._noted_at = came, now

    def _look(self, tx: Transaction, now: datetime) -> Seen:
        connections = self._connections()
        found = queues.look(tx, connections.acting, now)
        last = habits.last_seen(tx)
        self._learn(tx, now)
        return Seen(
            at=now,
            queues=found,
            still=self._still(found, now),
            paused={name: since for name, (since, _) in outbox.paused(tx).items()},
            is_stopped=bool(stops.stopped(tx)),
            quiet=self._quiet(connections.listening, last, now),
            last=last,
            clock=self.clocks.look(tx),
            with_rest=self._with_rest,
            asked=cursors.asked(tx),
            free=shutil.disk_usage(self._folder).free if self._folder else None,
        )

    def _learn(self, tx: Transaction, now: datetime) -> None:
        if _is_time(now - self._learned_at, _LEARNED_EVERY):
            self._habits, self._with_rest = habits.remembered(tx), months.with_rest(tx)
            self._learned_at = now

    def _still(self, found: Queues, now: datetime) -> dict[str, datetime]:
        """Since when each queue has had the same at its head, as far as we have looked."""
        lines = {"inbox": found.inbox, "looks": found.looks}
        lines |= {f"outbox {name}": line for name, line in found.outbox.items()}
        self._firsts = {name: self._first(name, line, now) for name, line in lines.items() if line.first}
        return {name: since for name, (_, since) in self._firsts.items()}

    def _first(self, name: str, line: Line, now: datetime) -> tuple[str, datetime]:
        head = f"{line.first} {line.since}"
        before = self._firsts.get(name)
        return before if before is not None and before[0] == head and before[1] <= now else (head, now)

    def _quiet(
        self, listening: Collection[str], last: Mapping[str, datetime], now: datetime
    ) -> dict[str, str]:
        """Those that are silent against their habit; nobody is while we may have been deaf ourselves."""
        if now - self._began_at < SOONEST:
            return {}
        known = {name: one for name, one in self._habits.items() if name in listening}
        said = {name: silence(_until(one, last.get(name)), now) for name, one in sorted(known.items())}
        return {name: why for name, why in said.items() if why}


def _is_time(passed: timedelta, every: timedelta) -> bool:
    """Whether so much has passed since the last time, or the clock was set back."""
    return passed >= every or passed < timedelta(0)


def _until(habit: Habit, last_at: datetime | None) -> Habit:
    return replace(habit, last_at=last_at) if last_at is not None and last_at > habit.last_at else habit
