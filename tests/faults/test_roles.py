"""Several processes on one database: who sleeps past a lease commits nothing, who leaves drops nothing."""

from __future__ import annotations

import signal
import time

import pytest

from tests.faults.rig.campaign import Campaign, campaign
from tests.faults.rig.platforms import Platforms
from tests.faults.rig.program import Loods, Running, Zygote
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
from tests.patience import PATIENCE

SLEEPS = 4
ROLLS = 4
KILLS = 8
RATE = 12.0
"""Posts a second: what is asked is order, not speed."""


def judged(run: Campaign, fault: str, cycles: int, processes: list[Running]) -> Report:
    """What came of it, once all has settled and the processes have ended well."""
    verdict = run.verdict(240)
    run.history.close()
    for process in processes:
        process.terminate()
    ends = [process.wait(PATIENCE) for process in processes]
    back = recoveries(run.history.lines)
    database = "sqlite" if run.loods.is_embedded else "postgres"
    report = Report(fault, database, run.nemesis.seed, cycles, verdict, back)
    print(report)  # noqa: T201 - the figures are what is asked for
    assert set(ends) == {0}, run.loods.log.read_text()
    assert verdict.acknowledged > 0, report
    return report


@pytest.fixture
def run(installed: Loods, platforms: Platforms, zygote: Zygote) -> Campaign:
    """An installation that is migrated and published, on either database."""
    made = campaign(installed, platforms)
    prepare(made, zygote)
    return made


def at_work(run: Campaign) -> int:
    """How many work at once: on SQLite one may."""
    return 1 if run.loods.is_embedded else 2


@pytest.mark.slow
@pytest.mark.parametrize("installed", ["postgres"], indirect=True)
def test_a_worker_that_sleeps_past_its_lease_commits_nothing(run: Campaign, zygote: Zygote) -> None:
    serving, working = web(run, zygote), workers(run, zygote, 2)
    run.loods.waits_until_up(serving)

    with run.posting(rate=RATE):
        sleep_past_their_leases(run, working, SLEEPS)

    report = judged(run, "SIGSTOP past the lease", SLEEPS, [serving, *working])
    assert report.verdict.findings == (), report


@pytest.mark.slow
def test_workers_that_end_by_any_signal_lose_nothing(run: Campaign, zygote: Zygote) -> None:
    serving, working = web(run, zygote), workers(run, zygote, at_work(run))
    run.loods.waits_until_up(serving)
    signals = [signal.SIGTERM, signal.SIGINT, signal.SIGQUIT, *[signal.SIGKILL] * KILLS]

    with run.posting(rate=RATE):
        ends = end_and_begin_again(run, zygote, working, signals)

    report = judged(run, "TERM, INT, QUIT, KILL of workers", len(signals), [serving, *working])
    assert report.verdict.findings == (), report
    assert [end for one, end in ends if one in {signal.SIGTERM, signal.SIGINT}] == [0, 0]


@pytest.mark.slow
def test_receivers_that_take_over_from_each_other_fail_no_sender(run: Campaign, zygote: Zygote) -> None:
    serving, working = web(run, zygote), workers(run, zygote, 1)
    run.loods.waits_until_up(serving)

    with run.posting(rate=RATE):
        serving = roll(run, zygote, serving, ROLLS)
        time.sleep(0.5)

    report = judged(run, "rolling restarts", ROLLS, [serving, *working])
    failed = [line for line in run.history.lines if line.said in {"fail", "info"}]
    assert report.verdict.findings == (), report
    assert failed == [], failed


@pytest.mark.slow
def test_receivers_that_are_killed_lose_nothing_that_they_acknowledged(run: Campaign, zygote: Zygote) -> None:
    serving = [web(run, zygote), web(run, zygote)]
    working = workers(run, zygote, at_work(run))
    run.loods.waits_until_up(serving[0])

    with run.posting(rate=4 * RATE):
        kill_receivers(run, zygote, serving, KILLS)
        run.loods.waits_until_up(serving[0])

    report = judged(run, "KILL of receivers", KILLS, [*serving, *working])
    assert report.verdict.findings == (), report
