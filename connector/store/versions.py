"""The version of the schema: what the database has, what this program knows, and the way up.

A migration that only adds says so (`is_additive = True` beside its revision): programs from before it go on
beside it. The database keeps the oldest revision whose program may work there. What takes something away
comes a release later, when no program needs it any more.
"""

from __future__ import annotations

import re
import sys
from dataclasses import dataclass
from functools import cache, partial
from pathlib import Path
from typing import TYPE_CHECKING, Final

from sqlalchemy import Connection, column, inspect, select, table

from connector.errors import StoreError
from connector.store.dialect import one_at_a_time, upsert
from connector.store.postgres.server import unbound, wait_long
from connector.store.schema import works_beside

if TYPE_CHECKING:
    from alembic.script import ScriptDirectory

_MIGRATIONS: Final = Path(__file__).parent / "migrations"
_HIGHLIGHTS: Final = "mako.ext.pygmentplugin"
"""What Mako, which Alembic loads to write new migrations, colours the code of its errors with: 4 MB. Without
it they have no colours (`mako/exceptions.py`)."""

_REVISION: Final = re.compile(r'^revision = "(.+)"$', re.MULTILINE)
_BEFORE: Final = re.compile(r'^down_revision = "(.+)"$', re.MULTILINE)
_ONLY: Final = 1
"""The id of the only row of the table."""

_version: Final = table("alembic_version", column("version_num"))
"""In which Alembic keeps the revision of the schema."""


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
    ours = steps(migrations)
    found = tx.scalar(select(_version.c.version_num)) if inspect(tx).has_table(_version.name) else None
    if found is None or found in ours.known:
        return found == ours.newest
    if tx.execute(select(works_beside.c.oldest)).scalar() in ours.known:
        return True
    raise StoreError(f"the database has schema {found}, newer than this program: upgrade the program")


def upgrade(tx: Connection, migrations: Path = _MIGRATIONS) -> None:
    """Bring the schema up to this program's, in the given transaction: wholly, or not at all."""
    sys.modules.setdefault(_HIGHLIGHTS, None)  # type: ignore[arg-type]  # keeps it from being imported
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
def steps(migrations: Path = _MIGRATIONS) -> Steps:
    """What a folder has, read once, as texts: Alembic executes each file, and takes 8 MB for that, which a
    process that only looks would keep for good.
    """
    texts = [one.read_text(encoding="utf-8") for one in (migrations / "versions").glob("*.py")]
    known = {found[1] for one in texts if (found := _REVISION.search(one))}
    before = {found[1] for one in texts if (found := _BEFORE.search(one))}
    return Steps(frozenset(known), max(known - before, default=None))


def _scripts(migrations: Path) -> ScriptDirectory:
    from alembic.script import ScriptDirectory

    return ScriptDirectory(str(migrations))


def _oldest(scripts: ScriptDirectory) -> str:
    """The newest revision that does more than add: a program that knows it may work on all that follow."""
    found = scripts.walk_revisions()
    return next(one.revision for one in found if not getattr(one.module, "is_additive", False))
