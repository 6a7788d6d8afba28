"""Processes on one PostgreSQL wake each other."""

from __future__ import annotations

import threading

import pytest
from sqlalchemy import text

from connector.store.database import Store, open_store
from connector.store.news import News
from tests.patience import PATIENCE
from tests.store.make import delivery, empty


@pytest.fixture
def store(postgres_store: Store) -> Store:
    """Several processes are only there on PostgreSQL."""
    empty(postgres_store)
    return postgres_store


class Ear:
    """Hears deliveries, as another process would."""

    def __init__(self, url: str) -> None:
        self.store = open_store(url)
        self.heard = threading.Event()
        self.store.listen({News.DELIVERIES: self.heard.set, News.ACTIONS: lambda: None})
        assert self.heard.wait(PATIENCE)
        self.heard.clear()

    def listens_anew(self) -> bool:
        """Whether everything is taken for news, as after a lost connection."""
        is_heard = self.heard.wait(PATIENCE)
        self.heard.clear()
        return is_heard


def test_a_delivery_is_heard_of_in_another_process(store: Store, postgres_url: str) -> None:
    ear = Ear(postgres_url)

    store.receive([delivery("a")])

    assert ear.heard.wait(PATIENCE)
    ear.store.close()


def test_other_news_is_not_heard_as_a_delivery(store: Store, postgres_url: str) -> None:
    ear = Ear(postgres_url)

    store.tell(News.ACTIONS)

    assert not ear.heard.wait(0.5)
    ear.store.close()


def test_a_listener_whose_connection_dies_listens_anew(store: Store, postgres_url: str) -> None:
    ear = Ear(postgres_url)

    killed = text("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE query LIKE 'LISTEN %'")
    store.write(lambda tx: tx.execute(killed))

    assert ear.listens_anew()
    store.receive([delivery("a")])
    assert ear.heard.wait(PATIENCE)
    ear.store.close()


def test_what_is_told_just_before_the_end_is_told(store: Store, postgres_url: str) -> None:
    ear, other = Ear(postgres_url), open_store(postgres_url)

    other.tell(News.DELIVERIES)
    other.close()

    assert ear.heard.wait(PATIENCE)
    ear.store.close()


def test_where_one_process_writes_nobody_is_told(migrated_url: str) -> None:
    heard = threading.Event()
    only = open_store(migrated_url)
    only.listen({News.DELIVERIES: heard.set, News.ACTIONS: heard.set})

    only.tell(News.DELIVERIES)

    assert not heard.wait(0.1)
    only.close()
