"""The clock goes over the moment for which people wait, and back: each acts once."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from tests.faults.clocks import faked
from tests.faults.clocks.faked import Clock
from tests.faults.clocks.jumping import forth_and_back
from tests.faults.rig.asked import DATABASES, Asked
from tests.faults.rig.campaign import campaign
from tests.faults.rig.report import Report

CHAPTER: Final = 20
PEOPLE: Final = 50


def run(asked: Asked) -> Iterator[Report]:
    """So many jumps on each database. Raises LookupError where no clock can be set."""
    if faked.lacking():
        raise LookupError(faked.lacking())
    for database in DATABASES:
        for seed, times in asked.chapters(CHAPTER):
            yield _chapter(asked, database, seed, times)


def _chapter(asked: Asked, database: str, seed: int, times: int) -> Report:
    with tempfile.TemporaryDirectory(prefix="loods-clock-") as folder:
        clock = Clock(Path(folder))
        begun = campaign(asked.installed(database), asked.platforms, seed)
        process = begun.loods.starts(environment=clock.environment)
        forth_and_back(begun, clock, PEOPLE, times)
        verdict = begun.verdict()
        process.kill()
        process.wait()
        begun.history.close()
    return Report("clock jumps", database, seed, times, verdict, figures=[f"{PEOPLE} people waited"])
