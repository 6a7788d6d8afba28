"""What has been kept long enough goes beside the work, and months come before they are needed."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from typing import TypeVar

import pytest

from connector.model.delivery import Delivery, DeliveryStatus
from connector.model.keep import Keep
from connector.runtime.retention import A_PAGE, Retention
from connector.store import history, inbox, months
from connector.store.database import Store, Transaction, open_store
from connector.store.retention import Page
from tests.runtime.faulty import FaultyStore
from tests.store.make import event, order

T = TypeVar("T")

NOW = datetime(2027, 3, 17, 12, tzinfo=UTC)
COUNT = 3 * A_PAGE + 1


class Noting(FaultyStore):
    """A store that notes how much each write let go of."""

    def __init__(self, store: Store) -> None:
        super().__init__(store)
        self.gone: list[int] = []

    def write(self, work: Callable[[Transaction], T]) -> T:
        outcome = super().write(work)
        if isinstance(outcome, Page):
            self.gone.append(outcome.dropped)
        elif isinstance(outcome, int) and not isinstance(outcome, bool):
            self.gone.append(outcome)
        return outcome


@pytest.fixture
def store(database_url: str) -> Iterator[Store]:
    """An empty one of each kind."""
    made = open_store(database_url)
    yield made
    made.close()


def receive(store: Store, at: datetime, status: DeliveryStatus | None = DeliveryStatus.DONE) -> None:
    """So many deliveries came then, and ended so."""
    came = [Delivery("webshop", "order", {}, {}, b"{}", at, f"{at}{n}") for n in range(COUNT)]
    ids = [one.id for one in store.receive(came)]
    if status:
        ended = [inbox.Settled(one, status, "v1", at) for one in ids]
        store.write(lambda tx: inbox.settle(tx, ended))


def count(store: Store) -> dict[str, int]:
    """How many deliveries there are of each status."""
    with store.reading() as tx:
        return {name: number for name, number in inbox.counts(tx).items() if number}


def test_a_pass_goes_through_all_that_is_old(store: Store) -> None:
    receive(store, NOW - timedelta(days=31))
    receive(store, NOW - timedelta(days=32), None)
    receive(store, NOW - timedelta(days=29))

    Retention(store, lambda: NOW, Keep()).run()

    assert count(store) == {"waiting": COUNT, "done": COUNT}


def test_how_long_is_a_setting(store: Store) -> None:
    receive(store, NOW - timedelta(days=8))

    Retention(store, lambda: NOW, Keep(deliveries=timedelta(days=7))).run()

    assert count(store) == {}


def test_a_pass_that_is_broken_off_is_gone_on_with(store: Store) -> None:
    receive(store, NOW - timedelta(days=31))
    broken_off = Retention(store, lambda: NOW, Keep())
    passing = threading.Thread(target=broken_off.run)
    passing.start()
    while count(store).get("done") == COUNT:
        pass
    broken_off.stop()
    passing.join()

    Retention(store, lambda: NOW, Keep()).run()

    assert count(store) == {}


def test_no_transaction_takes_more_than_a_page(store: Store) -> None:
    receive(store, NOW - timedelta(days=31))
    parked = [history.Parked(event(str(n), about=(order(str(n)),)), "d") for n in range(COUNT)]
    store.write(lambda tx: history.park(tx, parked, NOW - timedelta(days=1)))
    noting = Noting(store)

    Retention(noting, lambda: NOW, Keep()).run()

    assert max(noting.gone) == A_PAGE
    assert sum(noting.gone) == 3 * COUNT


def test_months_are_made_and_dropped(make_postgres: Callable[[], str]) -> None:
    store = open_store(make_postgres())
    store.migrate()

    Retention(store, lambda: NOW, Keep()).make_months()
    receive(store, NOW)
    two_months_later = Retention(store, lambda: NOW + timedelta(days=61), Keep())
    two_months_later.run()

    with store.reading() as tx:
        left = [one.name for one in months.made(tx) if one.table == "deliveries"]
    assert left == [f"deliveries_2027_0{month}" for month in (4, 5, 6, 7)]
    assert count(store) == {}
    store.close()
