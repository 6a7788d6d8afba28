"""`loods stop` and `loods start`: nothing leaves any more, and what becomes of what waited."""

from __future__ import annotations

import click

from connector.settings import Settings

_TRIGGER = click.option("--trigger", metavar="NAME", help="Only this trigger; without it, everything.")
_WHO = click.option("--who", default="", help="For the record, instead of your login name.")


@click.command()
@_TRIGGER
@click.option("--why", default="", help="For the record.")
@_WHO
@click.pass_obj
def stop(settings: Settings, trigger: str | None, why: str, who: str) -> None:
    """Let nothing leave any more, from now on and in every process; nothing is lost.

    Webhooks are still received and decided; what is to leave waits for `loods start`.
    """
    from connector.cli import halting

    halting.stop(settings, trigger, why, who)


@click.command()
@_TRIGGER
@click.option("--go-on", "choice", flag_value="go on", help="Let what waited leave.")
@click.option("--drop", "choice", flag_value="drop", help="Give up what waited, for good.")
@_WHO
@click.pass_obj
def start(settings: Settings, trigger: str | None, choice: str | None, who: str) -> None:
    """Let what was stopped go on; asks what to do with what waited, and shows how much it is."""
    from connector.cli import halting

    halting.start(settings, trigger, choice, who)
