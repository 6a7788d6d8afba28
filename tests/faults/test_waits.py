"""kill -9 of `loods run` while contacts wait: whoever is due acts once, and within two seconds."""

from __future__ import annotations

import random
import signal
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from connector import bootstrap
from connector.sandbox import Sandbox
from connector.store import contacts, looks, outbox
from connector.store.database import open_store
from connector.store.looking import MAX_DEATHS
from connector.store.outbox import ActionStatus
from tests.faults.rig.program import Loods
from tests.runtime.busy import busy_mapping
from tests.runtime.shop import Shop

ROUNDS = 10
READERS = 60
LATER = """
trigger: later
kind: internal
on: file.downloaded
wait: 1m
do:
  - hubspot.create_task: {title: "Later {{ contact.email }}", due: 1 working day}
"""


@pytest.fixture(params=["sqlite", "postgres"])
def loods(request: pytest.FixtureRequest, tmp_path: Path, sandbox: Sandbox) -> Loods:
    """`loods run` on a database of each kind."""
    mapping = busy_mapping(tmp_path / "mapping")
    if request.param == "sqlite":
        return Loods(tmp_path, sandbox.url, mapping=mapping)
    make: Callable[[], str] = request.getfixturevalue("make_postgres")
    return Loods(tmp_path, sandbox.url, database=make(), mapping=mapping)


def people_who_wait(loods: Loods, sandbox: Sandbox, count: int, seconds: float) -> datetime:
    """So many contacts come to wait, all due in so many seconds; when that is."""
    folder = Path(loods.environment["LOODS_MAPPINGS"])
    (folder / "later.yaml").write_text(LATER)
    with Shop(loods.database, sandbox, folder) as shop:
        shop.clock.at += timedelta(seconds=seconds - 60)
        for number in range(count):
            shop.says("file.downloaded", f"reader{number}@example.com")
        shop.turns()
        return shop.clock.at + timedelta(minutes=1)


def made(sandbox: Sandbox) -> Counter[str]:
    """How often each task was made."""
    tasks = sandbox.state()["hubspot"]["tasks"].values()
    return Counter(one["properties"]["hs_task_subject"] for one in tasks)


def wait_until_done(database: str, count: int) -> None:
    """Until so many actions are done, and nothing is under way."""
    store = open_store(database)
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline:
        with store.reading() as tx:
            asked = outbox.counts(tx)
        if asked["done"] >= count and not asked["waiting"] + asked["sending"] + asked["unknown"]:
            store.close()
            return
        time.sleep(0.1)
    raise AssertionError(f"not done: {asked}")


@pytest.mark.slow
def test_whoever_waits_acts_exactly_once_over_any_number_of_kills(loods: Loods, sandbox: Sandbox) -> None:
    seed = random.SystemRandom().randrange(10**6)
    moments = random.Random(seed)
    people_who_wait(loods, sandbox, READERS, seconds=6)

    for _ in range(ROUNDS):
        process = loods.starts()
        time.sleep(moments.uniform(0.0, 1.0))
        process.kill()
        process.wait()
    process = loods.starts()
    wait_until_done(loods.database, READERS)
    process.terminate()
    process.wait(30)

    expected = {f"Later reader{number}@example.com": 1 for number in range(READERS)}
    assert made(sandbox) == Counter(expected), f"seed {seed}"


@pytest.mark.slow
def test_whoever_is_due_acts_within_two_seconds_also_after_a_kill(loods: Loods, sandbox: Sandbox) -> None:
    """due ones fire within two seconds, also after a kill."""
    due = people_who_wait(loods, sandbox, 1, seconds=20)
    first = loods.starts()
    first.kill()
    first.wait()

    process = loods.starts()
    is_early = bootstrap.clock() < due
    wait_until_done(loods.database, 1)
    process.terminate()
    process.wait(30)

    store = open_store(loods.database)
    with store.reading() as tx:
        (person,) = contacts.listing(tx)
        (look,) = looks.of_contact(tx, person.id)
        (action,) = outbox.listing(tx, ActionStatus.DONE)
    store.close()
    assert is_early, "the machine was too slow to say anything"
    assert due <= look.at <= due + timedelta(seconds=2)
    assert action.settled_at is not None
    assert action.settled_at <= due + timedelta(seconds=2)


@pytest.mark.slow
def test_a_contact_that_kills_the_process_is_set_aside_and_the_others_act(
    loods: Loods, sandbox: Sandbox
) -> None:
    people_who_wait(loods, sandbox, 30, seconds=0)

    ends = [looks_at_all(loods, "reader7@example.com")]
    while ends[-1]:
        assert ends[-1] == -signal.SIGKILL, loods.log.read_text()
        ends.append(looks_at_all(loods, "reader7@example.com"))

    assert len(ends) == MAX_DEATHS + 1
    store = open_store(loods.database)
    with store.reading() as tx:
        asked = {one.action.arguments["title"] for one in outbox.listing(tx, limit=100)}
        broken = looks.count_stumbles(tx)
    store.close()
    assert asked == {f"Later reader{number}@example.com" for number in range(30) if number != 7}
    assert broken == 1


def looks_at_all(loods: Loods, deadly: str) -> int:
    """A process looks at all who are due, one of whom kills it; how it ended."""
    words = [sys.executable, "-m", "tests.faults.deadly", deadly]
    with loods.log.open("ab") as log:
        return subprocess.run(words, env=loods.environment, stdout=log, stderr=log, check=False).returncode
