"""The mapping changes, breaks and goes back while orders come: one version decides each."""

from __future__ import annotations

import signal
from collections.abc import Iterator
from typing import Final

from tests.faults.changing.versions import changed_under_load
from tests.faults.rig.asked import DATABASES, Asked
from tests.faults.rig.campaign import campaign
from tests.faults.rig.reading import evidence
from tests.faults.rig.report import Report

CHAPTER: Final = 50


def run(asked: Asked) -> Iterator[Report]:
    """So many changes on each database."""
    for database in DATABASES:
        for seed, rounds in asked.chapters(CHAPTER):
            yield _chapter(asked, database, seed, rounds)


def _chapter(asked: Asked, database: str, seed: int, rounds: int) -> Report:
    begun = campaign(asked.installed(database), asked.platforms, seed)
    process = begun.loods.starts(starter=asked.zygote)
    changed_under_load(begun, rounds)
    verdict = begun.verdict()
    found = evidence(begun.loods.database, begun.history, begun.posts, begun.platforms)
    process.send_signal(signal.SIGTERM)
    process.wait(30)
    begun.history.close()
    used = len({one.version for one in found.events})
    return Report("mapping changes", database, seed, rounds, verdict, figures=[f"{used} versions decided"])
