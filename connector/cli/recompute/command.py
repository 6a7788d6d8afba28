"""`loods recompute`: what changed moves and scores make of what has happened."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from connector.settings import Settings


@click.command()
@click.option("--contact", default="", metavar="ID_OR_EMAIL", help="Only this contact.")
@click.option("--journey", default="", metavar="NAME", help="Only who changes in this journey.")
@click.option("--limit", type=click.IntRange(min=1), help="Only so many contacts, those known longest first.")
@click.option(
    "--draft",
    type=click.Path(path_type=Path),
    metavar="FOLDER",
    help="Show what this folder's rules would make of it, before it is published; nothing is changed.",
)
@click.option("--dry-run", is_flag=True, help="Show what would change, and change nothing.")
@click.option("--yes", "is_sure", is_flag=True, help="Do not ask.")
@click.option("--who", default="", help="For the record, instead of your login name.")
@click.pass_obj
def recompute(settings: Settings, /, *, is_sure: bool, who: str, **asked: Any) -> None:
    """Fold the history of contacts again, by the moves and scores that are live now; no action follows.

    Shows first what would change, and asks. Where nobody answers nothing is done, and the exit code is 1:
    --yes does it, and --dry-run only shows.
    """
    from connector.cli.recompute import recomputing

    if asked["dry_run"] and is_sure:
        raise click.UsageError("--dry-run changes nothing; leave it out, or leave out --yes.")
    if asked["draft"] and is_sure:
        raise click.UsageError("--draft only shows what would change; publish the folder, then recompute.")
    recomputing.recompute(settings, recomputing.Asked(**asked), who, is_sure=is_sure)
