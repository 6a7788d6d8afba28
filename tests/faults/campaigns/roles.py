"""`loods web` and `loods work` beside each other: put to sleep, ended by each signal, and replaced."""

from __future__ import annotations

import signal
from collections.abc import Iterator

from tests.faults.rig.asked import Asked
from tests.faults.rig.campaign import Campaign, campaign
from tests.faults.rig.program import Running
from tests.faults.rig.report import Report, recoveries
from tests.faults.roles import end_and_begin_again, prepare, roll, sleep_past_their_leases, web, workers

SIGNALS = (signal.SIGTERM, signal.SIGINT, signal.SIGQUIT, signal.SIGKILL)


def run(asked: Asked) -> Iterator[Report]:
    """As many ends and replacements as cycles, and a tenth as many sleeps."""
    for seed, cycles in asked.chapters(100):
        begun, serving, working = _begun(asked, seed, count=2)
        with begun.posting():
            sleep_past_their_leases(begun, working, max(1, cycles // 10))
        yield _reported(begun, "SIGSTOP past the lease", [serving, *working])
        begun, serving, working = _begun(asked, seed, count=2)
        with begun.posting():
            signals = [begun.nemesis.one_of(SIGNALS) for _ in range(cycles)]
            end_and_begin_again(begun, asked.zygote, working, signals)
        yield _reported(begun, "TERM, INT, QUIT, KILL of workers", [serving, *working])
        begun, serving, working = _begun(asked, seed, count=1)
        with begun.posting():
            serving = roll(begun, asked.zygote, serving, cycles)
        yield _reported(begun, "rolling restarts", [serving, *working])


def _begun(asked: Asked, seed: int, count: int) -> tuple[Campaign, Running, list[Running]]:
    begun = campaign(asked.installed("postgres"), asked.platforms, seed)
    prepare(begun, asked.zygote)
    serving = web(begun, asked.zygote)
    begun.loods.waits_until_up(serving)
    return begun, serving, workers(begun, asked.zygote, count)


def _reported(begun: Campaign, fault: str, processes: list[Running]) -> Report:
    verdict = begun.verdict(600)
    for process in processes:
        process.terminate()
        process.wait(40)
    begun.history.close()
    lines = begun.history.lines
    cycles = sum(line.said == "fault" for line in lines)
    failed = sum(line.said in {"fail", "info"} for line in lines)
    told = (f"failed sends {failed}",)
    return Report(fault, "postgres", begun.nemesis.seed, cycles, verdict, recoveries(lines), told)
