"""`loods moment fire`: something happens in the world now, and the mapping has a moment for it."""

from __future__ import annotations

import click

from connector.settings import Settings


@click.group()
def moment() -> None:
    """The moments of the mapping's calendar."""


@moment.command("fire")
@click.argument("name")
@click.option("--yes", "is_sure", is_flag=True, help="Do not ask.")
@click.option("--who", default="", help="For the record, instead of your login name.")
@click.pass_obj
def fire(settings: Settings, name: str, *, is_sure: bool, who: str) -> None:
    """The moment NAME is now: every contact is looked at, and its triggers ask their questions.

    Shows first how many contacts would be reached by each trigger, and asks.
    """
    from connector.cli.moment import firing

    firing.fire(settings, name, who, is_sure=is_sure)
