"""What the demo shows: each webhook as it is posted, then every contact's stage and the actions."""

from __future__ import annotations

from typing import Any

from rich.console import Console
from rich.table import Table

from connector.demo.expected import EXPECTED, STAGES
from connector.demo.morning import Moment
from connector.demo.stage import DemoStage
from connector.model.contact import Contact
from connector.store import contacts, outbox
from connector.store.outbox import Queued


class Report:
    """Prints to the terminal."""

    def __init__(self, stage: DemoStage) -> None:
        self._stage = stage
        self._console = Console(highlight=False)

    def opening(self) -> None:
        """Where everything is, before the first webhook."""
        mapping = self._stage.system.mapping
        rules = f"{len(mapping.triggers)} triggers, mapping {mapping.version[:12]}"
        self._console.print(f"[bold]Loods[/bold] at {self._stage.url} ({rules})")
        self._console.print(f"HubSpot and Mailchimp (sandbox) at {self._stage.sandbox.url}\n")
        self._console.print("[bold]A morning in a webshop[/bold]")

    def posted(self, moment: Moment, status: int) -> None:
        """One webhook and its answer."""
        self._console.print(f"  {status}  {moment.connection:10} {moment.title}")

    def outcome(self) -> bool:
        """The tables, and whether everything expected is there."""
        people, asked = self._known()
        self._console.print(_people_table(people))
        self._console.print(_actions_table(asked, {one.id: one for one in people}))
        missing = self._missing(people)
        for sentence in missing:
            self._console.print(f"[red]missing:[/red] {sentence}")
        if not missing:
            expected = len(EXPECTED) + len(STAGES)
            self._console.print(
                f"[green]Everything arrived[/green]: {expected} of {expected} expectations hold."
            )
        return not missing

    def addresses(self) -> None:
        """How to go on by hand."""
        state = f"{self._stage.sandbox.url}/state"
        self._console.print(f"\nStill up. What the platforms hold: {state}\nStop with Ctrl-C.")

    def _known(self) -> tuple[list[Contact], list[Queued]]:
        with self._stage.system.store.reading() as tx:
            return contacts.listing(tx, limit=100)[::-1], outbox.listing(tx, limit=500)[::-1]

    def _missing(self, people: list[Contact]) -> list[str]:
        stages = {one.email: _stage_of(one) for one in people}
        state: dict[str, Any] = self._stage.sandbox.state()
        found = [
            f"{email} stands in {stages.get(email) or 'no stage'}, expected {stage}"
            for email, stage in STAGES.items()
            if stages.get(email) != stage
        ]
        return found + [one.sentence for one in EXPECTED if not one.holds(state)]


def _stage_of(contact: Contact) -> str:
    return ", ".join(standing.stage for standing in contact.standings.values())


def _people_table(people: list[Contact]) -> Table:
    table = Table(title="\nWhere each contact stands", title_justify="left", title_style="bold")
    for heading in ("contact", "stage", "orders", "newsletter"):
        table.add_column(heading)
    for one in people:
        consent = [held.given for held in one.consent.values()]
        newsletter = ("yes" if consent[-1] else "no") if consent else "-"
        orders = ", ".join(f"{order.total} {order.currency}" for order in one.orders.values())
        table.add_row(one.email or one.id, _stage_of(one) or "-", orders or "-", newsletter)
    return table


def _actions_table(asked: list[Queued], people: dict[str, Contact]) -> Table:
    table = Table(
        title="\nWhat HubSpot and Mailchimp were asked to do", title_justify="left", title_style="bold"
    )
    for heading in ("contact", "action", "with", "because of", "outcome"):
        table.add_column(heading, overflow="fold")
    for row in asked:
        action = row.action
        contact = people.get(action.contact_id)
        table.add_row(
            (contact.email if contact else None) or action.contact_id,
            f"{action.connection}.{action.name}",
            ", ".join(f"{name}={value}" for name, value in action.arguments.items() if value is not None),
            f"{action.cause.event} ({action.cause.rule})",
            row.status.value
            if not row.words or row.status.value == "done"
            else f"{row.status.value}: {row.words}",
        )
    return table
