"""`loods import`: the shop's past, so that nobody is new who is not."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from connector.settings import Settings


@click.command("import")
@click.argument("connection")
@click.argument("files", nargs=-1, required=True, type=click.Path(path_type=Path), metavar="FILE...")
@click.option("--topic", help="What the records are, as the source calls it, where that is not in them.")
@click.option(
    "--acts-since",
    default="",
    metavar="MOMENT",
    help="What happened from then on (2026-11-20) acts as if it came now; without it nothing does.",
)
@click.option("--accept-cost", is_flag=True, help="Accept how many people it may add to the accounts.")
@click.option("--dry-run", "is_dry", is_flag=True, help="Show it, and bring nothing.")
@click.option("--yes", "is_sure", is_flag=True, help="Do not ask.")
@click.option("--who", default="", help="For the record, instead of your login name.")
@click.pass_obj
def import_(settings: Settings, /, *, is_dry: bool, is_sure: bool, who: str, **asked: Any) -> None:
    """Bring the orders or contacts of FILE into the history, as CONNECTION would tell them.

    Nothing acts upon them. FILE is JSON as the shop's API or export gives it: a list, an object with the list
    in it, one record, or one a line. Shows first what it would bring, and asks. Where nobody answers nothing
    is done, and the exit code is 1: --yes does it, and --dry-run only shows. It may be ended and begun again,
    and goes on then.
    """
    from connector.cli.importing import importing

    if is_dry and is_sure:
        raise click.UsageError("--dry-run brings nothing; leave it out to import, or leave out --yes.")
    importing.bring(
        settings, importing.Asked(**asked, who=who or settings.login), is_dry=is_dry, is_sure=is_sure
    )
