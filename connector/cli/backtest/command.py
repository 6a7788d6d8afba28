"""`loods backtest`: what a draft would have done."""

from __future__ import annotations

from pathlib import Path

import click

from connector.settings import Settings


@click.command()
@click.argument("folder", type=click.Path(path_type=Path))
@click.option("--since", default="30d", show_default=True, metavar="LENGTH", help="How far to look back.")
@click.option("--all", "shows_all", is_flag=True, help="Show every contact that differs, not only 20.")
@click.option(
    "--format",
    "form",
    type=click.Choice(["human", "json", "csv"]),
    default="human",
    show_default=True,
    help="json and csv give every action of every contact.",
)
@click.pass_obj
def backtest(settings: Settings, folder: Path, since: str, shows_all: bool, form: str) -> None:
    """Try the draft mapping in FOLDER on what was recorded: who would have got what; nothing is done."""
    from connector.cli.backtest import backtesting

    backtesting.backtest(settings, backtesting.Question(folder, since, form, shows_all))
