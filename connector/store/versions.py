"""The version of the schema: what the database has, what this program knows, and the way up."""

from __future__ import annotations

from pathlib import Path
from typing import Final

from sqlalchemy import Connection

from connector.errors import StoreError
from connector.store.dialect import one_at_a_time
from connector.store.server import unbound

_MIGRATIONS: Final = Path(__file__).parent / "migrations"


def check_version(tx: Connection) -> None:
    """Raises StoreError where the schema is older than this program, or newer."""
    if not is_current(tx):
        raise StoreError("the database has an older schema than this program: run `loods migrate`")


def is_current(tx: Connection) -> bool:
    """Whether the schema is this program's; False where it is older. A newer one is a StoreError."""
    from alembic.runtime.migration import MigrationContext
    from alembic.script import ScriptDirectory

    scripts = ScriptDirectory(str(_MIGRATIONS))
    found = MigrationContext.configure(tx).get_current_revision()
    known = {script.revision for script in scripts.walk_revisions()}
    if found is not None and found not in known:
        raise StoreError(f"the database has schema {found}, newer than this program: upgrade the program")
    return found == scripts.get_current_head()


def upgrade(tx: Connection) -> None:
    """Bring the schema up to this program's, in the given transaction: wholly, or not at all."""
    from alembic import command
    from alembic.config import Config

    unbound(tx)
    one_at_a_time(tx, "migrate")
    if is_current(tx):
        return
    config = Config(attributes={"connection": tx})
    config.set_main_option("script_location", str(_MIGRATIONS).replace("%", "%%"))
    command.upgrade(config, "head")
