"""`loods undo`: what a trigger or a version did, as far as it can be taken back."""

from __future__ import annotations

import click

from connector.settings import Settings


@click.command()
@click.argument("what", metavar="TRIGGER|VERSION")
@click.option("--since", default="", metavar="LENGTH", help="Only what was decided so long ago, or later.")
@click.option("--dry-run", "is_dry", is_flag=True, help="Show it, and change nothing.")
@click.option("--yes", "is_sure", is_flag=True, help="Do not ask.")
@click.option("--who", default="", help="For the record, instead of your login name.")
@click.pass_obj
def undo(settings: Settings, what: str, since: str, *, is_dry: bool, is_sure: bool, who: str) -> None:
    """Take back what a trigger did, or all rules while a VERSION was live.

    Tags, lists and open tasks at the platforms; stages, points, counters and fields in Loods itself.

    Shows first what can be undone and what cannot, and asks. Where nobody answers nothing is done, and the
    exit code is 1: --yes does it, and --dry-run only shows. The trigger is stopped, what waits of it is given
    up, and its runs end.
    """
    from connector.cli.undo import undoing

    if is_dry and is_sure:
        raise click.UsageError("--dry-run changes nothing; leave it out to undo, or leave out --yes.")
    asked = undoing.Asked(what, since, who or settings.login)
    undoing.undo(settings, asked, is_dry=is_dry, is_sure=is_sure)
