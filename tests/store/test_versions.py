"""A program beside a schema that is newer than itself."""

from __future__ import annotations

import importlib
import pkgutil
import shutil
from pathlib import Path

import pytest

from connector.errors import StoreError
from connector.store import inbox, migrations, versions
from connector.store.database import open_store
from tests.store.make import NOON, delivery

NEXT = """
import sqlalchemy as sa
from alembic import op

revision = "9001"
down_revision = "{head}"
branch_labels = None
depends_on = None
is_additive = {is_additive}


def upgrade() -> None:
    op.add_column("hands", sa.Column("host", sa.Text(), server_default="", nullable=False))
"""


def next_release(folder: Path, *, is_additive: bool) -> Path:
    """The migrations of a release after this one."""
    found = folder / "migrations"
    shutil.copytree(str(Path(versions.__file__).parent / "migrations"), found)
    head = sorted((found / "versions").glob("v*.py"))[-1].name[1:5]
    (found / "versions" / "v9001_next.py").write_text(NEXT.format(head=head, is_additive=is_additive))
    return found


def test_a_program_goes_on_beside_a_schema_to_which_something_was_added(
    fresh_url: str, tmp_path: Path
) -> None:
    running = open_store(fresh_url)
    running.migrate()
    running.receive([delivery("a")])

    running.write(lambda tx: versions.upgrade(tx, next_release(tmp_path, is_additive=True)))

    started = open_store(fresh_url) if not running.is_embedded else running
    started.migrate()
    started.receive([delivery("b")])
    assert len(running.write(lambda tx: inbox.take(tx, "one", 10, NOON))) == 2
    started.close()
    running.close()


def test_a_program_refuses_a_schema_that_is_not_for_it_any_more(fresh_url: str, tmp_path: Path) -> None:
    store = open_store(fresh_url)
    store.migrate()
    store.write(lambda tx: versions.upgrade(tx, next_release(tmp_path, is_additive=False)))
    store.close()

    late = open_store(fresh_url)

    with pytest.raises(StoreError, match="newer than this program: upgrade the program"):
        late.migrate()
    late.close()


def test_every_migration_says_whether_it_only_adds() -> None:
    names = [one.name for one in pkgutil.iter_modules([str(Path(migrations.__path__[0]) / "versions")])]
    since = [one for one in names if one >= "v0015"]

    told = [importlib.import_module(f"connector.store.migrations.versions.{one}") for one in since]

    assert [one.__name__ for one in told if not isinstance(one.is_additive, bool)] == []
