"""The promises of the whole: kept in every run, whatever happens, dies or comes in between."""

from __future__ import annotations

import os
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.simulation import versions
from tests.simulation.memory import Memory
from tests.simulation.posts import Website
from tests.simulation.steps import simulate
from tests.simulation.world import BEGIN, World

QUICK = 12
MANY = 2000
AT_ONCE = 250
"""Seeds of one test, so that several processes share the many."""

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def store() -> Iterator[Memory]:
    made = Memory()
    yield made
    made.close()


def command(*arguments: str, seed_of_hashes: str = "0") -> str:
    """What the command says."""
    environment = {**os.environ, "PYTHONHASHSEED": seed_of_hashes}  # noqa: TID251 - for a process of ours
    told = subprocess.run(
        [sys.executable, "-m", "tests.simulation", *arguments],
        cwd=ROOT,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    assert told.returncode == 0, told.stdout + told.stderr
    return told.stdout


@pytest.mark.parametrize("seed", range(QUICK))
def test_every_promise_is_kept(seed: int, store: Memory) -> None:
    simulate(seed, store)


def test_a_seed_replays_its_run_to_the_letter(store: Memory) -> None:
    first, other, again = (simulate(seed, store).digest() for seed in (5, 6, 5))

    assert first == again != other


def test_a_seed_replays_its_run_in_another_process(store: Memory) -> None:
    """A decision is made from the mapping, the contact as it was, one event and the time, so the same four
    give the same decision."""
    here = simulate(5, store).tail(10**6)

    there = command("--from", "5", "--seeds", "1", "--tell", seed_of_hashes="99")

    assert there.rstrip("\n") == here


@pytest.mark.slow
def test_runs_meet_all_that_can_happen(store: Memory) -> None:
    met: Counter[str] = Counter()

    for seed in range(2 * QUICK):
        for said in simulate(seed, store).lines:
            met[said.what] += 1
            met[str(said.facts.get("answer"))] += 1
            met[str(said.facts.get("name"))] += 1

    assert not {
        "accepted", "died", "broke", "idle", "look", "publish", "stop", "drop", "fire", "restart",
        "done", "later", "much later", "lost", "lost before", "refused", "unauthorised",
    } - met.keys()  # fmt: skip


def test_every_version_of_the_mapping_can_be_published(store: Memory) -> None:
    world = World(0, store)

    for version in range(len(versions.VERSIONS)):
        world.publish(version)
        world.follow()

    live = [said.facts["version"] for said in world.history.lines if said.what == "live"]
    assert len(set(live)) == len(versions.VERSIONS)


def test_the_website_says_some_things_twice(store: Memory) -> None:
    website = Website(World(1, store).random)

    bodies = [website.body(BEGIN) for _ in range(200)]

    assert len(set(bodies)) < len(bodies)


@pytest.mark.slow
@pytest.mark.parametrize("first", range(0, MANY, AT_ONCE))
def test_every_promise_is_kept_in_many_runs(first: int, store: Memory) -> None:
    for seed in range(first, first + AT_ONCE):
        simulate(seed, store)


@pytest.mark.slow
def test_the_command_runs_seeds_on_all_cores() -> None:
    assert "2 seeds: every promise kept" in command("--seeds", "2")
