"""The mapping changes, breaks and goes back while orders come: one that was live decides each of them."""

from __future__ import annotations

import time
from collections.abc import Iterator

import pytest
import requests

from tests.faults.killing import edit
from tests.faults.rig.campaign import Campaign, campaign
from tests.faults.rig.platforms import Platforms
from tests.faults.rig.program import Loods, Zygote
from tests.faults.rig.reading import evidence
from tests.faults.rig.report import Report

ROUNDS = 3
PAUSE = 0.5
"""Seconds between two changes: a change is followed within a second."""


@pytest.fixture
def run(installed: Loods, platforms: Platforms, zygote: Zygote) -> Iterator[Campaign]:
    """A campaign on each database, with a process that runs."""
    begun = campaign(installed, platforms)
    process = installed.starts(starter=zygote)
    yield begun
    process.kill()
    process.wait()
    begun.history.close()


def says(run: Campaign) -> str:
    """What the process tells of its mapping."""
    answer = requests.get(f"http://127.0.0.1:{run.loods.port}/health/ready", timeout=5)
    return str(answer.json()["checks"]["mapping"])


@pytest.mark.slow
def test_no_event_is_decided_by_a_mixture_of_versions_while_they_change(run: Campaign) -> None:
    file = run.loods.mapping / "shop.yaml"
    first, said = file.read_text("utf-8"), set[str]()
    with run.posting(rate=30.0):
        for _ in range(ROUNDS):
            edit(run.loods.mapping)
            time.sleep(run.nemesis.seconds(0.5, 1.5) * PAUSE)
            changed = file.read_text("utf-8")
            file.write_text(changed.replace("on: order.paid", "on: order.payed"), "utf-8")
            time.sleep(3 * PAUSE)
            said.add(says(run))
            file.write_text(run.nemesis.one_of([first, changed]), "utf-8")
            time.sleep(run.nemesis.seconds(0.5, 1.5) * PAUSE)
    verdict = run.verdict()

    found = evidence(run.loods.database, run.history, run.posts, run.platforms)
    assert verdict.findings == (), Report("mapping", run.loods.database, run.nemesis.seed, ROUNDS, verdict)
    assert said == {"last change refused"}
    assert len({one.version for one in found.events}) > 1
