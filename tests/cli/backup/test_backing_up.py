"""`loods backup` and `loods restore` say what was done, and what it means."""

from __future__ import annotations

from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from connector.cli import main
from connector.store import outbox
from connector.store.database import open_store
from tests.store.make import NOON, action, delivery


def loods(database: str, *words: object) -> Result:
    return CliRunner().invoke(main, ["--database", database, *map(str, words)])


@pytest.fixture
def url(migrated_url: str) -> str:
    """A database with a delivery and an action that waits."""
    store = open_store(migrated_url)
    store.receive([delivery("a")])
    store.write(lambda tx: outbox.add(tx, [action("k1")], NOON))
    store.close()
    return migrated_url


def test_a_copy_is_made_and_restored_and_everything_is_stopped_then(url: str, tmp_path: Path) -> None:
    file = tmp_path / "copy.db"

    made = loods(url, "backup", file)
    restored = loods(url, "restore", file, "--who", "loes")
    started = loods(url, "start", "--go-on")

    assert made.exit_code == 0, made.output
    assert "1 deliveries, 0 contacts, 0 events, 1 actions on their way" in made.output
    assert "everything is stopped: 1 action(s) were on their way then" in restored.output
    assert "is kept as" in restored.output
    assert "everything goes on" in started.output


def test_a_copy_may_be_made_while_another_process_writes_and_a_restore_may_not(
    url: str, tmp_path: Path
) -> None:
    file = tmp_path / "copy.db"
    store = open_store(url)
    store.receive([delivery("b")])

    made = loods(url, "backup", file)
    restored = loods(url, "restore", file)
    store.close()

    assert "2 deliveries" in made.output
    assert restored.exit_code == 1
    assert "stop it first" in restored.output


def test_a_file_that_is_there_is_not_replaced_unless_that_is_said(url: str, tmp_path: Path) -> None:
    file = tmp_path / "copy.db"
    file.write_text("mine")

    assert loods(url, "backup", file).exit_code == 1
    assert file.read_text() == "mine"
    assert loods(url, "backup", file, "--force").exit_code == 0


@pytest.mark.parametrize(("command", "tool"), [("backup", "pg_dump"), ("restore", "pg_restore")])
def test_on_postgresql_its_own_tools_are_named(command: str, tool: str) -> None:
    said = loods("postgresql://nobody@localhost/loods", command, "copy.db")

    assert said.exit_code == 1
    assert f"{tool} --" in said.output
    assert "nobody@" not in said.output
