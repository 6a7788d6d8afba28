"""The command `loods`."""

from __future__ import annotations

import logging
import signal
import threading
from pathlib import Path

import click

from connector.errors import LoodsError, MappingError, SettingsError
from connector.settings import Settings, read_settings


class Commands(click.Group):
    """Turns every error that we raise on purpose into its message and exit code 1, without a traceback."""

    def invoke(self, ctx: click.Context) -> object:
        try:
            return super().invoke(ctx)
        except MappingError as error:
            for problem in error.problems:
                click.echo(str(problem), err=True)
            raise click.ClickException(
                f"the mapping has {len(error.problems)} problem(s); nothing was started"
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


@main.command()
@click.option("--host", help="Address to listen on [HOST, 127.0.0.1].")
@click.option(
    "--port", type=click.IntRange(0, 65535), help="Port to listen on [PORT, 8080]; 0 takes a free one."
)
@click.pass_obj
def run(settings: Settings, host: str | None, port: int | None) -> None:
    """Receive, decide and dispatch, all in this one process, until SIGTERM or Ctrl-C."""
    from connector import bootstrap

    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(levelname)s %(name)s: %(message)s")
    system = bootstrap.build(settings.listening_on(host, port))
    for notice in (*bootstrap.missing(settings, system.mapping), *system.store.notices):
        click.echo(f"notice: {notice}", err=True)
    is_clean = bootstrap.run(
        system, stop_signal(), lambda url: click.echo(f"Loods listens at {url}", err=True)
    )
    click.echo(
        "stopped" if is_clean else "stopped; a worker did not end in time, its work is taken up again",
        err=True,
    )


@main.command()
@click.option("--format", "form", type=click.Choice(["human", "json"]), default="human", show_default=True)
@click.pass_obj
def check(settings: Settings, form: str) -> None:
    """Say everything that is wrong in the mapping. Exit code 0 when nothing is, 1 otherwise."""
    from connector import bootstrap
    from connector.cli import show

    mapping, problems = bootstrap.check(settings)
    show.problems(problems, as_json=form == "json")
    if mapping is None:
        raise SystemExit(1)
    if form == "human":
        show.summary(mapping, settings.mappings)


@main.command()
@click.option("--port", type=click.IntRange(0, 65535), default=8090, show_default=True)
def sandbox(port: int) -> None:
    """A local HubSpot and Mailchimp over real HTTP; GET /state shows all that it holds."""
    from connector.sandbox import serve

    try:
        serve(
            port,
            "127.0.0.1",
            ready=lambda it: click.echo(f"HubSpot and Mailchimp at {it.url}, all of it at {it.url}/state"),
        )
    except OSError as error:
        raise SettingsError(
            f"cannot listen on port {port}: {error.strerror or error}; --port names another"
        ) from error


@main.command()
@click.option(
    "--once", is_flag=True, help="End when the morning is over; exit code 0 only if all of it arrived."
)
@click.option("--port", type=click.IntRange(0, 65535), default=0, help="Port of Loods; 0 takes a free one.")
@click.option("--picture", type=click.Path(path_type=Path), help="Write what is shown to this file, as SVG.")
@click.pass_obj
def demo(settings: Settings, once: bool, port: int, picture: Path | None) -> None:
    """Play a morning in a webshop into Loods, with a local HubSpot and Mailchimp."""
    from connector.demo import play

    raise SystemExit(play(settings, once=once, port=port, picture=picture))


@main.command()
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--connection", required=True, help="The connection that would have received it.")
@click.option(
    "--header", "headers", multiple=True, metavar="'NAME: VALUE'", help="A header that came with it."
)
@click.option("--topic", help="The source's own name for what happened, where a header would have said so.")
@click.pass_obj
def explain(
    settings: Settings, file: Path, connection: str, headers: tuple[str, ...], topic: str | None
) -> None:
    """What a payload would do and why; nothing is written or sent."""
    from connector.cli import explaining

    explaining.explain(settings, explaining.Payload(file, connection, headers, topic))


@main.group()
def contact() -> None:
    """What is known of a person."""


@contact.command("show")
@click.argument("email")
@click.option("--format", "form", type=click.Choice(["human", "json"]), default="human", show_default=True)
@click.pass_obj
def show_contact(settings: Settings, email: str, form: str) -> None:
    """State and history of the contact with this address."""
    from connector.cli import inspecting

    inspecting.contact(settings, email, as_json=form == "json")


@main.group(invoke_without_command=True)
@click.option("--status", help="Only these: waiting, done, ignored, parked or failed.")
@click.option("--limit", type=click.IntRange(1, 500), default=30, show_default=True)
@click.pass_context
def deliveries(ctx: click.Context, status: str | None, limit: int) -> None:
    """The webhooks that were received, newest first; those that failed wait here for you."""
    from connector.cli import inspecting

    if ctx.invoked_subcommand is None:
        inspecting.deliveries(ctx.obj, status, limit)


@deliveries.command("replay")
@click.argument("delivery_id")
@click.pass_obj
def replay_delivery(settings: Settings, delivery_id: str) -> None:
    """Process a failed, parked or ignored delivery again (while `loods run` is stopped, on SQLite)."""
    from connector.cli import inspecting

    inspecting.replay_delivery(settings, delivery_id)


@main.group(invoke_without_command=True)
@click.option("--status", help="Only these: waiting, sending, unknown, done or dead.")
@click.option("--limit", type=click.IntRange(1, 500), default=30, show_default=True)
@click.pass_context
def actions(ctx: click.Context, status: str | None, limit: int) -> None:
    """What the platforms were asked to do, newest first; what they refused is dead, with their words."""
    from connector.cli import inspecting

    if ctx.invoked_subcommand is None:
        inspecting.actions(ctx.obj, status, limit)


@actions.command("replay")
@click.argument("action_id", type=int)
@click.pass_obj
def replay_action(settings: Settings, action_id: int) -> None:
    """Try a dead action again (while `loods run` is stopped, on SQLite)."""
    from connector.cli import inspecting

    inspecting.replay_action(settings, action_id)


@actions.command("discard")
@click.argument("action_id", type=int)
@click.pass_obj
def discard_action(settings: Settings, action_id: int) -> None:
    """Give an action up that waits (while `loods run` is stopped, on SQLite)."""
    from connector.cli import inspecting

    inspecting.discard_action(settings, action_id)


@main.command()
@click.pass_obj
def migrate(settings: Settings) -> None:
    """Bring the database's schema up to date (`loods run` does it by itself)."""
    from connector.store.database import open_store

    store = open_store(settings.database_url)
    store.migrate()
    store.close()
    click.echo("the schema is up to date")


def stop_signal() -> threading.Event:
    """An event that SIGTERM and Ctrl-C set."""
    stop = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.set())
    return stop
