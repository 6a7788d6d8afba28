"""`loods contact`, `deliveries` and `actions`: what the database holds, and a person's say in it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TypeVar

import click

from connector import bootstrap
from connector.cli import show_contact, show_queues
from connector.cli.buying import Buying, buying
from connector.errors import LoodsError, MappingError
from connector.model.contact import Contact
from connector.model.delivery import DeliveryStatus
from connector.model.event import Identity
from connector.model.identities import canonical_email
from connector.settings import Settings
from connector.store import contacts, failings, families, held, history, inbox, looks, outbox, stops
from connector.store.database import Place, Store, Transaction, open_store
from connector.store.outbox import ActionStatus

Status = TypeVar("Status", DeliveryStatus, ActionStatus)


class NotThereError(LoodsError):
    """What the command line names does not exist; the message says what was looked for."""


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


def contact_of(tx: Transaction, email: str) -> Contact:
    """The person with this address, or with this id of ours; who has become another is that one.

    Raises NotThereError.
    """
    address = canonical_email(email)
    if address is None:
        contact_id = families.root(tx, email)
        if by_id := contacts.peek(tx, [contact_id]).get(contact_id):
            return by_id
        raise NotThereError(f"{email!r} is neither an e-mail address nor the id of a contact")
    found = contacts.find(tx, Identity("email", "", address))
    if found is None:
        raise NotThereError(f"nobody is known as {address}")
    return found


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


@contextmanager
def reading(settings: Settings) -> Iterator[Transaction]:
    """A look at the database, also while another process writes. Raises NotThereError where there is none."""
    store = existing_store(settings)
    try:
        with store.reading() as tx:
            yield tx
    finally:
        store.close()


def existing_store(settings: Settings) -> Store:
    """The database that there is. Raises NotThereError where there is none."""
    path = settings.database_url.removeprefix("sqlite:///")
    if path != settings.database_url and not Path(path).exists():
        raise NotThereError(
            f"there is no database at {path}; `loods run` makes one, DATABASE_URL names another"
        )
    return open_store(settings.database_url, Place.GUEST)
