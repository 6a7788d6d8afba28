"""People who wait by a clock that jumps, and what has to come of it."""

from __future__ import annotations

import time
from datetime import timedelta
from typing import Final

from connector import bootstrap
from tests.faults.clocks.faked import Clock
from tests.faults.posting import download, post_once
from tests.faults.rig.campaign import Campaign
from tests.faults.rig.evidence import Waited
from tests.faults.rig.posts import Act, paid
from tests.patience import until

DAY: Final = 86_400.0


def somebody_waits(run: Campaign, people: int) -> None:
    """So many come to wait for a minute."""
    for number in range(people):
        due = bootstrap.clock() + timedelta(seconds=60)
        assert post_once(run, download(number)).status == 202
        run.waited = (*run.waited, Waited(Act("create_task", f"Later waits{number}@example.com"), due))


def made(run: Campaign, beginning: str) -> int:
    """How many tasks with such a title HubSpot has."""
    return sum(one.act.subject.startswith(beginning) for one in run.platforms.effects())


def made_before_due(run: Campaign) -> int:
    """How many tasks of those who wait were made, by the true clock, before the first of them was due."""
    count = made(run, "Later")
    return count if bootstrap.clock() < run.waited[0].due else 0


def until_made(run: Campaign, beginning: str, count: int) -> None:
    """Wait until so many of them are there."""
    assert until(lambda: made(run, beginning) >= count, pause=0.1), (
        f"{made(run, beginning)} of {count} «{beginning}…»"
    )


def goes_on(run: Campaign, number: int) -> None:
    """An order is taken and acted upon."""
    assert post_once(run, paid(number)).status == 200
    until_made(run, f"Pack {number}", 1)


def forth_and_back(run: Campaign, clock: Clock, people: int, times: int) -> None:
    """The clock goes over the moment for which people wait, and back, so many times; a day later all act."""
    somebody_waits(run, people)
    goes_on(run, 1_001)
    for _ in range(times):
        clock.is_set(58)
        time.sleep(run.nemesis.seconds(0.0, 0.4))
        clock.is_set(90)
        time.sleep(run.nemesis.seconds(0.0, 0.1))
        clock.is_set(-90)
        time.sleep(run.nemesis.seconds(0.0, 0.2))
    clock.is_set(DAY)
    until_made(run, "Later", people)
