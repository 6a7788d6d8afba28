"""The command `loods`."""

from __future__ import annotations

from pathlib import Path

import click

from connector.cli.backtest.command import backtest
from connector.cli.backup.commands import backup, restore
from connector.cli.check.commands import check, test
from connector.cli.connect.command import connect
from connector.cli.doctor.command import doctor
from connector.cli.draw.command import draw
from connector.cli.importing.command import import_
from connector.cli.init.command import init
from connector.cli.moment.command import moment
from connector.cli.publish.commands import publish, pull, rollback, versions
from connector.cli.recompute.command import recompute
from connector.cli.records.commands import actions, contact, deliveries
from connector.cli.serve.commands import demo, migrate, run, sandbox, web, work
from connector.cli.stop.commands import start, stop
from connector.cli.undo.command import undo
from connector.cli.why.commands import explain, why
from connector.errors import LoodsError, MappingError
from connector.settings import read_settings


class Commands(click.Group):
    """Turns every error that we raise on purpose into its message and exit code 1, without a traceback."""

    def invoke(self, ctx: click.Context) -> object:
        try:
            return super().invoke(ctx)
        except MappingError as error:
            from connector.cli.terminal.show import several

            for problem in error.problems:
                click.echo(str(problem), err=True)
            count = several(len(error.problems), "problem")
            raise click.ClickException(f"the mapping has {count}; nothing was done") from error
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
    run,
    web,
    work,
    demo,
    sandbox,
    migrate,
    init,
    connect,
    publish,
    versions,
    pull,
    rollback,
    undo,
    draw,
    doctor,
    check,
    test,
    explain,
    why,
    backtest,
    contact,
    import_,
    deliveries,
    actions,
    stop,
    start,
    moment,
    recompute,
    backup,
    restore,
):
    main.add_command(command)
