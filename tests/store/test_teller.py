"""What a process tells others on PostgreSQL goes over a connection of its own."""

from __future__ import annotations

import threading
from collections.abc import Iterator

import pytest
from sqlalchemy import text

from connector.store.database import Store, open_store
from connector.store.news import News
from tests.patience import PATIENCE, until
from tests.store.make import empty

_TELLS = "FROM pg_stat_activity WHERE query LIKE 'NOTIFY %' AND datname = current_database()"


@pytest.fixture
def store(postgres_store: Store) -> Store:
    """Several processes are only there on PostgreSQL."""
    empty(postgres_store)
    return postgres_store


@pytest.fixture
def heard(postgres_url: str) -> Iterator[threading.Event]:
    """What another process hears of actions, from now on."""
    ear, bell = open_store(postgres_url), threading.Event()
    ear.listen({News.ACTIONS: bell.set})
    assert bell.wait(PATIENCE)
    bell.clear()
    yield bell
    ear.close()


def count(store: Store) -> int:
    with store.reading() as tx:
        return int(tx.execute(text(f"SELECT count(*) {_TELLS}")).scalar_one())


def test_a_teller_whose_connection_dies_tells_anew(
    store: Store, postgres_url: str, heard: threading.Event
) -> None:
    teller = open_store(postgres_url)
    teller.tell(News.ACTIONS)
    assert heard.wait(PATIENCE)
    store.write(lambda tx: tx.execute(text(f"SELECT pg_terminate_backend(pid) {_TELLS}")))
    assert until(lambda: count(store) == 0)
    heard.clear()

    teller.tell(News.ACTIONS)

    assert heard.wait(PATIENCE)
    teller.close()


def test_with_the_store_the_connection_ends(store: Store, postgres_url: str, heard: threading.Event) -> None:
    teller = open_store(postgres_url)
    before = count(store)
    teller.tell(News.ACTIONS)
    assert heard.wait(PATIENCE)

    teller.close()

    assert until(lambda: count(store) == before)
