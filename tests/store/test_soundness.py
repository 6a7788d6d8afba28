"""A SQLite file that is damaged, or on ground that does not carry it, is refused before it is served."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from sqlalchemy import make_url, text

from connector.errors import SettingsError, StoreError
from connector.store.database import open_store
from connector.store.sqlite import ground, soundness
from connector.store.sqlite.store import SqliteStore
from tests.store.make import delivery

PAGE = 4096
NFS = 0x6969
EXT4 = 0xEF53


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A database of 5,000 deliveries, closed, all of it in one file."""
    file = tmp_path_factory.mktemp("whole") / "loods.db"
    store = open_store(f"sqlite:///{file}")
    store.migrate()
    store.receive([delivery(str(number)) for number in range(5_000)])
    store.close()
    return file


@pytest.fixture
def file(whole: Path, tmp_path: Path) -> Path:
    """A copy of it, to be spoiled."""
    return Path(shutil.copyfile(whole, tmp_path / "loods.db"))


def write(file: Path, at: int, what: bytes) -> None:
    """Spoil the file at this byte; nobody has it open."""
    with file.open("r+b") as opened:
        opened.seek(at)
        opened.write(what)


def test_a_whole_file_is_served(file: Path) -> None:
    assert soundness.check(file, seconds=60) == ()


@pytest.mark.parametrize("part", [0.3, 0.9])
def test_a_file_that_was_cut_off_is_refused(file: Path, part: float) -> None:
    size = int(file.stat().st_size * part) // PAGE * PAGE
    with file.open("r+b") as opened:
        opened.truncate(size)

    with pytest.raises(StoreError, match="is damaged and nothing of it is served"):
        soundness.check(file)


def test_what_is_no_database_is_refused(file: Path) -> None:
    write(file, 0, b"something else")

    with pytest.raises(StoreError, match="file is not a database"):
        soundness.check(file)


def test_every_page_that_was_lost_is_found(whole: Path, file: Path) -> None:
    """Each third page of the file is lost in turn; the rows are short, so every page is part of a tree."""
    pages = whole.stat().st_size // PAGE
    unnoticed = []
    for number in range(1, pages, 3):
        shutil.copyfile(whole, file)
        write(file, number * PAGE, bytes(PAGE))
        try:
            soundness.check(file, seconds=60)
        except StoreError:
            continue
        unnoticed.append(number)

    assert pages > 300
    assert unnoticed == []


def test_a_look_takes_no_longer_than_it_may_and_says_what_it_left(file: Path) -> None:
    (notice,) = soundness.check(file, seconds=0)

    assert "within 0 s" in notice
    assert "deliveries" in notice


@pytest.mark.parametrize("magic", [NFS, 0xFF534D42, 0xFE534D42, 0x517B, 0x01021997, 0x00C36400])
def test_a_network_is_no_ground_for_a_database(tmp_path: Path, magic: int) -> None:
    with pytest.raises(SettingsError, match=r"loods\.db is on .* local disk, or a PostgreSQL"):
        ground.check(tmp_path / "loods.db", magic)


def test_a_local_disk_is(tmp_path: Path) -> None:
    assert ground.check(tmp_path, EXT4) == ground.check(tmp_path, None) == ()


def test_a_file_system_of_a_program_may_be_either(tmp_path: Path) -> None:
    (notice,) = ground.check(tmp_path, 0x65735546)

    assert "must be a local one" in notice


def test_the_kind_of_a_file_system_is_known_before_the_file_is_there(tmp_path: Path) -> None:
    magic = ground.magic_of(tmp_path / "not" / "yet" / "loods.db")

    assert magic is not None
    assert magic == ground.magic_of(tmp_path)
    assert magic != ground.magic_of(Path("/proc"))


def test_a_damaged_database_is_not_opened(file: Path) -> None:
    write(file, 5 * PAGE, bytes(PAGE))
    store = open_store(f"sqlite:///{file}")

    with pytest.raises(StoreError, match="Restore the last backup"):
        store.migrate()
    store.close()


def test_on_a_network_nothing_is_made(tmp_path: Path) -> None:
    store = SqliteStore(make_url(f"sqlite:///{tmp_path}/var/loods.db"), file_system=lambda _: NFS)

    with pytest.raises(SettingsError, match="on NFS"):
        store.migrate()

    assert list(tmp_path.iterdir()) == []
    store.close()


def test_on_a_network_nothing_is_written(file: Path) -> None:
    store = SqliteStore(make_url(f"sqlite:///{file}"), file_system=lambda _: NFS)

    with pytest.raises(SettingsError, match="on NFS"):
        store.write(lambda tx: tx.execute(text("DELETE FROM deliveries")))
    store.close()
