"""`loods web` and `loods work` beside each other: put to sleep, ended by each signal, and replaced."""

from __future__ import annotations

import signal
from collections.abc import Iterator

from tests.faults.rig.asked import DATABASES, Asked
from tests.faults.rig.campaign import Campaign, campaign
from tests.faults.rig.program import Running
from tests.faults.rig.report import Report, recoveries
from tests.faults.roles import (
    end_and_begin_again,
    kill_receivers,
    prepare,
    roll,
    sleep_past_their_leases,
    web,
    workers,
)

SIGNALS = (signal.SIGTERM, signal.SIGINT, signal.SIGQUIT, signal.SIGKILL)


def run(asked: Asked) -> Iterator[Report]:
    """As many ends, replacements and deaths as cycles on each database, and a tenth as many sleeps."""
    for seed, cycles in asked.chapters(100):
        yield _sleeps(asked, seed, max(1, cycles // 10))
        for database in DATABASES:
            yield _ends(asked, database, (seed, cycles))
            yield _deaths(asked, database, (seed, cycles))
            yield _replacements(asked, database, (seed, cycles))


def rolling(asked: Asked) -> Iterator[Report]:
    """The replacements alone."""
    for chapter in asked.chapters(100):
        for database in DATABASES:
            yield _replacements(asked, database, chapter)


def _sleeps(asked: Asked, seed: int, times: int) -> Report:
    begun, serving, working = _begun(asked, "postgres", seed)
    with begun.posting():
        sleep_past_their_leases(begun, working, times)
    return _reported(begun, "SIGSTOP past the lease", [*serving, *working])


def _ends(asked: Asked, database: str, chapter: tuple[int, int]) -> Report:
    seed, cycles = chapter
    begun, serving, working = _begun(asked, database, seed)
    with begun.posting():
        signals = [begun.nemesis.one_of(SIGNALS) for _ in range(cycles)]
        end_and_begin_again(begun, asked.zygote, working, signals)
    return _reported(begun, "TERM, INT, QUIT, KILL of workers", [*serving, *working])


def _deaths(asked: Asked, database: str, chapter: tuple[int, int]) -> Report:
    seed, cycles = chapter
    begun, serving, working = _begun(asked, database, seed, receivers=2)
    with begun.posting():
        kill_receivers(begun, asked.zygote, serving, cycles)
        begun.loods.waits_until_up(serving[0])
    return _reported(begun, "KILL of receivers", [*serving, *working])


def _replacements(asked: Asked, database: str, chapter: tuple[int, int]) -> Report:
    seed, cycles = chapter
    begun, serving, working = _begun(asked, database, seed)
    with begun.posting():
        serving = [roll(begun, asked.zygote, serving[0], cycles)]
    return _reported(begun, "rolling restarts", [*serving, *working])


def _begun(
    asked: Asked, database: str, seed: int, receivers: int = 1
) -> tuple[Campaign, list[Running], list[Running]]:
    """On SQLite one works, on PostgreSQL two."""
    begun = campaign(asked.installed(database), asked.platforms, seed)
    prepare(begun, asked.zygote)
    serving = [web(begun, asked.zygote) for _ in range(receivers)]
    begun.loods.waits_until_up(serving[0])
    return begun, serving, workers(begun, asked.zygote, 1 if begun.loods.is_embedded else 2)


def _reported(begun: Campaign, fault: str, processes: list[Running]) -> Report:
    verdict = begun.verdict(600)
    for process in processes:
        process.terminate()
        process.wait(40)
    begun.history.close()
    lines = begun.history.lines
    cycles = sum(line.said == "fault" for line in lines)
    failed = [line.told for line in lines if line.said in {"fail", "info"}]
    later = sum(told in {"429", "503"} for told in failed)
    told = (f"failed sends {len(failed)}, {later} of which were told to come again",)
    database = "sqlite" if begun.loods.is_embedded else "postgres"
    return Report(fault, database, begun.nemesis.seed, cycles, verdict, recoveries(lines), told)
