"""The version of the schema: what the database has, what this program knows, and the way up.

A migration that only adds says so (`is_additive = True` beside its revision): programs from before it go on
beside it. The database keeps the oldest revision whose program may work there. What takes something away
comes a release later, when no program needs it any more.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache, partial
from pathlib import Path
from typing import TYPE_CHECKING, Final

from sqlalchemy import Connection, select

from connector.errors import StoreError
from connector.store.dialect import one_at_a_time, upsert
from connector.store.postgres.server import unbound, wait_long
from connector.store.schema import works_beside

if TYPE_CHECKING:
    from alembic.script import ScriptDirectory

_MIGRATIONS: Final = Path(__file__).parent / "migrations"
_ONLY: Final = 1
"""The id of the only row of the table."""


@dataclass(frozen=True, slots=True)
class Steps:
    """The revisions of a folder of migrations."""

    known: frozenset[str]
    newest: str | None


def check_version(tx: Connection) -> None:
    """Raises StoreError where the schema is older than this program, or too new for it."""
    if not is_current(tx):
        raise StoreError("the database has an older schema than this program: run `loods migrate`")


def is_current(tx: Connection, migrations: Path = _MIGRATIONS) -> bool:
    """Whether the schema is this program's, or a newer one beside which it may work; False where it is older.

    A newer one beside which it may not is a StoreError.
    """
    from alembic.runtime.migration import MigrationContext

    steps = _steps(migrations)
    found = MigrationContext.configure(tx).get_current_revision()
    if found is None or found in steps.known:
        return found == steps.newest
    if tx.execute(select(works_beside.c.oldest)).scalar() in steps.known:
        return True
    raise StoreError(f"the database has schema {found}, newer than this program: upgrade the program")


def upgrade(tx: Connection, migrations: Path = _MIGRATIONS) -> None:
    """Bring the schema up to this program's, in the given transaction: wholly, or not at all."""
    from alembic import command
    from alembic.config import Config

    unbound(tx)
    wait_long(tx, partial(one_at_a_time, tx, "migrate"))
    if is_current(tx, migrations):
        return
    config = Config(attributes={"connection": tx})
    config.set_main_option("script_location", str(migrations).replace("%", "%%"))
    command.upgrade(config, "head")
    upsert(tx, works_beside, [{"id": _ONLY, "oldest": _oldest(_scripts(migrations))}], change=("oldest",))


@cache
def _steps(migrations: Path) -> Steps:
    """What a folder has, read once: each file of it is a module, which is executed to be read."""
    scripts = _scripts(migrations)
    known = frozenset(script.revision for script in scripts.walk_revisions())
    return Steps(known, scripts.get_current_head())


def _scripts(migrations: Path) -> ScriptDirectory:
    from alembic.script import ScriptDirectory

    return ScriptDirectory(str(migrations))


def _oldest(scripts: ScriptDirectory) -> str:
    """The newest revision that does more than add: a program that knows it may work on all that follow."""
    found = scripts.walk_revisions()
    return next(one.revision for one in found if not getattr(one.module, "is_additive", False))
