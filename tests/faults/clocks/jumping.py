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

DAY: Final = 86_400.0
PROMPTLY: Final = 30.0
"""Seconds in which what is due has to happen, on a machine that does other things too."""


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
    seconds_until(run, "Later", people)
