"""The same post up to fifty times, from many senders at once and in any order: it happens once."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.faults.rig.campaign import Campaign, campaign
from tests.faults.rig.platforms import Platforms
from tests.faults.rig.program import Loods, Zygote
from tests.faults.rig.report import Report
from tests.faults.traffic.repeating import misheard, repeated

POSTS = 60


@pytest.fixture
def run(installed: Loods, platforms: Platforms) -> Iterator[Campaign]:
    """A campaign on each database."""
    begun = campaign(installed, platforms)
    yield begun
    begun.history.close()


@pytest.mark.slow
def test_whatever_is_posted_many_times_at_once_happens_once(run: Campaign, zygote: Zygote) -> None:
    process = run.loods.starts(starter=zygote)

    heard = repeated(run, POSTS)
    verdict = run.verdict()
    process.kill()
    process.wait()

    assert len(heard) == POSTS
    assert list(misheard(heard)) == []
    assert verdict.findings == (), Report("duplicates", run.loods.database, run.nemesis.seed, 1, verdict)
