"""A copy is a moment of the database while others write, whole or not there; and it can take its place."""

from __future__ import annotations

import signal
import sqlite3
import stat
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from alembic import command
from alembic.config import Config
from sqlalchemy import create_engine, text

from connector.errors import HeldError
from connector.store import copies, inbox, migrations, outbox, restoring, stops
from connector.store.copies import CopyError, Holds
from connector.store.database import Store, open_store
from connector.store.outbox import ActionStatus
from connector.store.restoring import Restored, Wish
from connector.store.stops import EVERYTHING
from tests.patience import until
from tests.store.make import NOON, action, delivery, later

ROOT = Path(__file__).parents[2]


@pytest.fixture
def database(tmp_path: Path) -> Path:
    return tmp_path / "loods.db"


@contextmanager
def opened(database: Path) -> Iterator[Store]:
    """The store of a file, up to date."""
    store = open_store(f"sqlite:///{database}")
    store.migrate()
    yield store
    store.close()


def back_up(database: Path, file: Path, *, may_replace: bool = False) -> Holds:
    return copies.back_up(database, file, may_replace=may_replace)


def restore(file: Path, database: Path, *, is_stopped: bool = True) -> Restored:
    return restoring.restore(file, database, Wish("loes", later(60), is_stopped))


def prints(file: Path) -> list[str]:
    """The fingerprints of the deliveries in a file that nobody has open."""
    connection = sqlite3.connect(file)
    found = [row[0] for row in connection.execute("SELECT fingerprint FROM deliveries ORDER BY fingerprint")]
    connection.close()
    return found


@contextmanager
def writing(database: Path, told: Path) -> Iterator[subprocess.Popen[bytes]]:
    """Another process that stores numbered deliveries all the time."""
    command = [sys.executable, "-m", "tests.store.prefix", f"sqlite:///{database}", str(told)]
    with subprocess.Popen(command, cwd=ROOT) as process:
        assert until(lambda: told.exists() and told.stat().st_size > 50)
        try:
            yield process
        finally:
            process.kill()


def acknowledged(told: Path) -> int:
    return int(told.read_text("ascii").split("\n")[-2])


def test_a_copy_that_still_has_the_name_of_a_half_one_is_not_overwritten(
    database: Path, tmp_path: Path
) -> None:
    """As a kill leaves it that comes between the copy's two names."""
    file, half = tmp_path / "copy.db", tmp_path / "copy.db.half"
    with opened(database) as store:
        store.receive([delivery("a")])
    back_up(database, file)
    half.hardlink_to(file)
    database.write_bytes(b"no database")

    with pytest.raises(CopyError):
        back_up(database, file, may_replace=True)

    assert prints(file) == ["a"]
    assert not half.exists()


@pytest.mark.parametrize("times", [5, pytest.param(100, marks=pytest.mark.slow)])
def test_a_copy_under_load_is_a_prefix_of_what_was_acknowledged(
    database: Path, tmp_path: Path, times: int
) -> None:
    told = tmp_path / "acknowledged.txt"
    with writing(database, told):
        for number in range(times):
            file = tmp_path / "copy.db"
            before = acknowledged(told)
            back_up(database, file, may_replace=number > 0)
            after = acknowledged(told)

            found = prints(file)

            assert found == [f"{one:08}" for one in range(len(found))]
            assert before <= len(found) <= after + 10


@pytest.mark.parametrize(
    "place",
    ["copied-page:kill", "copied-page:kill@3", "copied-before-check:kill", "copied-before-named:kill"],
)
def test_a_copy_that_is_killed_is_not_there_and_does_not_stand_in_the_way_of_the_next(
    database: Path, tmp_path: Path, place: str
) -> None:
    file = tmp_path / "copy.db"
    with opened(database) as store:
        store.receive([delivery(f"d{one}", body=b"x" * 500_000) for one in range(60)])
    script = (
        "from pathlib import Path; from connector import failpoints; from connector.store import copies;"
        f"failpoints.arm(failpoints.parse({place!r}));"
        f"copies.back_up(Path({str(database)!r}), Path({str(file)!r}), may_replace=False)"
    )

    ended = subprocess.run([sys.executable, "-c", script], cwd=ROOT, check=False)

    assert ended.returncode == -signal.SIGKILL
    assert not file.exists()
    assert file.with_name("copy.db.half").exists()

    holds = back_up(database, file)

    assert holds.deliveries == 60
    assert sorted(one.name for one in tmp_path.iterdir() if one.name.startswith("copy")) == ["copy.db"]


def test_a_copy_is_for_its_owner_alone_and_says_what_it_holds(database: Path, tmp_path: Path) -> None:
    with opened(database) as store:
        store.receive([delivery("a"), delivery("b", 5)])
        store.write(lambda tx: outbox.add(tx, [action("k1")], NOON))
        holds = back_up(database, tmp_path / "copy.db")

    assert (holds.deliveries, holds.unfinished, holds.until, holds.is_current) == (2, 1, later(5), True)
    assert stat.S_IMODE((tmp_path / "copy.db").stat().st_mode) == 0o600


def test_a_file_that_is_there_is_replaced_only_where_that_is_wanted(database: Path, tmp_path: Path) -> None:
    with opened(database) as store:
        store.receive([delivery("a")])
    file = tmp_path / "copy.db"
    file.write_text("something of mine")

    with pytest.raises(CopyError, match="--force"):
        back_up(database, file)
    assert file.read_text() == "something of mine"
    back_up(database, file, may_replace=True)

    assert prints(file) == ["a"]


@pytest.mark.parametrize("may_replace", [False, True])
def test_the_database_itself_is_never_the_copy(database: Path, *, may_replace: bool) -> None:
    with opened(database) as store:
        store.receive([delivery("a")])
    link = database.with_name("link.db")
    link.symlink_to(database)

    for one in (database, link):
        with pytest.raises(CopyError, match="the database itself"):
            back_up(database, one, may_replace=may_replace)
        with pytest.raises(CopyError, match="the database itself"):
            restore(one, database)

    assert prints(database) == ["a"]


def test_what_is_restored_is_the_copy_and_what_was_there_is_kept_aside(
    database: Path, tmp_path: Path
) -> None:
    file = tmp_path / "copy.db"
    with opened(database) as store:
        store.receive([delivery("a")])
        back_up(database, file)
        store.receive([delivery("b")])

    restored = restore(file, database)

    assert restored.aside == tmp_path / "loods.db.before-2027-03-01T13-00-00"
    assert prints(restored.aside) == ["a", "b"]
    with opened(database) as store, store.reading() as tx:
        assert inbox.counts(tx)["waiting"] == 1
    assert stat.S_IMODE(database.stat().st_mode) == 0o600


def test_what_was_acknowledged_last_is_kept_aside_too_after_a_kill(database: Path, tmp_path: Path) -> None:
    file, told = tmp_path / "copy.db", tmp_path / "acknowledged.txt"
    with writing(database, told):
        back_up(database, file)
    last = acknowledged(told)

    restored = restore(file, database)

    assert restored.aside is not None
    assert len(prints(restored.aside)) >= last


def test_after_a_restore_nothing_leaves_until_a_person_says_so(database: Path, tmp_path: Path) -> None:
    file = tmp_path / "copy.db"
    with opened(database) as store:
        store.write(lambda tx: outbox.add(tx, [action("k1"), action("k2", "bob")], NOON))
        store.write(lambda tx: outbox.claim(tx, "mailchimp", NOON, 1))
        back_up(database, file)

    restore(file, database)

    with opened(database) as store:
        [stopped] = store.write(stops.stopped)
        claimed = store.write(lambda tx: outbox.claim(tx, "mailchimp", later(90), 10))
        assert (stopped.rule, stopped.who) == (EVERYTHING, "loes")
        assert claimed == []
        assert [one.status for one in store.write(outbox.listing)][::-1] == [
            ActionStatus.SENDING,
            ActionStatus.WAITING,
        ]


def test_a_restore_that_is_to_go_on_stops_nothing(database: Path, tmp_path: Path) -> None:
    file = tmp_path / "copy.db"
    with opened(database):
        back_up(database, file)

    restore(file, database, is_stopped=False)

    with opened(database) as store:
        assert store.write(stops.stopped) == []


def test_what_was_in_hand_at_the_backup_counts_as_no_death(database: Path, tmp_path: Path) -> None:
    file = tmp_path / "copy.db"
    with opened(database) as store:
        store.receive([delivery("a")])
        store.write(lambda tx: inbox.take(tx, "one", 10, NOON))
        back_up(database, file)

    restore(file, database)

    with opened(database) as store:
        assert store.write(lambda tx: inbox.recover(tx, NOON, "two")) == []


def test_nothing_is_restored_while_a_process_writes(database: Path, tmp_path: Path) -> None:
    file = tmp_path / "copy.db"
    with opened(database) as store:
        store.receive([delivery("a")])
        back_up(database, file)

        with pytest.raises(HeldError, match="stop it first"):
            restore(file, database)


def test_nothing_is_restored_while_somebody_reads_what_only_the_log_has(
    database: Path, tmp_path: Path
) -> None:
    file = tmp_path / "copy.db"
    with opened(database) as store:
        store.receive([delivery("a")])
        back_up(database, file)
        reader = copies._connected(database, "mode=ro")
        reader.execute("BEGIN")
        reader.execute("SELECT count(*) FROM deliveries").fetchone()
        store.receive([delivery("b")])

    with pytest.raises(CopyError, match="somebody reads"):
        restore(file, database)
    reader.close()

    assert prints(database) == ["a", "b"]
    assert not list(tmp_path.glob("*.before*"))
    assert restore(file, database).aside is not None
    assert prints(database) == ["a"]


def test_who_only_looks_on_while_a_copy_is_restored_harms_nothing(database: Path, tmp_path: Path) -> None:
    file = tmp_path / "copy.db"
    with opened(database) as store:
        store.receive([delivery("a")])
        back_up(database, file)
        store.receive([delivery("b")])
    readers = [copies._connected(database, options) for options in ("mode=ro", "mode=rw")]
    for one in readers:
        one.execute("SELECT count(*) FROM deliveries").fetchone()

    restore(file, database)
    with opened(database) as store:
        store.receive([delivery("c")])
        seen = [one.execute("SELECT count(*) FROM deliveries").fetchone()[0] for one in readers]
        for one in readers:
            one.close()
        store.receive([delivery("d")])

    assert seen == [2, 2]
    assert prints(database) == ["a", "c", "d"]


@pytest.mark.parametrize("ending", ["-wal", "-shm", "-journal", ".lock", ".restoring"])
def test_no_copy_is_put_where_the_database_has_something_of_its_own(database: Path, ending: str) -> None:
    with opened(database) as store:
        store.receive([delivery("a")])
        file = database.with_name(database.name + ending)

        with pytest.raises(CopyError, match="belongs to the database"):
            back_up(database, file, may_replace=True)

        assert store.receive([delivery("b")])[0].is_new
    assert prints(database) == ["a", "b"]


def test_where_there_is_no_database_a_copy_becomes_one(database: Path, tmp_path: Path) -> None:
    file = tmp_path / "copy.db"
    with opened(database) as store:
        store.receive([delivery("a")])
        back_up(database, file)
    elsewhere = tmp_path / "new" / "loods.db"

    assert restore(file, elsewhere).aside is None
    assert prints(elsewhere) == ["a"]


def test_what_is_no_copy_of_ours_is_refused_and_nothing_changes(database: Path, tmp_path: Path) -> None:
    with opened(database) as store:
        store.receive([delivery("a")])
        good = tmp_path / "copy.db"
        back_up(database, good)
    other = tmp_path / "other.db"
    connection = sqlite3.connect(other)
    connection.execute("CREATE TABLE notes (text)")
    connection.commit()
    connection.close()
    cut = tmp_path / "cut.db"
    cut.write_bytes(good.read_bytes()[:-8_192])
    torn = bytearray(good.read_bytes())
    for place in range(8_192, len(torn) - 4_096, 4_096):
        torn[place : place + 64] = b"\xff" * 64
    (tmp_path / "torn.db").write_bytes(bytes(torn))
    (tmp_path / "text.db").write_text("no database at all, but long enough to look at" * 100)
    (tmp_path / "empty.db").write_bytes(b"")

    for name in ("other", "cut", "torn", "text", "empty", "absent"):
        with pytest.raises(CopyError):
            restore(tmp_path / f"{name}.db", database)

    assert prints(database) == ["a"]
    assert not list(tmp_path.glob("*.restoring*"))
    assert not list(tmp_path.glob("*.before*"))


def test_a_copy_of_a_newer_release_is_refused(database: Path, tmp_path: Path) -> None:
    file = tmp_path / "copy.db"
    with opened(database):
        back_up(database, file)
    connection = sqlite3.connect(file)
    connection.execute("UPDATE alembic_version SET version_num = '9999'")
    connection.execute("UPDATE works_beside SET oldest = '9999'")
    connection.commit()
    connection.close()

    with pytest.raises(CopyError, match="newer than this program"):
        restore(file, database)


def test_a_copy_of_an_older_release_is_brought_up_to_this_one(database: Path, tmp_path: Path) -> None:
    file = tmp_path / "older.db"
    engine = create_engine(f"sqlite:///{file}")
    with engine.begin() as connection:
        config = Config(attributes={"connection": connection})
        config.set_main_option("script_location", str(Path(migrations.__file__).parent))
        command.upgrade(config, "0011")
    engine.dispose()

    restored = restore(file, database)

    assert not restored.holds.is_current
    store = open_store(f"sqlite:///{database}")
    assert store.receive([delivery("a")])[0].is_new
    store.close()


@pytest.mark.slow
def test_a_restore_that_is_killed_leaves_the_old_database_or_the_new_one(
    database: Path, tmp_path: Path
) -> None:
    file = tmp_path / "copy.db"
    new = [f"new{one}" for one in range(20)]
    with opened(tmp_path / "other.db") as store:
        store.receive([delivery(one, body=b"x" * 500_000) for one in new])
    back_up(tmp_path / "other.db", file)
    script = (
        "import sys; from pathlib import Path; from connector.store import restoring;"
        "from tests.store.make import NOON, later; sys.stdout.write('begins'); sys.stdout.flush();"
        f"restoring.restore(Path({str(file)!r}), Path({str(database)!r}),"
        " restoring.Wish('loes', later(int(sys.argv[1])), True))"
    )
    for number in range(12):
        for one in tmp_path.glob("loods.db*"):
            one.unlink()
        with opened(database) as store:
            store.receive([delivery("old")])
        command_line = [sys.executable, "-c", script, str(number)]
        with subprocess.Popen(command_line, cwd=ROOT, stdout=subprocess.PIPE) as process:
            assert process.stdout is not None
            process.stdout.read(1)
            time.sleep(number * 0.03)
            process.kill()

        assert prints(database) in (["old"], sorted(new))
        with opened(database) as store:
            store.receive([delivery("later")])


def test_a_copy_that_finds_no_room_is_not_there(database: Path, tmp_path: Path) -> None:
    file = tmp_path / "copy.db"
    with opened(database) as store:
        store.receive([delivery(f"d{one}", body=b"x" * 100_000) for one in range(20)])
    script = (
        "import resource; from pathlib import Path; from connector.store import copies;"
        "resource.setrlimit(resource.RLIMIT_FSIZE, (500_000, 500_000));"
        f"copies.back_up(Path({str(database)!r}), Path({str(file)!r}), may_replace=False)"
    )

    ended = subprocess.run(
        [sys.executable, "-c", script], cwd=ROOT, capture_output=True, text=True, check=False
    )

    assert ended.returncode == 1
    assert "CopyError" in ended.stderr
    assert list(tmp_path.glob("copy*")) == []


def test_what_the_file_system_refuses_is_said_and_changes_nothing(database: Path, tmp_path: Path) -> None:
    with opened(database) as store:
        store.receive([delivery("a")])
    good = tmp_path / "copy.db"
    back_up(database, good)

    for file in (tmp_path / ("x" * 300), tmp_path / "no" / "copy.db", good / "copy.db"):
        with pytest.raises(CopyError):
            back_up(database, file)
        with pytest.raises(CopyError):
            restore(file, database)

    assert prints(database) == ["a"]


def test_a_database_that_is_damaged_is_kept_aside_with_its_log(database: Path, tmp_path: Path) -> None:
    file = tmp_path / "copy.db"
    with opened(database) as store:
        store.receive([delivery("a")])
        back_up(database, file)
    database.write_bytes(b"\0" * 50_000)
    log = tmp_path / "loods.db-wal"
    log.write_bytes(b"what stood there")

    restored = restore(file, database)

    assert restored.aside is not None
    assert restored.aside.read_bytes() == b"\0" * 50_000
    assert prints(database) == ["a"]


def test_a_copy_holds_only_what_its_size_says(database: Path, tmp_path: Path) -> None:
    with opened(database) as store:
        store.write(lambda tx: tx.execute(text("SELECT 1")))
        holds = back_up(database, tmp_path / "copy.db")

    assert holds.size == (tmp_path / "copy.db").stat().st_size
    assert holds.until is None
