"""`loods backup` and `loods restore`: a copy of the embedded database, and the way back to it."""

from __future__ import annotations

from pathlib import Path
from typing import Final

import click

from connector.errors import SettingsError
from connector.settings import Settings

_WITH_PG_DUMP: Final = (
    "the database is on PostgreSQL, which makes its own backups: "
    'pg_dump --format=custom --file={file} "$DATABASE_URL"'
)
_WITH_PG_RESTORE: Final = (
    "the database is on PostgreSQL, which has its own way back: "
    'pg_restore --clean --if-exists --no-owner --single-transaction --dbname="$DATABASE_URL" {file}; '
    "docs/backup.md says what to do before and after"
)


@click.command()
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path))
@click.option("--force", is_flag=True, help="Replace FILE where it is there already.")
@click.pass_obj
def backup(settings: Settings, file: Path, *, force: bool) -> None:
    """Copy the database into FILE, also while `loods run` works; FILE is whole and checked, or not there."""
    from connector.cli.backup import copying

    copying.back_up(_database(settings, _WITH_PG_DUMP.format(file=file)), file, may_replace=force)


@click.command()
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path))
@click.option("--go", is_flag=True, help="Let actions leave at once that may have left before.")
@click.option("--who", default="", help="For the record, instead of your login name.")
@click.pass_obj
def restore(settings: Settings, file: Path, who: str, *, go: bool) -> None:
    """Put the copy in FILE in the place of the database, which is kept aside; nothing leaves after that.

    No process may write the database meanwhile: stop `loods run` first.
    """
    from connector.cli.backup import copying

    database = _database(settings, _WITH_PG_RESTORE.format(file=file))
    copying.restore(file, database, who or settings.login, is_stopped=not go)


def _database(settings: Settings, instead: str) -> Path:
    """The file of the database. Raises SettingsError, with what to do `instead`."""
    from connector import bootstrap
    from connector.store.database import embedded_file

    found = embedded_file(settings.database_url)
    if found is None:
        raise SettingsError(instead)
    bootstrap.arm_as_asked(settings)
    return found
