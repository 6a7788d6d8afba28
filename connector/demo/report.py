"""What the demo shows: each webhook as it is posted, then where everybody stands and what was done."""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator, Sequence
from typing import Any

from rich.console import Console
from rich.table import Table
from rich.text import Text

from connector.demo.expected import EXPECTED, STAGES
from connector.demo.morning import Moment
from connector.demo.stage import DemoStage
from connector.model.contact import Contact
from connector.model.showing import shown
from connector.store import contacts, outbox
from connector.store.outbox import ActionStatus, Queued

WIDTH = 118
FONT_FACE = re.compile(r"@font-face \{.*?\}\n", re.DOTALL)
"""The picture names fonts that it would load from elsewhere; any monospaced font of the reader's will do."""


class Report:
    """Prints to the terminal, and can give all of it as a picture."""

    def __init__(self, stage: DemoStage) -> None:
        self._stage = stage
        self._console = Console(highlight=False, record=True, width=WIDTH)

    def opening(self) -> None:
        """Where everything is, before the first webhook."""
        mapping = self._stage.system.mapping
        rules = f"mapping {mapping.version[:12]}, {len(mapping.triggers)} triggers"
        self._console.print(f"[bold]Loods[/bold] at {self._stage.url} ({rules})")
        self._console.print(f"HubSpot and Mailchimp, local, at {self._stage.sandbox.url}\n")
        self._console.print("[bold]A morning in a webshop[/bold], as signed webhooks")

    def posted(self, moment: Moment, status: int) -> None:
        """One webhook and its answer."""
        self._console.print(f"  [green]{status}[/green]  [dim]{moment.connection:10}[/dim] {moment.title}")

    def outcome(self) -> bool:
        """Where everybody stands and why, and whether everything expected is there."""
        people, asked = self._known()
        self._console.print("\n[bold]Where each contact stands, and what HubSpot and Mailchimp did[/bold]")
        for contact in people:
            self._console.print(_headline(contact))
            theirs = [row for row in asked if row.action.contact_id == contact.id]
            self._console.print(_actions(theirs))
        self._console.print()
        missing = self._missing(people)
        for sentence in missing:
            self._console.print(f"[red]missing:[/red] {sentence}")
        expected = len(EXPECTED) + len(STAGES)
        if not missing:
            calls = len(self._stage.sandbox.state()["calls"])
            self._console.print(
                f"[green]All {expected} expectations hold[/green], in {calls} calls to the platforms."
            )
        return not missing

    def addresses(self) -> None:
        """How to go on by hand."""
        self._console.print(f"\nIt stays up. What the platforms hold: {self._stage.sandbox.url}/state")
        self._console.print(
            f"A person: {sys.argv[0]} --database {self._stage.database} contact show eva@example.com",
            soft_wrap=True,
        )
        self._console.print("Stop with Ctrl-C.")

    def picture(self) -> str:
        """All that was printed, as SVG."""
        return FONT_FACE.sub("", self._console.export_svg(title="make demo"))

    def _known(self) -> tuple[list[Contact], list[Queued]]:
        with self._stage.system.store.reading() as tx:
            return contacts.listing(tx, limit=100)[::-1], outbox.listing(tx, limit=500)[::-1]

    def _missing(self, people: Sequence[Contact]) -> list[str]:
        stages = {one.email: _stage_of(one) for one in people}
        state: dict[str, Any] = self._stage.sandbox.state()
        found = [
            f"{email} stands in {stages.get(email) or 'no stage'}, expected {stage or 'no stage'}"
            for email, stage in STAGES.items()
            if stages.get(email) != stage
        ]
        return found + [one.sentence for one in EXPECTED if not one.holds(state)]


def _stage_of(contact: Contact) -> str:
    return ", ".join(standing.stage for standing in contact.standings.values())


def _headline(contact: Contact) -> Text:
    line = Text(f"\n{contact.email or contact.id}  ", style="bold")
    line.append(_stage_of(contact) or "no stage yet", style="bold cyan")
    for said in _said(contact):
        line.append(f"  {said}", style="dim")
    return line


def _said(contact: Contact) -> Iterator[str]:
    for order in contact.orders.values():
        facts = ", ".join(order.facts)
        yield f"order of {order.total} {order.currency} ({facts})"
    for held in contact.consent.values():
        yield "newsletter: yes" if held.given else "newsletter: no"
    if contact.complaints:
        yield "an open complaint"


def _actions(rows: Sequence[Queued]) -> Table:
    table = Table(box=None, show_header=False, padding=(0, 1, 0, 2))
    table.add_column(width=23, no_wrap=True, style="dim")
    table.add_column(width=23, no_wrap=True)
    table.add_column(width=52, overflow="fold")
    table.add_column(no_wrap=True)
    for row in rows:
        action = row.action
        table.add_row(
            action.cause.event,
            f"{action.connection}.{action.name}",
            Text(shown(action.arguments)),
            _status(row),
        )
    return table


def _status(row: Queued) -> Text:
    if row.status is ActionStatus.DONE:
        return Text("done", style="green")
    return Text(f"{row.status.value}: {row.words}", style="red")
