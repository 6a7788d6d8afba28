"""kill -9 of `loods run` at any moment and at each place between two side effects, on each database.

Nothing acknowledged is lost, nothing happens twice but what is recorded as unknown, and it comes back; how
soon, the report says.
"""

from __future__ import annotations

import signal

import pytest

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
from tests.faults.rig.campaign import campaign
from tests.faults.rig.platforms import Platforms
from tests.faults.rig.program import Loods, Zygote
from tests.faults.rig.report import Report, recoveries
from tests.faults.waiting import people_wait
from tests.patience import PATIENCE

KILLS = 40
PAIRS = 6
RATE = 15.0
"""Posts a second: some are under way at every kill, and all of them settle soon afterwards."""


def database_of(loods: Loods) -> str:
    """Its kind, for the report."""
    return loods.database.partition(":")[0]


@pytest.mark.slow
def test_kills_lose_nothing_and_double_nothing(
    installed: Loods, platforms: Platforms, zygote: Zygote
) -> None:
    run = campaign(installed, platforms)
    people_wait(run, 16, seconds=10)

    with run.posting(rate=RATE):
        missed = die_looking(run, zygote)
        killed_at_random(run, zygote, KILLS)
        missed += die_at_each(run, zygote, [*BY_POSTS, *sorted(ON_EDITS), *AFTER])
        for _ in range(PAIRS):
            first, second = run.nemesis.some(BY_POSTS, 2)
            dies_at(run, zygote, first)
            dies_at(run, zygote, second)
            killed_at_random(run, zygote, 1)
        missed += die_in_doubt(run, zygote)
        process = run.loods.starts(starter=zygote)
    verdict = run.verdict(240)
    run.history.close()
    process.send_signal(signal.SIGTERM)
    ended = process.wait(PATIENCE)

    back = recoveries(run.history.lines)
    cycles = sum(line.said == "fault" for line in run.history.lines)
    report = Report("kill -9", database_of(installed), run.nemesis.seed, cycles, verdict, back)
    print(report)  # noqa: T201 - the figures are what is asked for
    assert verdict.acknowledged > 0, report
    assert verdict.findings == (), report
    assert missed == [], report
    assert ended == 0, installed.log.read_text()
    assert back, report
