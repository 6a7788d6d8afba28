"""Each post up to fifty times at once: it happens once."""

from __future__ import annotations

import signal
from collections.abc import Iterator
from dataclasses import replace
from typing import Final

from tests.faults.rig.asked import DATABASES, Asked
from tests.faults.rig.campaign import campaign
from tests.faults.rig.report import Report
from tests.faults.traffic.repeating import misheard, repeated

CHAPTER: Final = 200


def run(asked: Asked) -> Iterator[Report]:
    """So many posts on each database, some twenty-five times as many requests."""
    for database in DATABASES:
        for seed, posts in asked.chapters(CHAPTER):
            yield _chapter(asked, database, seed, posts)


def _chapter(asked: Asked, database: str, seed: int, posts: int) -> Report:
    begun = campaign(asked.installed(database), asked.platforms, seed)
    process = begun.loods.starts(starter=asked.zygote)
    heard = repeated(begun, posts)
    verdict = begun.verdict()
    process.send_signal(signal.SIGTERM)
    process.wait(30)
    begun.history.close()
    judged = replace(verdict, findings=(*verdict.findings, *misheard(heard)))
    requests = sum(map(len, heard.values()))
    return Report("duplicates", database, seed, posts, judged, figures=[f"{requests} requests"])
