"""`loods web` and `loods work` say what they need."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from click.testing import CliRunner

from connector.bootstrap import clock
from connector.cli import main
from connector.store import months
from connector.store.database import open_store


@pytest.mark.parametrize("command", ["web", "work"])
def test_on_sqlite_the_whole_is_one_process(migrated_url: str, command: str) -> None:
    result = CliRunner().invoke(main, ["--database", migrated_url, command])

    assert result.exit_code == 1
    assert "On SQLite `loods run` is all of it in one process" in result.output


@pytest.mark.parametrize("command", ["web", "work"])
def test_something_has_to_be_migrated_and_published_first(
    make_postgres: Callable[[], str], command: str
) -> None:
    url = make_postgres()

    before = CliRunner().invoke(main, ["--database", url, command])
    store = open_store(url)
    store.migrate()
    store.close()
    then = CliRunner().invoke(main, ["--database", url, command])

    assert "run `loods migrate`" in before.output
    assert "run `loods publish`" in then.output
    assert (before.exit_code, then.exit_code) == (1, 1)


def test_a_database_that_is_migrated_has_its_months(make_postgres: Callable[[], str]) -> None:
    url = make_postgres()

    result = CliRunner().invoke(main, ["--database", url, "migrate"])

    store = open_store(url)
    with store.reading() as tx:
        assert months.missing(tx, clock()) == []
        assert len(months.made(tx)) == 9
    store.close()
    assert result.exit_code == 0
