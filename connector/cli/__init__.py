"""The command `loods`."""

from __future__ import annotations

from pathlib import Path

import click

from connector.cli import (
    backing_up,
    beginning,
    connecting,
    drawing,
    examining,
    mapping,
    moments,
    reasoning,
    recompute,
    records,
    serving,
    stopping,
    trying,
    undo,
    versions,
)
from connector.errors import LoodsError, MappingError
from connector.settings import read_settings


class Commands(click.Group):
    """Turns every error that we raise on purpose into its message and exit code 1, without a traceback."""

    def invoke(self, ctx: click.Context) -> object:
        try:
            return super().invoke(ctx)
        except MappingError as error:
            for problem in error.problems:
                click.echo(str(problem), err=True)
            raise click.ClickException(
                f"the mapping has {len(error.problems)} problem(s); nothing was started or published"
            ) from error
        except LoodsError as error:
            raise click.ClickException(str(error)) from error


@click.group(cls=Commands, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="loods")
@click.option(
    "--mappings", type=click.Path(path_type=Path), help="The folder of mapping files [LOODS_MAPPINGS]."
)
@click.option("--database", help="sqlite:///PATH or postgresql://… [DATABASE_URL].")
@click.pass_context
def main(ctx: click.Context, mappings: Path | None, database: str | None) -> None:
    """Loods steers contacts through the customer journey with your own HubSpot and Mailchimp."""
    asked = {"LOODS_MAPPINGS": str(mappings) if mappings else None, "DATABASE_URL": database}
    ctx.obj = read_settings(overrides={name: value for name, value in asked.items() if value})


for command in (
    serving.run,
    serving.web,
    serving.work,
    serving.demo,
    serving.sandbox,
    serving.migrate,
    beginning.init,
    connecting.connect,
    versions.publish,
    versions.versions,
    versions.pull,
    versions.rollback,
    undo.undo,
    drawing.draw,
    examining.doctor,
    mapping.check,
    mapping.test,
    reasoning.explain,
    reasoning.why,
    trying.backtest,
    records.contact,
    records.deliveries,
    records.actions,
    stopping.stop,
    stopping.start,
    moments.moment,
    recompute.recompute,
    backing_up.backup,
    backing_up.restore,
):
    main.add_command(command)
