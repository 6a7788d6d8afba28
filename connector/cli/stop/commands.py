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
    from connector.cli.stop import halting

    halting.stop(settings, trigger, why, who)


@click.command()
@_TRIGGER
@click.option("--go-on", is_flag=True, help="Let what waited leave.")
@click.option("--drop", is_flag=True, help="Give up what waited, for good.")
@_WHO
@click.pass_obj
def start(settings: Settings, trigger: str | None, who: str, *, go_on: bool, drop: bool) -> None:
    """Let what was stopped go on; asks what to do with what waited, and shows how much it is."""
    from connector.cli.stop import halting

    if go_on and drop:
        raise click.UsageError("What waited cannot both leave (--go-on) and be given up (--drop): say one.")
    halting.start(settings, trigger, "go on" if go_on else "drop" if drop else None, who)
