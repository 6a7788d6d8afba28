"""kill -9 of `loods run` while contacts wait: whoever is due acts once, and on its own."""

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

from connector.sandbox import Sandbox
from connector.store import contacts, looks, outbox
from connector.store.database import open_store
from connector.store.looking import MAX_DEATHS
from connector.store.outbox import ActionStatus
from tests.faults.rig.campaign import SEED
from tests.faults.rig.program import Loods
from tests.patience import PATIENCE, until
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

    def asked() -> dict[str, int]:
        with store.reading() as tx:
            return outbox.counts(tx)

    def is_done() -> bool:
        now = asked()
        return now["done"] >= count and not now["waiting"] + now["sending"] + now["unknown"]

    assert until(is_done, 2 * PATIENCE), asked()
    store.close()


@pytest.mark.slow
def test_whoever_waits_acts_exactly_once_over_any_number_of_kills(loods: Loods, sandbox: Sandbox) -> None:
    moments = random.Random(SEED)
    people_who_wait(loods, sandbox, READERS, seconds=6)

    for _ in range(ROUNDS):
        process = loods.starts()
        time.sleep(moments.uniform(0.0, 1.0))
        process.kill()
        process.wait()
    process = loods.starts()
    wait_until_done(loods.database, READERS)
    process.terminate()
    process.wait(PATIENCE)

    expected = {f"Later reader{number}@example.com": 1 for number in range(READERS)}
    assert made(sandbox) == Counter(expected)


@pytest.mark.slow
def test_whoever_is_due_acts_once_due_and_not_before_also_after_a_kill(
    loods: Loods, sandbox: Sandbox
) -> None:
    """due ones fire when they are due and not before, also after a kill."""
    due = people_who_wait(loods, sandbox, 1, seconds=20)
    first = loods.starts()
    first.kill()
    first.wait()

    process = loods.starts()
    wait_until_done(loods.database, 1)
    process.terminate()
    process.wait(PATIENCE)

    store = open_store(loods.database)
    with store.reading() as tx:
        (person,) = contacts.listing(tx)
        (look,) = looks.of_contact(tx, person.id)
        (action,) = outbox.listing(tx, ActionStatus.DONE)
    store.close()
    assert action.settled_at is not None
    assert due <= look.at <= action.settled_at


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
