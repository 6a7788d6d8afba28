"""`loods check` and `test`: what a mapping says."""

from __future__ import annotations

from contextlib import suppress

import click

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
@click.pass_obj
def check(settings: Settings, form: str) -> None:
    """Say everything that is wrong in the mapping. Exit code 0 when nothing is, 1 otherwise."""
    from connector import bootstrap
    from connector.cli import show, starter
    from connector.cli.annotations import annotated

    mapping, problems = bootstrap.check(settings)
    with suppress(OSError):  # a folder that cannot be written keeps the schema that it has
        starter.refresh(settings.mappings, bootstrap.editor_schema())
    if form == "github":
        for line in annotated(problems, settings.mappings):
            click.echo(line)
    else:
        show.problems(problems, as_json=form == "json")
    if mapping is None:
        raise SystemExit(1)
    if form == "human":
        show.summary(mapping, settings.mappings, problems)


@click.command()
@click.option("--format", "form", type=click.Choice(["human", "json"]), default="human", show_default=True)
@click.pass_obj
def test(settings: Settings, form: str) -> None:
    """Play the mapping's own examples. Exit code 0 when all of them hold, 1 otherwise."""
    from connector.cli import testing

    testing.test(settings, as_json=form == "json")
