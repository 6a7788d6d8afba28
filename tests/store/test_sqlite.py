"""The embedded store: one writer, receipts first and together, and a disk that may be full or broken."""

from __future__ import annotations

import os
import stat
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from threading import Event

import pytest
from sqlalchemy import Engine, event, make_url, text

from connector.errors import StoreError
from connector.model.delivery import Delivery
from connector.store import inbox
from connector.store.database import Store, Transaction, open_store
from connector.store.sqlite import driver
from connector.store.sqlite.store import SqliteStore
from tests.patience import PATIENCE, until
from tests.store.make import NOON, delivery
from tests.store.script import run

PRAGMAS = {
    "journal_mode": "wal",
    "synchronous": 2,
    "foreign_keys": 1,
    "secure_delete": 1,
    "temp_store": 2,
    "wal_autocheckpoint": 0,
    "busy_timeout": 5000,
}


@pytest.fixture
def store(sqlite_store: SqliteStore) -> SqliteStore:
    """Here only SQLite is meant."""
    return sqlite_store


@pytest.fixture
def database(sqlite_url: str) -> Path:
    """The file."""
    return Path(sqlite_url.removeprefix("sqlite:///"))


@contextmanager
def writer_held(store: Store) -> Iterator[None]:
    """The writer is busy with something else inside; what comes meanwhile has to wait."""
    begun, may_end = Event(), Event()

    def hold(tx: Transaction) -> None:
        begun.set()
        may_end.wait(PATIENCE)

    with ThreadPoolExecutor(1) as other:
        held = other.submit(store.write, hold)
        begun.wait(PATIENCE)
        yield
        may_end.set()
        held.result()


def queued(store: SqliteStore, receipts: int, jobs: int = 0) -> None:
    """Wait until so many wait for the writer."""
    writer = store._writer
    assert writer is not None
    assert until(lambda: (len(writer._receipts), len(writer._jobs)) == (receipts, jobs))


@contextmanager
def counted_commits() -> Iterator[list[object]]:
    """One entry for each commit inside."""
    commits: list[object] = []

    def note(connection: object) -> None:
        commits.append(connection)

    event.listen(Engine, "commit", note)
    yield commits
    event.remove(Engine, "commit", note)


def pragma(tx: Transaction, name: str) -> object:
    """What SQLite says of it."""
    return tx.execute(text(f"PRAGMA {name}")).scalar()


def test_the_writer_has_every_pragma_that_durability_and_erasure_need(store: SqliteStore) -> None:
    assert store.write(lambda tx: {name: pragma(tx, name) for name in PRAGMAS}) == PRAGMAS


def test_readers_can_only_read_and_never_checkpoint(store: SqliteStore) -> None:
    with store.reading() as tx:
        assert (pragma(tx, "query_only"), pragma(tx, "wal_autocheckpoint"), pragma(tx, "foreign_keys")) == (
            1,
            0,
            1,
        )


def test_the_file_and_a_folder_that_we_make_are_for_us_alone(tmp_path: Path) -> None:
    store = open_store(f"sqlite:///{tmp_path}/var/lib/loods.db")
    store.migrate()

    modes = {one.name: stat.S_IMODE(one.stat().st_mode) for one in (tmp_path / "var" / "lib").iterdir()}
    folder = stat.S_IMODE((tmp_path / "var" / "lib").stat().st_mode)
    store.close()

    assert modes == dict.fromkeys(["loods.db", "loods.db-wal", "loods.db-shm", "loods.db.lock"], 0o600)
    assert folder == 0o700


def test_a_name_with_odd_characters_is_one_file(tmp_path: Path) -> None:
    store = open_store(f"sqlite:///{tmp_path}/50% of it#.db")
    store.migrate()

    assert store.receive([delivery("a")])[0].is_new

    store.close()
    assert {one.name for one in tmp_path.iterdir()} == {"50% of it#.db", "50% of it#.db.lock"}


def test_opening_a_store_touches_no_file(tmp_path: Path) -> None:
    store = open_store(f"sqlite:///{tmp_path}/loods.db")
    store.close()

    assert list(tmp_path.iterdir()) == []


def test_receipts_that_wait_together_are_one_commit(store: SqliteStore) -> None:
    assert store.receive([delivery("the first, for which the file is opened")])[0].is_new
    with ThreadPoolExecutor(16) as senders, counted_commits() as commits:
        with writer_held(store):
            asked = [senders.submit(store.receive, [delivery(str(number))]) for number in range(16)]
            queued(store, receipts=16)
        received = [one.result()[0] for one in asked]

    assert len(commits) == 2
    assert all(one.is_new for one in received)
    assert len({one.id for one in received}) == 16


def test_a_repeat_within_one_commit_is_answered_like_any_other(store: SqliteStore) -> None:
    with ThreadPoolExecutor(8) as senders:
        with writer_held(store):
            asked = [senders.submit(store.receive, [delivery("same")]) for _ in range(8)]
            queued(store, receipts=8)
        received = [one.result()[0] for one in asked]

    assert sorted(one.is_new for one in received) == [False] * 7 + [True]
    assert len({one.id for one in received}) == 1


def test_one_receipt_that_cannot_be_stored_fails_alone(store: SqliteStore) -> None:
    broken = Delivery("webshop", "t", {}, {}, b"", NOON.replace(tzinfo=None), "x", id="x")

    with ThreadPoolExecutor(3) as senders:
        with writer_held(store):
            sound = [senders.submit(store.receive, [delivery(name)]) for name in ("a", "b")]
            unsound = senders.submit(store.receive, [broken])
            queued(store, receipts=3)
        assert [one.result()[0].is_new for one in sound] == [True, True]
        with pytest.raises(TypeError):
            unsound.result()


def test_receipts_go_before_other_work_that_came_earlier(store: SqliteStore) -> None:
    with ThreadPoolExecutor(2) as others:
        with writer_held(store):
            work = others.submit(store.write, lambda tx: inbox.counts(tx)["waiting"])
            queued(store, receipts=0, jobs=1)
            others.submit(store.receive, [delivery("a")])
            queued(store, receipts=1, jobs=1)
        seen = work.result()

    assert seen == 1


def test_other_work_gets_its_turn_while_receipts_keep_coming(store: SqliteStore) -> None:
    is_over = Event()

    def send(sender: int) -> None:
        number = 0
        while not is_over.is_set():
            number += 1
            store.receive([delivery(f"{sender}-{number}")])

    with ThreadPoolExecutor(4) as senders:
        sending = [senders.submit(send, sender) for sender in range(4)]
        turns = [store.write(lambda tx: inbox.counts(tx)["waiting"]) for _ in range(20)]
        is_over.set()
        for one in sending:
            one.result()

    assert len(turns) == 20


def test_readers_do_not_wait_for_a_writer(store: SqliteStore) -> None:
    store.receive([delivery("a")])

    with writer_held(store), store.reading() as tx:
        seen = inbox.counts(tx)["waiting"]

    assert seen == 1


def test_a_sender_is_told_to_come_back_when_the_writer_takes_too_long(sqlite_url: str) -> None:
    store = SqliteStore(make_url(sqlite_url), receive_within=0.05)
    store.migrate()

    with writer_held(store), pytest.raises(StoreError, match="busy"):
        store.receive([delivery("a")])

    assert store.write(inbox.counts)["waiting"] == 0
    store.close()


def test_a_write_inside_a_write_is_a_mistake_and_no_deadlock(store: SqliteStore) -> None:
    with pytest.raises(RuntimeError, match="wait for itself"):
        store.write(lambda tx: store.write(lambda inner: None))


def test_what_is_queued_is_finished_before_the_store_closes(sqlite_url: str, store: SqliteStore) -> None:
    with ThreadPoolExecutor(2) as others:
        with writer_held(store):
            asked: Future[object] = others.submit(store.receive, [delivery("a")])
            queued(store, receipts=1)
            closing = others.submit(store.close)
        asked.result()
        closing.result()

    again = open_store(sqlite_url)
    with again.reading() as tx:
        assert inbox.counts(tx)["waiting"] == 1
    again.close()


def test_a_closed_store_says_so(store: SqliteStore) -> None:
    store.close()

    with pytest.raises(StoreError, match="closed"):
        store.receive([delivery("a")])


def test_a_second_process_may_read_but_not_write_and_learns_who_does(
    store: SqliteStore, sqlite_url: str
) -> None:
    store.receive([delivery("a")])

    said = run(
        """
        import sys
        from connector.errors import StoreError
        from connector.store import inbox
        from connector.store.database import open_store
        store = open_store(sys.argv[1])
        store.migrate()
        with store.reading() as tx:
            print(inbox.counts(tx)["waiting"])
        try:
            store.write(lambda tx: None)
        except StoreError as error:
            print(error)
        store.close()
        """,
        sqlite_url,
    ).splitlines()

    assert said[0] == "1"
    assert f"process {os.getpid()} is writing" in said[1]
    assert "stop it first" in said[1]
    assert store.receive([delivery("b")])[0].is_new


def test_the_next_process_writes_once_the_first_has_closed(store: SqliteStore, sqlite_url: str) -> None:
    store.close()

    second = open_store(sqlite_url)

    assert second.receive([delivery("a")])[0].is_new
    second.close()


def test_a_full_disk_refuses_and_recovers_by_itself(store: SqliteStore) -> None:
    store.receive([delivery("a")])
    pages = store.write(lambda tx: pragma(tx, "page_count"))
    store.write(lambda tx: pragma(tx, f"max_page_count={pages}"))

    with pytest.raises(StoreError, match="full"):
        store.receive([delivery("b", body=b"x" * 100_000)])
    with store.reading() as tx:
        assert inbox.counts(tx)["waiting"] == 1

    store.write(lambda tx: pragma(tx, "max_page_count=1000000"))
    assert store.receive([delivery("b", body=b"x" * 100_000)])[0].is_new


def test_after_a_failed_write_nothing_is_acknowledged_until_the_store_is_opened_anew(
    store: SqliteStore, sqlite_url: str
) -> None:
    store.close()

    said = run(
        """
        import resource, sys
        from datetime import UTC, datetime
        from connector.errors import StoreError
        from connector.model.delivery import Delivery
        from connector.store.database import open_store

        def receive(name, body):
            now = datetime(2027, 3, 1, tzinfo=UTC)
            try:
                store.receive([Delivery("webshop", "t", {}, {}, body, now, name)])
                print(name, "acknowledged")
            except StoreError as error:
                print(name, error)

        store = open_store(sys.argv[1])
        receive("before", b"x")
        resource.setrlimit(resource.RLIMIT_FSIZE, (100_000, resource.RLIM_INFINITY))
        receive("broken", b"x" * 1_000_000)
        resource.setrlimit(resource.RLIMIT_FSIZE, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))
        receive("after", b"x")
        store.close()
        store = open_store(sys.argv[1])
        receive("anew", b"x")
        store.close()
        """,
        sqlite_url,
    ).splitlines()

    assert [line.split()[0] for line in said] == ["before", "broken", "after", "anew"]
    assert ["acknowledged" in line for line in said] == [True, False, False, True]
    assert "the disk failed (disk I/O error); restart" in said[2]


def test_the_log_stays_short_under_load(store: SqliteStore, database: Path) -> None:
    log = database.with_name("loods.db-wal")
    sizes = []
    for number in range(40):
        store.receive([delivery(str(number), body=bytes(1_000_000))])
        sizes.append(log.stat().st_size)

    assert max(sizes) < 20_000_000


def test_the_log_that_a_reader_held_open_is_cut_once_it_is_gone(store: SqliteStore, database: Path) -> None:
    log = database.with_name("loods.db-wal")
    with store.reading() as tx:
        inbox.counts(tx)
        for number in range(40):
            store.receive([delivery(f"during {number}", body=bytes(1_000_000))])
        during = log.stat().st_size

    for number in range(100):
        store.receive([delivery(f"after {number}")])

    assert during > 40_000_000
    assert until(lambda: log.stat().st_size < 20_000_000)


def test_closing_leaves_one_file_with_everything_in_it(store: SqliteStore, database: Path) -> None:
    store.receive([delivery("a")])
    store.close()

    assert {one.name for one in database.parent.iterdir()} == {"loods.db", "loods.db.lock"}


@pytest.mark.parametrize("version", ["3.51.3", "3.52.0", "3.53.4", "3.50.7", "3.44.6", "4.0.0"])
def test_a_sound_sqlite_needs_no_notice(version: str) -> None:
    assert driver.notices(version) == ()


@pytest.mark.parametrize("version", ["3.51.2", "3.40.1", "3.44.5", "3.50.6", "3.45.3", "3.7.17"])
def test_a_sqlite_with_the_wal_reset_fault_is_told_of(version: str) -> None:
    (notice,) = driver.notices(version)

    assert f"SQLite {version} has the WAL-reset fault" in notice


def test_without_the_wheel_pythons_own_sqlite_does(sqlite_url: str, store: SqliteStore) -> None:
    store.close()

    said = run(
        """
        import sqlite3, sys
        sys.modules["pysqlite3"] = None
        from tests.store.make import delivery
        from connector.store.sqlite import driver
        from connector.store.database import open_store
        store = open_store(sys.argv[1])
        print(store.receive([delivery("a")])[0].is_new)
        print(store.notices == driver.notices(sqlite3.sqlite_version))
        store.close()
        """,
        sqlite_url,
    )

    assert said.split() == ["True", "True"]


def test_a_file_that_is_no_database_is_refused(database: Path, sqlite_url: str) -> None:
    database.write_bytes(b"something else, and long enough to be taken for a header of a database" * 100)
    store = open_store(sqlite_url)

    with pytest.raises(StoreError, match="not a database"):
        store.migrate()
    store.close()


def test_erased_text_is_in_no_file(store: SqliteStore, database: Path) -> None:
    canary = b"eva.canary@example.com"
    (received,) = store.receive([delivery("a", body=canary * 50)])
    store.write(lambda tx: tx.execute(text("DELETE FROM deliveries WHERE id = :id"), {"id": received.id}))
    store.close()

    assert canary not in database.read_bytes()
