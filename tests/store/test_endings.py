"""What is left beside a SQLite file by those who ended, and by those who died."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from threading import Barrier, Thread

import pytest

from connector.store import inbox
from connector.store.database import Place, Store
from tests.patience import PATIENCE
from tests.store.make import delivery
from tests.store.script import ROOT
from tests.store.sharing import Opens

DYING = """
import os, sys
from connector.store.database import Place, open_store
from tests.store.make import delivery
open_store(sys.argv[1], Place.WEB).receive([delivery("a")])
os.kill(os.getpid(), 9)
"""


@pytest.fixture
def file(migrated_url: str) -> Path:
    """The database."""
    return Path(migrated_url.removeprefix("sqlite:///"))


def works(store: Store, name: str) -> None:
    """It has written, and read."""
    store.receive([delivery(name)])
    with store.reading() as tx:
        assert inbox.counts(tx)["waiting"] > 0


def left(file: Path) -> set[str]:
    """The files that are there."""
    return {one.name for one in file.parent.iterdir()}


def test_who_has_read_and_ends_leaves_one_file_with_everything_in_it(opens: Opens, file: Path) -> None:
    store = opens(Place.ALONE)
    works(store, "a")

    store.close()

    assert left(file) == {"loods.db", "loods.db.lock"}


@pytest.mark.parametrize("order", [(0, 1, 2), (2, 1, 0), (1, 2, 0)])
def test_the_last_of_those_who_share_leaves_one_file(
    opens: Opens, file: Path, order: tuple[int, ...]
) -> None:
    stores = [opens(place) for place in (Place.WEB, Place.WORK, Place.WEB)]
    for number, store in enumerate(stores):
        works(store, str(number))

    for number in order:
        stores[number].close()

    assert left(file) == {"loods.db", "loods.db.lock", "loods.db.beside"}


def test_those_who_end_together_leave_one_file(opens: Opens, file: Path) -> None:
    stores = [opens(place) for place in (Place.WEB, Place.WORK, Place.WEB)]
    for number, store in enumerate(stores):
        works(store, str(number))
    start = Barrier(len(stores))

    def end(store: Store) -> None:
        start.wait(PATIENCE)
        store.close()

    ending = [Thread(target=end, args=(store,)) for store in stores]
    for one in ending:
        one.start()
    for one in ending:
        one.join()

    assert left(file) == {"loods.db", "loods.db.lock", "loods.db.beside"}


def test_who_comes_clears_up_after_the_dead_also_beside_others(
    opens: Opens, file: Path, migrated_url: str
) -> None:
    opens(Place.WORK).receive([delivery("first")])
    for _ in range(3):
        subprocess.run([sys.executable, "-c", DYING, migrated_url], cwd=ROOT, check=False)

    opens(Place.WEB).receive([delivery("last")])

    beside = file.with_name("loods.db.beside")
    assert {one.read_text() for one in beside.glob("*.*")} == {str(os.getpid())}
    assert len(list(beside.glob("web.*"))) == 1
