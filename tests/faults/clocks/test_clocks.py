"""The machine's clock jumps while somebody waits: nobody acts early or twice, and nothing stands still."""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.faults.clocks import faked
from tests.faults.clocks.faked import Clock
from tests.faults.clocks.jumping import (
    DAY,
    forth_and_back,
    goes_on,
    made_before_due,
    somebody_waits,
    until_made,
)
from tests.faults.posting import download, post_once
from tests.faults.rig.campaign import Campaign, campaign
from tests.faults.rig.platforms import Platforms
from tests.faults.rig.program import Loods
from tests.faults.rig.reading import wait_until_settled
from tests.faults.rig.report import Report
from tests.patience import PATIENCE

PEOPLE, TIMES = 20, 5

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
    early = made_before_due(run)
    clock.is_set(30 * DAY)
    until_made(run, "Later", PEOPLE)
    wait_until_settled(run.loods.database)
    clock.is_set(0)
    goes_on(run, 1_004)
    verdict = run.verdict()

    assert early == 0
    assert verdict.findings == (), Report("clock jumps", run.loods.database, run.nemesis.seed, 1, verdict)


def test_a_clock_that_goes_forth_and_back_brings_each_action_once(run: Campaign, clock: Clock) -> None:
    forth_and_back(run, clock, PEOPLE, TIMES)
    verdict = run.verdict()

    assert verdict.findings == (), Report(
        "forth and back", run.loods.database, run.nemesis.seed, TIMES, verdict
    )


@pytest.mark.parametrize("by", [DAY, -DAY])
def test_what_a_clock_that_was_set_cannot_judge_is_asked_for_again(
    run: Campaign, clock: Clock, by: float
) -> None:
    before = post_once(run, download(1))

    clock.is_set(by)
    meanwhile = post_once(run, download(2))
    clock.is_set(0)
    again = post_once(run, download(2))

    assert [one.status for one in (before, meanwhile, again)] == [202, 503, 202]


@pytest.mark.parametrize("ahead", [3600, -3600])
def test_nothing_starts_an_hour_off_the_database_s_clock(
    on_postgres: Loods, clock: Clock, ahead: float
) -> None:
    clock.is_set(ahead)
    process = on_postgres.begins(environment=clock.environment)

    ended = process.wait(PATIENCE)

    assert ended != 0
    assert "the database server's" in on_postgres.log.read_text()
    assert "Nothing starts before they are within a minute" in on_postgres.log.read_text()
