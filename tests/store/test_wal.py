"""SQLite's log: copied beside the one who writes, begun anew before it is long, by one process of several."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Event
from threading import enumerate as all_threads

import pytest

from connector.store import inbox
from connector.store.database import Place, Transaction
from connector.store.sqlite.copying import Copier
from connector.store.sqlite.wal import Asking
from tests.patience import PATIENCE, until
from tests.store.make import delivery
from tests.store.script import run
from tests.store.sharing import Opens

MEGABYTE = bytes(1_000_000)


LOADING = """
import sqlite3, sys, threading
sys.modules["pysqlite3"] = None
from pathlib import Path
from connector.store.sqlite import driver
from connector.store.database import open_store
from tests.store.make import delivery
store = open_store(sys.argv[1])
sizes = []
for number in range(30):
    store.receive([delivery(str(number), body=bytes(1_000_000))])
    sizes.append(Path(sys.argv[2]).stat().st_size)
names = [one.name for one in threading.enumerate()]
print(max(sizes) < 20_000_000)
print(("store-copier" in names) == driver.is_recent(sqlite3.sqlite_version))
store.close()
"""

COPYING = """
import resource, sys, time
from connector.errors import StoreError
from connector.store.database import Place, open_store
from tests.store.make import delivery
store, other = (open_store(sys.argv[1], place) for place in (Place.WORK, Place.WEB))
other.receive([delivery("other")])
for number in range(20):
    store.receive([delivery(str(number), body=bytes(1_000_000))])
    time.sleep(0.05)
resource.setrlimit(resource.RLIMIT_FSIZE, (15_000_000, resource.RLIM_INFINITY))
end = time.monotonic() + 60
try:
    while time.monotonic() < end:
        store.receive([delivery(str(time.monotonic()), body=bytes(100_000))])
except StoreError as error:
    print(error)
try:
    other.receive([delivery("late")])
except StoreError as error:
    print(error)
"""

ALONE = """
import sys, threading
from pathlib import Path
from connector.store.database import open_store
from tests.store.make import delivery
store = open_store(sys.argv[1])
store.receive([delivery("before")])
threading.stack_size(2**46)
sizes = []
for number in range(30):
    store.receive([delivery(str(number), body=bytes(1_000_000))])
    sizes.append(Path(sys.argv[2]).stat().st_size)
print(max(sizes) < 20_000_000)
store.close()
"""


@pytest.fixture
def file(migrated_url: str) -> Path:
    """The database."""
    return Path(migrated_url.removeprefix("sqlite:///"))


@pytest.fixture
def log(file: Path) -> Path:
    """Its log."""
    return file.with_name(file.name + "-wal")


def test_the_log_is_copied_while_somebody_writes(opens: Opens, file: Path) -> None:
    store, writes, goes_on = opens(Place.WORK), Event(), Event()
    for number in range(3):
        store.receive([delivery(str(number), body=MEGABYTE)])
    before, ended = file.stat().st_size, list[BaseException | None]()
    copier = Copier(file, ended.append)

    def hold(tx: Transaction) -> bool:
        inbox.insert(tx, [delivery("held")])
        writes.set()
        return goes_on.wait(PATIENCE)

    with ThreadPoolExecutor(1) as thread:
        held = thread.submit(store.write, hold)
        writes.wait(PATIENCE)
        copier.begin()
        assert until(lambda: bool(ended))
        after = file.stat().st_size
        goes_on.set()

        assert held.result(PATIENCE)
    copier.close()
    assert after > before + 2_900_000
    assert ended == [None]


def test_a_log_is_written_over_rather_than_cut(opens: Opens, log: Path) -> None:
    store, sizes = opens(Place.ALONE), list[int]()
    for number in range(60):
        store.receive([delivery(str(number), body=MEGABYTE)])
        sizes.append(log.stat().st_size)

    assert max(sizes) < 20_000_000
    assert sizes[40:] == sorted(sizes[40:])
    assert sizes[40] > 4_000_000


def test_a_log_is_asked_for_its_length_the_more_often_the_faster_it_grows() -> None:
    small, large = Asking(), Asking()
    small.learn(10_000, 4_000_000)
    large.learn(1_000_000, 3_000_000)

    assert [small.is_time() for _ in range(9)] == [False] * 7 + [True] * 2
    assert large.is_time()


def test_a_receiver_leaves_a_log_of_this_length_to_the_one_that_works(opens: Opens) -> None:
    receiving, working = opens(Place.WEB), opens(Place.WORK)
    for number in range(6):
        receiving.receive([delivery(str(number), body=MEGABYTE)])
    before = copiers()

    working.receive([delivery("of the one that works")])

    assert until(lambda: copiers() == 1)
    assert before == 0


def test_a_receiver_that_is_alone_keeps_the_log_short(opens: Opens, log: Path) -> None:
    store, sizes = opens(Place.WEB), list[int]()
    for number in range(60):
        store.receive([delivery(str(number), body=MEGABYTE)])
        sizes.append(log.stat().st_size)

    assert max(sizes) < 24_000_000


def test_a_log_that_a_reader_had_kept_is_cut_though_nothing_more_is_written(opens: Opens, log: Path) -> None:
    store = opens(Place.WORK)
    with store.reading() as tx:
        inbox.counts(tx)
        for number in range(30):
            store.receive([delivery(f"during {number}", body=MEGABYTE)])
    during = log.stat().st_size
    for number in range(5):
        store.receive([delivery(f"after {number}", body=MEGABYTE)])

    assert until(lambda: log.stat().st_size < 10_000_000)
    assert during > 30_000_000


def test_a_copy_that_fails_on_the_disk_stops_all_who_share(migrated_url: str) -> None:
    said = run(COPYING, migrated_url).splitlines()

    assert len(said) == 2
    assert all("the disk failed" in one for one in said)


def test_an_older_sqlite_keeps_the_log_short_in_its_turns(migrated_url: str, log: Path) -> None:
    assert run(LOADING, migrated_url, str(log)).split() == ["True", "True"]


def test_a_log_is_kept_short_where_the_system_gives_no_thread_to_copy_it(
    migrated_url: str, log: Path
) -> None:
    """A thread with a stack larger than any memory is refused, as one too many is."""
    assert run(ALONE, migrated_url, str(log)) == "True"


def copiers() -> int:
    """How many have had something to copy."""
    return [one.name for one in all_threads()].count("store-copier")
