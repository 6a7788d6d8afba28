"""`loods contact`, `deliveries` and `actions`: what was received, decided and done."""

from __future__ import annotations

import click

from connector.settings import Settings


@click.group()
def contact() -> None:
    """What is known of a person."""


@contact.command("show")
@click.argument("email")
@click.option("--format", "form", type=click.Choice(["human", "json"]), default="human", show_default=True)
@click.pass_obj
def show_contact(settings: Settings, email: str, form: str) -> None:
    """State and history of the contact with this address, or with this id of ours."""
    from connector.cli.records import inspecting

    inspecting.contact(settings, email, as_json=form == "json")


@contact.command("part")
@click.argument("contact_id")
@click.option("--yes", "is_sure", is_flag=True, help="Do not ask; do it.")
@click.pass_obj
def part_contact(settings: Settings, contact_id: str, is_sure: bool) -> None:
    """Undo that this contact became one with another (while `loods run` is stopped, on SQLite).

    It gets back what it was known by and the events that were recorded for it; both are folded anew.
    """
    from connector.cli.records import parting

    parting.part(settings, contact_id, is_sure=is_sure)


@click.group(invoke_without_command=True)
@click.option("--status", help="Only these: waiting, done, ignored, parked or failed.")
@click.option("--limit", type=click.IntRange(1, 500), default=30, show_default=True)
@click.pass_context
def deliveries(ctx: click.Context, status: str | None, limit: int) -> None:
    """The webhooks that were received, newest first; those that failed wait here for you."""
    from connector.cli.records import inspecting

    if ctx.invoked_subcommand is None:
        inspecting.deliveries(ctx.obj, status, limit)


@deliveries.command("replay")
@click.argument("delivery_id")
@click.pass_obj
def replay_delivery(settings: Settings, delivery_id: str) -> None:
    """Process a failed, parked or ignored delivery again (while `loods run` is stopped, on SQLite)."""
    from connector.cli.records import inspecting

    inspecting.replay_delivery(settings, delivery_id)


@click.group(invoke_without_command=True)
@click.option("--status", help="Only these: waiting, sending, unknown, done or dead.")
@click.option("--limit", type=click.IntRange(1, 500), default=30, show_default=True)
@click.pass_context
def actions(ctx: click.Context, status: str | None, limit: int) -> None:
    """What the platforms were asked to do, newest first; what they refused is dead, with their words."""
    from connector.cli.records import inspecting

    if ctx.invoked_subcommand is None:
        inspecting.actions(ctx.obj, status, limit)


@actions.command("replay")
@click.argument("action_id", type=int)
@click.pass_obj
def replay_action(settings: Settings, action_id: int) -> None:
    """Try a dead action again (while `loods run` is stopped, on SQLite)."""
    from connector.cli.records import inspecting

    inspecting.replay_action(settings, action_id)


@actions.command("discard")
@click.argument("action_id", type=int)
@click.pass_obj
def discard_action(settings: Settings, action_id: int) -> None:
    """Give an action up that waits (while `loods run` is stopped, on SQLite)."""
    from connector.cli.records import inspecting

    inspecting.discard_action(settings, action_id)
