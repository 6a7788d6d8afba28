"""A migrated, empty store on each of the two databases."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from connector.store.database import Place, Store, open_store
from tests.store.make import empty
from tests.store.sharing import Opens


@pytest.fixture
def sqlite_url(tmp_path: Path) -> str:
    """The address of a file that does not exist yet."""
    return f"sqlite:///{tmp_path}/loods.db"


@pytest.fixture
def sqlite_store(migrated_url: str) -> Iterator[Store]:
    """A migrated store in a file of its own."""
    store = open_store(migrated_url)
    yield store
    store.close()


@pytest.fixture(params=["sqlite", "postgres"])
def store(request: pytest.FixtureRequest) -> Store:
    """An empty store, on SQLite and on PostgreSQL."""
    found: Store = request.getfixturevalue(f"{request.param}_store")
    if request.param == "postgres":
        empty(found)
    return found


@pytest.fixture(params=["sqlite", "postgres"])
def fresh_url(request: pytest.FixtureRequest) -> str:
    """The address of a database without any schema."""
    if request.param == "sqlite":
        url: str = request.getfixturevalue("sqlite_url")
        return url
    make: Callable[[], str] = request.getfixturevalue("make_postgres")
    return make()


@pytest.fixture
def opens(migrated_url: str) -> Iterator[Opens]:
    """Opens the same file as often as asked, as other processes would: a lock belongs to who opened it."""
    with ExitStack() as opened:

        def open_as(place: Place) -> Store:
            store = open_store(migrated_url, place)
            opened.callback(store.close)
            store.take_place()
            return store

        yield open_as
