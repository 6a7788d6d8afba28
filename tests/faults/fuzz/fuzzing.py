"""A run: so many requests from a seed, judged in parcels, each database young."""

from __future__ import annotations

import gc
import logging
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from random import Random
from typing import TypeAlias

from connector import bootstrap
from connector.bootstrap import System
from connector.bootstrap.house import house
from connector.bootstrap.memory import share_memory
from connector.settings import read_settings
from tests.faults.fuzz.door import ask
from tests.faults.fuzz.judging import Exchange, not_decided, not_kept, wrong
from tests.faults.fuzz.memory import growth, resident
from tests.faults.fuzz.senders import request
from tests.faults.fuzz.sent import PUBLIC_URL, SECRET, Sent
from webhooks.front import Front
from webhooks.message import Answer

MAPPING = Path(__file__).parent / "mapping"
PARCEL = 500
"""Requests between two looks into the database."""

CHAPTER = 50_000
"""Requests for which one database is used: bodies are up to a megabyte large."""

SAMPLED = 2_000
"""Requests between two looks at the memory."""

GROWTH = 20 * 1024 * 1024
"""Bytes by which the process may grow, once it has been warm."""

MEMORY = Path("/dev/shm")  # noqa: S108 - memory, where there is some: the disk is not what is tried


@dataclass(frozen=True, slots=True)
class Plan:
    """Which requests: `first` and so many after it, of a seed."""

    seed: int
    count: int
    first: int = 0


@dataclass(slots=True)
class Outcome:
    """What a run has seen."""

    asked: int = 0
    statuses: Counter[int] = field(default_factory=Counter)
    slowest: float = 0.0
    samples: list[int] = field(default_factory=list)
    seconds: float = 0.0
    wrongs: list[str] = field(default_factory=list)

    def notes(self, one: Exchange) -> None:
        """Count an answer, and what is wrong with it."""
        self.asked += 1
        self.statuses[one.answer.status] += 1
        self.slowest = max(self.slowest, one.seconds)
        self.wrongs += wrong(one)

    @property
    def grown(self) -> int:
        """Bytes by which the process has grown since it was warm."""
        return growth(self.samples)

    @property
    def is_well(self) -> bool:
        """Whether every request was answered as promised, in memory that stays."""
        return not self.wrongs and self.grown < GROWTH


GoesOn: TypeAlias = Callable[[Outcome], bool]
"""Asked after each parcel whether another shall follow."""


def run(plan: Plan, goes_on: GoesOn = lambda outcome: True) -> Outcome:
    """Ask them all. Stops at the end of the first parcel in which something is wrong."""
    outcome = Outcome()
    share_memory()
    logging.disable(logging.CRITICAL)
    begun, end = time.monotonic(), plan.first + plan.count
    for first in range(plan.first, end, CHAPTER):
        if not _chapter(plan.seed, range(first, min(first + CHAPTER, end)), outcome, goes_on):
            break
    outcome.seconds = time.monotonic() - begun
    logging.disable(logging.NOTSET)
    return outcome


def _chapter(seed: int, numbers: range, outcome: Outcome, goes_on: GoesOn) -> bool:
    """Whether another shall follow."""
    with young() as system, closing(house(system)) as front:
        for parcel in range(numbers.start, numbers.stop, PARCEL):
            _take(system, front, (seed, range(parcel, min(parcel + PARCEL, numbers.stop))), outcome)
            if outcome.asked % SAMPLED == 0:
                outcome.samples.append(resident())
            if outcome.wrongs or not goes_on(outcome):
                return False
    return True


@contextmanager
def young() -> Iterator[System]:
    """A Loods on an empty database, none of whose threads runs."""
    with tempfile.TemporaryDirectory(dir=MEMORY if MEMORY.is_dir() else None) as folder:
        environment = {
            "LOODS_MAPPINGS": str(MAPPING),
            "DATABASE_URL": f"sqlite:///{folder}/loods.db",
            "PUBLIC_URL": PUBLIC_URL,
            "FUZZ_SECRET": SECRET,
        }
        system = bootstrap.build(read_settings(environment))
        yield system
        system.store.close()


def made(seed: int, number: int, now: datetime) -> Sent:
    """The request of this number, the same for the same seed but for the time at which it is signed."""
    return request(Random(f"{seed}:{number}"), int(now.timestamp()))


def _take(system: System, front: Front, asked: tuple[int, range], outcome: Outcome) -> None:
    seed, numbers = asked
    some = [_exchanged(front, number, made(seed, number, bootstrap.clock())) for number in numbers]
    for one in some:
        outcome.notes(one)
    outcome.wrongs += not_kept(system.store, some)
    while system.processor.step():
        pass
    outcome.wrongs += not_decided(system.store, some)


def _exchanged(front: Front, number: int, sent: Sent) -> Exchange:
    """What was answered, and how much processor time it took, without that of collecting others' garbage."""
    gc.disable()
    begun = time.process_time()
    try:
        answer = ask(front, sent)
    except Exception as error:
        answer = Answer(599, repr(error).encode())
    seconds = time.process_time() - begun
    gc.enable()
    return Exchange(number, sent, answer, seconds)
