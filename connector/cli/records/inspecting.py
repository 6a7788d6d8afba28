"""`loods contact`, `deliveries` and `actions`: what the database holds, and a person's say in it."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

import click

from connector import bootstrap
from connector.cli.here.existing import NotThereError, contact_of, existing_store, reading
from connector.cli.records import show_contact, show_queues
from connector.cli.records.buying import Buying, buying
from connector.errors import MappingError
from connector.model.contact import Contact
from connector.model.delivery import DeliveryStatus
from connector.settings import Settings
from connector.store import failings, families, held, history, inbox, looks, outbox, stops
from connector.store.database import Transaction
from connector.store.outbox import ActionStatus

Status = TypeVar("Status", DeliveryStatus, ActionStatus)


def contact(settings: Settings, email: str, *, as_json: bool) -> None:
    """Print state and history of one person."""
    with reading(settings) as tx:
        found = contact_of(tx, email)
        past = history.of_contact(tx, found.id)
        asked = outbox.listing(tx, contact_id=found.id)
        time = looks.of_contact(tx, found.id)
        stumble = looks.stumble_of(tx, found.id)
        bought = _buying(settings, tx, found)
        joined = families.of_contact(tx, found.id)
    show_contact.contact(
        show_contact.Person(found, past, asked, time, stumble, bought, joined), as_json=as_json
    )


def _buying(settings: Settings, tx: Transaction, found: Contact) -> Buying | None:
    """What their purchases say; None where no mapping says by what."""
    try:
        return buying(bootstrap.live_mapping(settings, tx), found, bootstrap.clock())
    except MappingError:
        return None


def deliveries(settings: Settings, status: str | None, limit: int) -> None:
    """Print the newest deliveries."""
    wanted = _member(DeliveryStatus, status) if status else None
    with reading(settings) as tx:
        show_queues.deliveries(inbox.listing(tx, wanted, limit), inbox.counts(tx))


def actions(settings: Settings, status: str | None, limit: int) -> None:
    """Print the newest actions."""
    wanted, now = _member(ActionStatus, status) if status else None, bootstrap.clock()
    with reading(settings) as tx:
        rows = outbox.listing(tx, wanted, limit=limit)
        show_queues.actions(rows, outbox.counts(tx), outbox.paused(tx), now)
        show_queues.stopped(
            [
                (one, stops.held(tx, one.rule), sum(held.counts(tx, one.rule).values()))
                for one in stops.stopped(tx)
            ]
        )
        show_queues.failings(failings.lately(tx, now))


def replay_delivery(settings: Settings, delivery_id: str) -> None:
    """A failed, parked or ignored delivery waits again."""
    what = f"failed, parked or ignored delivery {delivery_id}"
    _change(settings, lambda tx: inbox.replay(tx, delivery_id), what, "waits again; `loods run` takes it up")


def replay_action(settings: Settings, action_id: int) -> None:
    """A dead action waits again."""
    now = bootstrap.clock()
    what = f"dead action {action_id}"
    _change(
        settings, lambda tx: outbox.replay(tx, action_id, now), what, "waits again; `loods run` takes it up"
    )


def discard_action(settings: Settings, action_id: int) -> None:
    """A waiting action is given up."""
    now = bootstrap.clock()
    what = f"waiting action {action_id}"
    _change(settings, lambda tx: outbox.discard(tx, action_id, now), what, "is given up")


def _change(settings: Settings, change: Callable[[Transaction], bool], what: str, then: str) -> None:
    store = existing_store(settings)
    try:
        if not store.write(change):
            raise NotThereError(f"there is no {what}")
    finally:
        store.close()
    click.echo(f"{what}: {then}")


def _member(kind: type[Status], text: str) -> Status:
    try:
        return kind(text)
    except ValueError:
        raise NotThereError(f"{text!r} is no status; there are: {', '.join(kind)}") from None
