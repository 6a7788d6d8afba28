"""`loods check` and `test`: what a mapping says."""

from __future__ import annotations

from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path

import click

from connector.errors import Problem
from connector.settings import Settings


@click.command()
@click.option(
    "--format",
    "form",
    type=click.Choice(["human", "json", "github"]),
    default="human",
    show_default=True,
    help="github: annotations of a pull request.",
)
@click.option("--live", is_flag=True, help="Ask the platforms too whether they have what it names.")
@click.pass_obj
def check(settings: Settings, form: str, *, live: bool) -> None:
    """Say everything that is wrong in the mapping. Exit code 0 when nothing is, 1 otherwise."""
    from connector import bootstrap
    from connector.cli.init import starter
    from connector.cli.terminal import show

    mapping, problems = bootstrap.check(settings)
    with suppress(OSError):  # a folder that cannot be written keeps the schema that it has
        starter.refresh(settings.mappings, bootstrap.editor_schema())
    untold = 0
    if live and mapping is not None:
        from connector.cli.doctor import examination

        found, untold = examination.live(settings, mapping)
        problems = (*problems, *found)
    _report(problems, form, settings.mappings)
    if mapping is None or any(one.severity == "error" for one in problems):
        raise SystemExit(1)
    if form == "human":
        show.summary(mapping, settings.mappings, problems)
        if untold:
            show.say(
                f"{show.several(untold, 'thing')} cannot be told by the platforms; `loods doctor` names them"
            )


def _report(problems: Iterable[Problem], form: str, folder: Path) -> None:
    from connector.cli.check.annotations import annotated
    from connector.cli.terminal import show

    if form == "github":
        for line in annotated(problems, folder):
            click.echo(line)
    else:
        show.problems(problems, as_json=form == "json")


@click.command()
@click.option("--format", "form", type=click.Choice(["human", "json"]), default="human", show_default=True)
@click.pass_obj
def test(settings: Settings, form: str) -> None:
    """Play the mapping's own examples. Exit code 0 when all of them hold, 1 otherwise."""
    from connector.cli.check import testing

    testing.test(settings, as_json=form == "json")
