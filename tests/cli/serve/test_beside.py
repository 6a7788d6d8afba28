"""`loods web` and `loods work` say what they need."""

from __future__ import annotations

import os
from collections.abc import Callable
from contextlib import ExitStack
from pathlib import Path

import pytest
from click.testing import CliRunner

from connector.bootstrap import clock
from connector.cli import main
from connector.store import months, stops
from connector.store.database import Place, open_store


@pytest.fixture(params=["sqlite", "postgres"])
def empty_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """The address of a database without any table."""
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path}/loods.db"
    make: Callable[[], str] = request.getfixturevalue("make_postgres")
    return make()


@pytest.mark.parametrize("command", ["web", "work"])
def test_a_file_has_to_be_there_first(tmp_path: Path, command: str) -> None:
    result = CliRunner().invoke(main, ["--database", f"sqlite:///{tmp_path}/loods.db", command])

    assert result.exit_code == 1
    assert "run `loods migrate`" in result.output
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("command", ["web", "work"])
def test_beside_loods_run_on_sqlite_they_say_what_to_stop(migrated_url: str, command: str) -> None:
    alone = open_store(migrated_url)
    alone.write(lambda tx: None)

    result = CliRunner().invoke(main, ["--database", migrated_url, command])

    alone.close()
    assert result.exit_code == 1
    assert f"process {os.getpid()} is writing" in result.output
    assert "stop it first" in result.output


@pytest.mark.parametrize("place", [Place.WEB, Place.WORK])
def test_beside_them_loods_run_says_what_to_stop(migrated_url: str, place: Place) -> None:
    sharing = open_store(migrated_url, place)
    sharing.take_place()

    result = CliRunner().invoke(main, ["--database", migrated_url, "run", "--port", "0"])

    sharing.close()
    assert result.exit_code == 1
    assert f"process {os.getpid()} (`loods {place}`) is writing" in result.output


def test_a_second_loods_work_on_sqlite_is_refused(migrated_url: str) -> None:
    first = open_store(migrated_url, Place.WORK)
    first.take_place()

    result = CliRunner().invoke(main, ["--database", migrated_url, "work"])

    first.close()
    assert result.exit_code == 1
    assert f"process {os.getpid()} is the `loods work` of" in result.output


@pytest.mark.parametrize("command", ["web", "work"])
def test_something_has_to_be_migrated_and_published_first(empty_url: str, command: str) -> None:
    before = CliRunner().invoke(main, ["--database", empty_url, command])
    store = open_store(empty_url)
    store.migrate()
    store.close()
    then = CliRunner().invoke(main, ["--database", empty_url, command])

    assert "run `loods migrate`" in before.output
    assert "run `loods publish`" in then.output
    assert (before.exit_code, then.exit_code) == (1, 1)


def test_a_command_works_beside_them_on_sqlite(migrated_url: str) -> None:
    with ExitStack() as others:
        for place in (Place.WEB, Place.WORK):
            sharing = open_store(migrated_url, place)
            others.callback(sharing.close)
            sharing.take_place()

        result = CliRunner().invoke(main, ["--database", migrated_url, "stop", "--why", "a look"])

        with sharing.reading() as tx:
            [stopped] = stops.stopped(tx)
    assert result.exit_code == 0, result.output
    assert stopped.words == "a look"


def test_a_database_that_is_migrated_has_its_months(make_postgres: Callable[[], str]) -> None:
    url = make_postgres()

    result = CliRunner().invoke(main, ["--database", url, "migrate"])

    store = open_store(url)
    with store.reading() as tx:
        assert months.missing(tx, clock()) == []
        assert len(months.made(tx)) == 9
    store.close()
    assert result.exit_code == 0
