"""Things to store, with as little to say as possible."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from connector.model.action import Action, Cause, Kind
from connector.model.delivery import Delivery
from connector.model.event import Event, Identity
from connector.store.database import Store, Transaction
from connector.store.schema import metadata

NOON = datetime(2027, 3, 1, 12, tzinfo=UTC)
EVA = Identity("email", "", "eva@example.com")
BOB = Identity("email", "", "bob@example.com")


def later(minutes: float) -> datetime:
    """So many minutes past noon."""
    return NOON + timedelta(minutes=minutes)


def delivery(fingerprint: str, at: float = 0, body: bytes = b"{}", connection: str = "webshop") -> Delivery:
    """A delivery that came so many minutes past noon."""
    headers = {"content-type": "application/json"}
    return Delivery(connection, "orders/create", headers, {"shop": "1"}, body, later(at), fingerprint)


def order(number: str) -> Identity:
    """An order of the webshop."""
    return Identity("order", "webshop", number, is_person=False)


def event(
    key: str, at: float = 0, people: tuple[Identity, ...] = (), about: tuple[Identity, ...] = ()
) -> Event:
    """An event that happened so many minutes past noon."""
    return Event(key, "order.paid", later(at), "webshop", "woocommerce", people, about)


def action(key: str, contact: str = "eva", name: str = "tag", connection: str = "mailchimp") -> Action:
    """An action that was decided at noon."""
    cause = Cause("trigger:welcome", 0, "order.paid", "e1")
    return Action(key, connection, name, contact, {"tags": ["new"]}, Kind.MARKETING, cause, NOON)


def empty(store: Store) -> None:
    """Delete every row of every table, on PostgreSQL. All in one round trip: most tests begin with it."""
    every = ";".join(f"DELETE FROM {table.name}" for table in reversed(metadata.sorted_tables))  # noqa: S608

    def clear(tx: Transaction) -> None:
        tx.exec_driver_sql(every)

    store.write(clear)
