"""kill -9 of `loods run`: at random, and at each place between two side effects, in pairs."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from itertools import islice, product
from typing import Final

from tests.faults.keeping import (
    dies_while_a_copy_is_made,
    dies_while_a_copy_takes_its_place,
    dies_while_old_things_go,
)
from tests.faults.killing import (
    AFTER,
    BY_POSTS,
    ON_EDITS,
    die_at_each,
    die_in_doubt,
    die_looking,
    dies_at,
    killed_at_random,
)
from tests.faults.rig.asked import DATABASES, Asked
from tests.faults.rig.campaign import Campaign, campaign
from tests.faults.rig.checker import Finding, Verdict
from tests.faults.rig.program import Running, cold
from tests.faults.rig.report import Report, recoveries
from tests.faults.waiting import people_wait

CHAPTER: Final = 100
"""Kills on one database: the sandbox's memory of all calls is read at the end of each."""

COLD: Final = 20
"""Kills after which the process starts as systemd starts it, and imports everything anew."""

WAITERS: Final = 16


def run(asked: Asked) -> Iterator[Report]:
    """So many kills at random on each database, then each place, all pairs of places, and cold starts."""
    for database in DATABASES:
        for seed, cycles in asked.chapters(CHAPTER):
            begun = _begun(asked, database, seed)
            with begun.posting():
                killed_at_random(begun, asked.zygote, cycles)
                process = begun.loods.starts(starter=asked.zygote)
            yield _reported(begun, "kill -9 at random", database, process)
        yield from _places(asked, database)
        yield _cold(asked, database)
        yield from _keeping(asked, database)


def _keeping(asked: Asked, database: str) -> Iterator[Report]:
    """Deaths while old things go, and on SQLite while a backup is made or restored."""
    kinds = {"while old things go": dies_while_old_things_go}
    if database == "sqlite":
        kinds["while a backup is made"] = partial(dies_while_a_copy_is_made, starter=asked.zygote)
        kinds["while a backup is restored"] = partial(dies_while_a_copy_takes_its_place, starter=asked.zygote)
    for when, dies in kinds.items():
        wrong = tuple(Finding("unexpected", when, words) for words in dies(asked.installed(database)))
        yield Report(f"kill -9 {when}", database, asked.seed, 1, Verdict(0, 0, 0, wrong))


def _places(asked: Asked, database: str) -> Iterator[Report]:
    begun = _begun(asked, database, asked.seed)
    with begun.posting():
        missed = die_looking(begun, asked.zygote)
        missed += die_at_each(begun, asked.zygote, [*BY_POSTS, *sorted(ON_EDITS), *AFTER])
        missed += die_in_doubt(begun, asked.zygote)
        process = begun.loods.starts(starter=asked.zygote)
    told = f"places not reached: {', '.join(missed) or 'none'}"
    yield _reported(begun, "kill -9 at each place", database, process, told)
    pairs = product(BY_POSTS, BY_POSTS)
    while some := list(islice(pairs, CHAPTER // 2)):
        begun = _begun(asked, database, asked.seed)
        with begun.posting():
            for pair in some:
                for name in pair:
                    dies_at(begun, asked.zygote, name)
                killed_at_random(begun, asked.zygote, 1)
            process = begun.loods.starts(starter=asked.zygote)
        yield _reported(begun, "kill -9 at pairs of places", database, process)


def _cold(asked: Asked, database: str) -> Report:
    begun = _begun(asked, database, asked.seed)
    with begun.posting():
        killed_at_random(begun, cold, COLD)
        process = begun.loods.starts(starter=cold)
    return _reported(begun, "kill -9, cold starts", database, process)


def _begun(asked: Asked, database: str, seed: int) -> Campaign:
    begun = campaign(asked.installed(database), asked.platforms, seed)
    people_wait(begun, WAITERS, seconds=10)
    return begun


def _reported(begun: Campaign, fault: str, database: str, process: Running, *told: str) -> Report:
    verdict = begun.verdict(600)
    process.terminate()
    process.wait(40)
    begun.history.close()
    lines = begun.history.lines
    cycles = sum(line.said == "fault" for line in lines)
    return Report(fault, database, begun.nemesis.seed, cycles, verdict, recoveries(lines), told)
