"""What is left beside a SQLite file: in order, for us alone, until it is done."""

from __future__ import annotations

from pathlib import Path

import pytest

from connector.store.database import open_store
from connector.store.errands import Errands
from tests.store.make import NOON, later


@pytest.fixture
def errands(tmp_path: Path) -> Errands:
    """Those of a database that need not be there."""
    return Errands(tmp_path / "loods.db")


def test_what_is_asked_first_is_found_first_until_it_is_done(errands: Errands) -> None:
    second = errands.leave({"what": "go on"}, later(1))
    first = errands.leave({"what": "stop"}, NOON)

    assert errands.first() == (first, {"what": "stop"})
    errands.done(first)
    assert errands.first() == (second, {"what": "go on"})
    assert not errands.waits(first)
    assert errands.waits(second)


def test_where_nothing_was_ever_asked_nothing_is_found(errands: Errands) -> None:
    assert errands.first() is None


def test_nobody_else_can_read_what_is_asked(errands: Errands, tmp_path: Path) -> None:
    errands.leave({"what": "stop"}, NOON)

    assert (tmp_path / "loods.db.errands").stat().st_mode & 0o077 == 0


@pytest.mark.parametrize("written", [b"", b"{", b"[1]", b"\xff", b"[" * 100_000])
def test_what_cannot_be_read_is_told_so_that_it_can_be_passed_over(
    errands: Errands, tmp_path: Path, written: bytes
) -> None:
    name = errands.leave({}, NOON)
    (tmp_path / "loods.db.errands" / name).write_bytes(written)

    assert errands.first() == (name, None)


def test_only_an_embedded_database_needs_them(tmp_path: Path) -> None:
    assert open_store(f"sqlite:///{tmp_path}/loods.db").errands is not None
    assert open_store("postgresql://localhost/loods").errands is None
