"""`loods connect`: what the mapping needs at platforms and shops, made there."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from connector.settings import Settings


class Currency(click.ParamType[str]):
    """A currency by its code, as ISO 4217 has them."""

    name = "currency"

    def convert(self, value: object, param: click.Parameter | None, ctx: click.Context | None) -> str:
        """The code in capitals; a usage error where there is no such currency."""
        from babel.numbers import list_currencies

        code = str(value).upper()
        if code not in list_currencies():
            self.fail(f"{value!r} is no currency; it is a code of three letters, as in EUR", param, ctx)
        return code


@click.command()
@click.option("--url", metavar="URL", help="Where senders reach this Loods, as https://… [PUBLIC_URL].")
@click.option(
    "--moved-from", metavar="URL", help="Where they reached it until now: its webhooks are changed."
)
@click.option(
    "--secrets",
    type=click.Path(path_type=Path, dir_okay=False),
    metavar="FILE",
    help="Keep secrets that are shown only once here, as NAME=value lines.",
)
@click.option(
    "--hsmeta",
    type=click.Path(path_type=Path, dir_okay=False),
    metavar="FILE",
    help="Write the webhooks for the project of a HubSpot app.",
)
@click.option(
    "--connection", multiple=True, metavar="NAME", help="Only this one; may be given several times."
)
@click.option(
    "--currency", type=Currency(), metavar="CODE", help="That of a new store at Mailchimp, as in EUR."
)
@click.option("--dry-run", is_flag=True, help="Show what would be made, and make nothing.")
@click.option("--yes", "is_sure", is_flag=True, help="Do not ask.")
@click.pass_obj
def connect(settings: Settings, /, *, is_sure: bool, **asked: Any) -> None:
    """Make what the mapping needs at platforms and shops: webhooks that come here, and what its actions name.

    Shows first what is there, what would be made and what only a person can do, and asks. What is there
    stays; nothing is deleted, and what others made is not touched. Exit code 0 when nothing failed.
    """
    from connector.cli.connect import asking

    raise SystemExit(asking.connect(settings, asking.Asked(**asked), is_sure=is_sure))
