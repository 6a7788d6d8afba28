"""The machine's clock jumps while somebody waits: nobody acts early or twice, and nothing stands still."""

from __future__ import annotations

import time
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from connector import bootstrap
from tests.faults.clocks import faked
from tests.faults.clocks.faked import Clock
from tests.faults.posting import download, post_once
from tests.faults.rig.campaign import Campaign, campaign
from tests.faults.rig.evidence import Waited
from tests.faults.rig.platforms import Platforms
from tests.faults.rig.posts import Act, paid
from tests.faults.rig.program import Loods
from tests.faults.rig.reading import wait_until_settled
from tests.faults.rig.report import Report

PEOPLE = 20
DAY = 86_400.0
PROMPTLY = 15.0
"""Seconds in which what is due has to happen, on a machine that does other things too."""

pytestmark = [pytest.mark.slow, pytest.mark.skipif(bool(faked.lacking()), reason=faked.lacking())]


@pytest.fixture
def clock(tmp_path: Path) -> Clock:
    """The clock of the process in the campaign."""
    return Clock(tmp_path)


@pytest.fixture
def run(installed: Loods, platforms: Platforms, clock: Clock) -> Iterator[Campaign]:
    """A campaign on each database, with a process that goes by the clock."""
    begun = campaign(installed, platforms)
    process = installed.starts(environment=clock.environment)
    yield begun
    process.kill()
    process.wait()
    begun.history.close()


def somebody_waits(run: Campaign, people: int) -> None:
    """So many come to wait for a minute."""
    for number in range(people):
        due = bootstrap.clock() + timedelta(seconds=60)
        assert post_once(run, download(number)).status == 202
        run.waited = (*run.waited, Waited(Act("create_task", f"Later waits{number}@example.com"), due))


def made(run: Campaign, beginning: str) -> int:
    """How many tasks with such a title HubSpot has."""
    return sum(one.act.subject.startswith(beginning) for one in run.platforms.effects())


def seconds_until(run: Campaign, beginning: str, count: int) -> float:
    """How long it takes until so many of them are there."""
    begun = time.monotonic()
    while made(run, beginning) < count:
        assert time.monotonic() - begun < PROMPTLY, f"{made(run, beginning)} of {count} «{beginning}…»"
        time.sleep(0.1)
    return time.monotonic() - begun


def goes_on(run: Campaign, number: int) -> None:
    """An order is taken and acted upon."""
    assert post_once(run, paid(number)).status == 200
    seconds_until(run, f"Pack {number}", 1)


def test_jumps_of_the_clock_make_nobody_act_early_or_twice_and_stop_nothing(
    run: Campaign, clock: Clock
) -> None:
    somebody_waits(run, PEOPLE)
    goes_on(run, 1_001)

    clock.is_set(-DAY)
    goes_on(run, 1_002)
    for step in (2.0, -2.0, 0.0, 2.0, -2.0, 0.0):
        clock.is_set(step)
        time.sleep(0.3)
    goes_on(run, 1_003)
    early = made(run, "Later")
    clock.is_set(30 * DAY)
    late = seconds_until(run, "Later", PEOPLE)
    wait_until_settled(run.loods.database)
    clock.is_set(0)
    goes_on(run, 1_004)
    verdict = run.verdict()

    assert early == 0
    assert late < PROMPTLY
    assert verdict.findings == (), Report("clock jumps", run.loods.database, run.nemesis.seed, 1, verdict)


def test_a_clock_that_goes_forth_and_back_brings_each_action_once(run: Campaign, clock: Clock) -> None:
    somebody_waits(run, PEOPLE)
    goes_on(run, 1_001)

    for _ in range(5):
        clock.is_set(58)
        time.sleep(run.nemesis.seconds(0.0, 0.4))
        clock.is_set(90)
        time.sleep(run.nemesis.seconds(0.0, 0.1))
        clock.is_set(-90)
        time.sleep(run.nemesis.seconds(0.0, 0.2))
    clock.is_set(DAY)
    seconds_until(run, "Later", PEOPLE)
    verdict = run.verdict()

    assert verdict.findings == (), Report("forth and back", run.loods.database, run.nemesis.seed, 5, verdict)
