"""`loods explain` and `why`: what something would do, and why something was or was not done."""

from __future__ import annotations

from pathlib import Path
from typing import Any, Final

import click

from connector.settings import Settings

_FORMAT: Final = click.Choice(["human", "json"])


@click.command()
@click.argument("file", required=False, type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--connection", metavar="NAME", help="The connection that would have received or told it.")
@click.option("--header", multiple=True, metavar="'NAME: VALUE'", help="A header that came with FILE.")
@click.option("--topic", help="What FILE is about in the source's own words, where a header would say so.")
@click.option("--delivery", metavar="ID", help="A delivery that was received; `loods deliveries` lists them.")
@click.option("--event", metavar="NAME", help="An event that you type, such as order.paid.")
@click.option("--contact", metavar="EMAIL", help="Whose event it is.")
@click.option("--set", multiple=True, metavar="NAME=VALUE", help="What the event says: order.total=120.")
@click.option("--format", "form", type=_FORMAT, default="human", show_default=True)
@click.pass_obj
def explain(settings: Settings, /, form: str, **given: Any) -> None:
    """What a payload FILE, a stored delivery or a typed event would do, and why; nothing is written."""
    from connector.cli.why import asked, explaining

    explaining.explain(settings, asked.what(given), as_json=form == "json")


@click.command()
@click.argument("email")
@click.argument("trigger")
@click.option(
    "--limit", type=click.IntRange(1, 500), default=10, show_default=True, help="At most so many events."
)
@click.option("--format", "form", type=_FORMAT, default="human", show_default=True)
@click.pass_obj
def why(settings: Settings, email: str, trigger: str, limit: int, form: str) -> None:
    """Why somebody did or did not get what a TRIGGER does, newest first, and what would have to change."""
    from connector.cli.why import asking

    asking.why(settings, asking.Question(email, trigger, limit), as_json=form == "json")
