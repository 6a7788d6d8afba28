"""A program beside a schema that is newer than itself."""

from __future__ import annotations

import importlib
import pkgutil
import shutil
from collections.abc import Callable
from pathlib import Path
from threading import Thread

import pytest
from alembic.script import ScriptDirectory
from sqlalchemy import create_engine, make_url, text

from connector.errors import StoreError
from connector.store import inbox, migrations, versions
from connector.store.database import open_store
from connector.store.dialect import one_at_a_time
from tests.patience import PATIENCE
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


def test_who_comes_while_another_migrates_waits_longer_than_for_any_lock(
    make_postgres: Callable[[], str],
) -> None:
    url = make_url(make_postgres())
    hasty = url.update_query_dict({"options": "-c lock_timeout=100ms"})
    engine, impatient = create_engine(url), open_store(hasty.render_as_string(hide_password=False))
    beside = Thread(target=impatient.migrate)

    with engine.begin() as tx:
        one_at_a_time(tx, "migrate")
        beside.start()
        beside.join(0.5)
        waits = beside.is_alive()
    beside.join(PATIENCE)

    assert waits
    with impatient.reading() as tx:
        assert (versions.is_current(tx), tx.scalar(text("SHOW lock_timeout"))) == (True, "100ms")
    impatient.close()
    engine.dispose()


def test_what_is_read_of_the_migrations_is_what_alembic_reads() -> None:
    scripts = ScriptDirectory(str(Path(migrations.__path__[0])))

    steps = versions.steps()

    assert steps.known == {one.revision for one in scripts.walk_revisions()}
    assert steps.newest == scripts.get_current_head()


def test_every_migration_says_whether_it_only_adds() -> None:
    names = [one.name for one in pkgutil.iter_modules([str(Path(migrations.__path__[0]) / "versions")])]
    since = [one for one in names if one >= "v0015"]

    told = [importlib.import_module(f"connector.store.migrations.versions.{one}") for one in since]

    assert [one.__name__ for one in told if not isinstance(one.is_additive, bool)] == []
