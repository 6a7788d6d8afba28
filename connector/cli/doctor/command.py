"""`loods doctor`: whether all that the mapping needs stands ready, at the platforms and here."""

from __future__ import annotations

import click

from connector.settings import Settings


@click.command()
@click.option("--json", "as_json", is_flag=True, help="Every finding, as one JSON list.")
@click.pass_obj
def doctor(settings: Settings, *, as_json: bool) -> None:
    """Look at every account and at this machine, and say what is wrong with the line and the remedy.

    Asks the live platforms, and writes nothing. Of the folder's mapping, or of the live one where there is no
    folder. Exit code 0 when nothing is an error, 1 otherwise.
    """
    from connector.cli.doctor import examination

    raise SystemExit(examination.doctor(settings, as_json=as_json))
