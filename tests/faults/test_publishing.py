"""Publishing under fire: a process that watches its folder, and `kill -9` in the middle of a publication."""

from __future__ import annotations

import random
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
import requests

from connector import bootstrap
from connector.sandbox import Sandbox
from connector.settings import read_settings
from connector.store import outbox, publications
from connector.store.database import open_store
from connector.store.publications import Publication
from tests.faults.rig.campaign import SEED
from tests.faults.rig.posts import paid
from tests.faults.rig.program import Loods
from tests.patience import PATIENCE, until
from tests.runtime.busy import MAPPING, busy_mapping

KILLS = 12


def edit(folder: Path, old: str, new: str) -> None:
    """Somebody saves a change."""
    file = folder / "shop.yaml"
    file.write_text(file.read_text().replace(old, new))


def log(database: str) -> list[Publication]:
    """What was published, newest first; nothing while there is no database."""
    store = open_store(database)
    try:
        if not store.is_there:
            return []
        with store.reading() as tx:
            return publications.listing(tx, limit=1_000)
    finally:
        store.close()


def says(loods: Loods) -> str:
    """What the running process tells of its mapping; it is ready all the while."""
    answer = requests.get(f"http://127.0.0.1:{loods.port}/health/ready", timeout=PATIENCE)
    assert answer.status_code == 200, answer.text
    return str(answer.json()["checks"]["mapping"])


def wait_for(loods: Loods, expected: str) -> None:
    """Until the running process says this."""
    assert until(lambda: says(loods) == expected), f"{says(loods)}\n{loods.log.read_text()}"


def version(loods: Loods) -> str:
    """What the running process will say of the folder as it stands."""
    mapping, _ = bootstrap.check(read_settings(loods.environment))
    assert mapping is not None
    return f"version {mapping.version[:12]}"


def titles(database: str) -> list[object]:
    """The tasks that were asked for."""
    store = open_store(database)
    with store.reading() as tx:
        found = outbox.listing(tx)
    store.close()
    return [one.action.arguments["title"] for one in found if one.action.name == "create_task"]


@pytest.mark.slow
def test_a_running_loods_follows_its_folder_and_survives_a_mistake_in_it(
    tmp_path: Path, sandbox: Sandbox
) -> None:
    folder = busy_mapping(tmp_path / "mapping")
    loods = Loods(tmp_path, sandbox.url, mapping=folder)
    process = loods.starts()
    first = says(loods)

    edit(folder, "Thank for order", "Pack order")
    expected = version(loods)
    wait_for(loods, expected)
    assert loods.takes(paid(4))
    edit(folder, "on: order.paid\n    do", "on: order.payed\n    do")
    wait_for(loods, "last change refused")
    assert loods.takes(paid(5))
    assert until(lambda: len(titles(loods.database)) == 2), loods.log.read_text()
    process.send_signal(signal.SIGTERM)

    assert process.wait(PATIENCE) == 0, loods.log.read_text()
    assert first != expected
    assert sorted(map(str, titles(loods.database))) == ["Pack order 4", "Pack order 5"]
    assert "M131" in loods.log.read_text()
    assert len(log(loods.database)) == 2


@pytest.mark.slow
def test_kill_9_in_the_middle_of_a_publication_leaves_one_live_version(tmp_path: Path) -> None:
    folder = Path(shutil.copytree(MAPPING, tmp_path / "mapping"))
    database = f"sqlite:///{tmp_path}/loods.db"
    moments = random.Random(SEED)
    words = ["--mappings", str(folder), "--database", database]
    whole = _seconds([*words, "publish"])

    for number in range(KILLS):
        edit(folder, "Thank ", f"Thank {number} ")
        process = subprocess.Popen(
            [sys.executable, "-m", "connector.cli", *words, "publish", "--over", log(database)[0].version],
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        time.sleep(moments.uniform(0.6, 1.0) * whole)
        process.kill()
        process.wait()
        assert _is_whole(folder, database)

    edit(folder, "Thank ", "Thank at last ")
    before = log(database)
    _seconds([*words, "publish", "--over", before[0].version])
    assert len(log(database)) == len(before) + 1
    assert _is_whole(folder, database)


def _seconds(words: list[str]) -> float:
    started = time.monotonic()
    subprocess.run([sys.executable, "-m", "connector.cli", *words], check=True, capture_output=True)
    return time.monotonic() - started


def _is_whole(folder: Path, database: str) -> bool:
    """Whether what is live is there to the letter: its text has the name that the log gives it."""
    store = open_store(database)
    try:
        settings = read_settings({"LOODS_MAPPINGS": str(folder), "DATABASE_URL": database})
        publisher = bootstrap.publisher(settings, store)
        live = publisher.live()
        return live is not None and publisher.loaded(live).version == live.name
    finally:
        store.close()
