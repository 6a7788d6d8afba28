"""`loods run`, `web`, `work`, `demo`, `sandbox` and `migrate`: what runs, and what it needs first."""

from __future__ import annotations

import gc
import logging
import signal
import sys
import threading
from pathlib import Path
from queue import SimpleQueue
from typing import TYPE_CHECKING, Final

import click

from connector.errors import SettingsError
from connector.settings import Settings

if TYPE_CHECKING:
    from connector.bootstrap import System

log = logging.getLogger(__name__)

_MADE_TO_STAY: Final = 100_000
"""How many things are made at a start before garbage is searched for among them. All of them stay: with
Python's own 700 an eighth of the time until a process listens went into searches that found nothing."""


@click.command()
@click.option("--host", help="Address to listen on [HOST, 127.0.0.1].")
@click.option(
    "--port", type=click.IntRange(0, 65535), help="Port to listen on [PORT, 8080]; 0 takes a free one."
)
@click.option(
    "--watch/--no-watch", default=True, help="Publish the folder when it changes.  [default: watch]"
)
@click.pass_obj
def run(settings: Settings, host: str | None, port: int | None, *, watch: bool) -> None:
    """Receive, decide and dispatch, all in this one process, until SIGTERM or Ctrl-C.

    The folder of mapping files is watched: what passes its check is published and live within a second.
    """
    gc.set_threshold(_MADE_TO_STAY)
    from connector import bootstrap
    from connector.telemetry import logs

    logs.set_up(settings.log_format, sys.stderr)
    stop = stop_signal()
    system = bootstrap.build(settings.listening_on(host, port), is_watched=watch, is_noted=True)
    for notice in (*bootstrap.missing(settings, system.mapping), *system.store.notices):
        log.warning("%s", notice)
    is_clean = bootstrap.run(system, stop, lambda url: log.info("Loods listens at %s", url))
    _say_how(is_clean)


@click.command()
@click.option("--host", help="Address to listen on [HOST, 127.0.0.1].")
@click.option(
    "--port", type=click.IntRange(0, 65535), help="Port to listen on [PORT, 8080]; 0 takes a free one."
)
@click.pass_obj
def web(settings: Settings, host: str | None, port: int | None) -> None:
    """Receive webhooks, and nothing else, until SIGTERM or Ctrl-C: any number of times on one database.

    What is published is live within a second; no folder is needed.
    """
    gc.set_threshold(_MADE_TO_STAY)
    from connector import bootstrap

    stop = stop_signal()
    system = _beside(settings.listening_on(host, port), "web")
    _say_how(bootstrap.run(system, stop, lambda url: log.info("Loods listens at %s", url)))


@click.command()
@click.pass_obj
def work(settings: Settings) -> None:
    """Decide and dispatch what was received, until SIGTERM or Ctrl-C.

    Any number of times on PostgreSQL; once on SQLite, beside any number of `loods web` of this machine. What
    is published is live within a second; no folder is needed.
    """
    gc.set_threshold(_MADE_TO_STAY)
    from connector import bootstrap

    stop = stop_signal()
    system = _beside(settings, "work")
    log.info("Loods works")
    _say_how(bootstrap.work(system, stop))


@click.command()
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


@click.command()
@click.option("--port", type=click.IntRange(0, 65535), default=8090, show_default=True)
def sandbox(port: int) -> None:
    """A local HubSpot and Mailchimp over real HTTP; GET /state shows all that it holds.

    It begins empty each time, and its numbers anew: give Loods another database then, too, or a number
    that it knows is somebody else.
    """
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


@click.command()
@click.pass_obj
def migrate(settings: Settings) -> None:
    """Bring the database's schema up to date (`loods run` does it by itself)."""
    from connector import bootstrap
    from connector.runtime.retention import Retention
    from connector.store.database import open_store

    store = open_store(settings.database_url)
    store.migrate()
    Retention(store, bootstrap.clock, settings.keep).make_months()
    store.close()
    click.echo("the schema is up to date")


def _beside(settings: Settings, role: str) -> System:
    from connector import bootstrap
    from connector.telemetry import logs

    logs.set_up(settings.log_format, sys.stderr)
    system = bootstrap.build_beside(settings, bootstrap.Role(role))
    for notice in (*bootstrap.missing(settings, system.mapping), *system.store.notices):
        log.warning("%s", notice)
    return system


def _say_how(is_clean: bool) -> None:
    log.info("stopped" if is_clean else "stopped; a worker did not end in time, its work is taken up again")


def stop_signal() -> threading.Event:
    """An event that SIGTERM and Ctrl-C set.

    A thread of its own sets it: one signal may come while another is handled, which has the event's lock. A
    SimpleQueue may be put into even then (Python's documentation, "queue").
    """
    stop, told = threading.Event(), SimpleQueue[int]()
    for one in (signal.SIGTERM, signal.SIGINT):
        signal.signal(one, lambda number, _: told.put(number))
    threading.Thread(target=_set_when, args=(stop, told), name="signals", daemon=True).start()
    return stop


def _set_when(stop: threading.Event, told: SimpleQueue[int]) -> None:
    told.get()
    stop.set()
