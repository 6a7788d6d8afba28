"""The mapping changes, breaks and goes back while orders come: one that was live decides each of them."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.faults.changing.versions import changed_under_load
from tests.faults.rig.campaign import Campaign, campaign
from tests.faults.rig.platforms import Platforms
from tests.faults.rig.program import Loods, Zygote
from tests.faults.rig.reading import evidence
from tests.faults.rig.report import Report

ROUNDS = 3


@pytest.fixture
def run(installed: Loods, platforms: Platforms, zygote: Zygote) -> Iterator[Campaign]:
    """A campaign on each database, with a process that runs."""
    begun = campaign(installed, platforms)
    process = installed.starts(starter=zygote)
    yield begun
    process.kill()
    process.wait()
    begun.history.close()


@pytest.mark.slow
def test_no_event_is_decided_by_a_mixture_of_versions_while_they_change(run: Campaign) -> None:
    said = changed_under_load(run, ROUNDS)
    verdict = run.verdict()

    found = evidence(run.loods.database, run.history, run.posts, run.platforms)
    assert verdict.findings == (), Report("mapping", run.loods.database, run.nemesis.seed, ROUNDS, verdict)
    assert said == {"last change refused"}
    assert len({one.version for one in found.events}) > 1
