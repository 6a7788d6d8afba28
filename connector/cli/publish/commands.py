"""`loods publish`, `versions`, `pull` and `rollback`: which mapping is live."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

import click

from connector.settings import Settings

_F = TypeVar("_F", bound=Callable[..., None])

_OPTIONS = (
    click.option(
        "--waiting",
        multiple=True,
        metavar="TRIGGER=PLAN",
        help="What becomes of runs that wait in a trigger whose text changes: "
        "keep (as is usual), move or end.",
    ),
    click.option("--yes", "is_sure", is_flag=True, help="Do not ask."),
    click.option("--accept-cost", is_flag=True, help="Accept how many people it may add to the accounts."),
    click.option("--why", default="", help="For the log."),
    click.option("--who", default="", help="For the log, instead of your login name."),
)


def _making_live(command: _F) -> _F:
    """With the options of every command that makes a version live."""
    for option in reversed(_OPTIONS):
        command = option(command)
    return command


@click.command()
@click.option("--if-new", is_flag=True, help="For a release: leave a folder alone that was live before.")
@click.option(
    "--over", metavar="VERSION", help="Replace this version, though the folder was made from another."
)
@_making_live
@click.pass_obj
def publish(  # noqa: PLR0913 - an option each
    settings: Settings,
    *,
    if_new: bool,
    over: str | None,
    waiting: tuple[str, ...],
    is_sure: bool,
    accept_cost: bool,
    why: str,
    who: str,
) -> None:
    """Make the folder the live mapping, if it passes its check and was made from the one that is live.

    Shows whom its triggers reach that are new or ask otherwise, and asks; their fuses stand above that. Shows
    how many people that may add to the accounts: more than `most_new` of the defaults is for a person to
    accept, by an answer or by --accept-cost.

    With --if-new a folder that would undo somebody's change, or costs more than that, stays unpublished with
    an alarm, and the exit code is 0: what is live goes on.
    """
    from connector.cli.publish import confirming, publishing, who_waits

    desk, sure = publishing.Desk(settings, who), confirming.Sure(is_sure, accept_cost)
    with desk:
        if if_new:
            desk.publish_if_new(why, sure)
        else:
            desk.publish(why, over, who_waits.chosen(waiting), sure)


@click.command()
@click.option(
    "--diff",
    nargs=2,
    metavar="A B",
    help="What changed from A to B: versions, or the words `live` and `folder`.",
)
@click.option("--limit", type=click.IntRange(1, 1000), default=30, show_default=True)
@click.pass_obj
def versions(settings: Settings, diff: tuple[str, str] | None, limit: int) -> None:
    """What was live when, by whom and why; newest first."""
    from connector.cli.publish import published

    if diff:
        published.show_difference(settings, *diff)
    else:
        published.show_log(settings, limit)


@click.command()
@click.argument("folder", type=click.Path(path_type=Path), required=False)
@click.argument("version", default="live")
@click.option("--force", is_flag=True, help="Overwrite changes that were never published.")
@click.pass_obj
def pull(settings: Settings, folder: Path | None, version: str, *, force: bool) -> None:
    """Write VERSION (the live one) into FOLDER (mappings): its files, and nothing else in YAML."""
    from connector.cli.publish import published

    published.pull(settings, folder or settings.mappings, version, is_forced=force)


@click.command()
@click.argument("version")
@_making_live
@click.pass_obj
def rollback(  # noqa: PLR0913 - an option each
    settings: Settings,
    version: str,
    *,
    waiting: tuple[str, ...],
    is_sure: bool,
    accept_cost: bool,
    why: str,
    who: str,
) -> None:
    """Make an older VERSION live again; beside a running `loods run` by way of its folder.

    Shows and asks what `loods publish` does: whom its triggers reach that the live version does not have so,
    and what that may cost.
    """
    from connector.cli.publish import confirming, publishing, who_waits

    sure = confirming.Sure(is_sure, accept_cost, "rollback")
    desk = publishing.Desk(settings, who)
    with desk:
        desk.roll_back(version, why, who_waits.chosen(waiting), sure)
