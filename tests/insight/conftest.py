"""A database in which a live mapping has decided what happened."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from connector.store.database import Store, open_store
from tests.insight.past import Past


@pytest.fixture(params=["sqlite", "postgres"])
def store(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Store]:
    """A migrated, empty store on each of the two databases."""
    url = f"sqlite:///{tmp_path}/loods.db"
    if request.param == "postgres":
        make: Callable[[], str] = request.getfixturevalue("make_postgres")
        url = make()
    found = open_store(url)
    found.migrate()
    yield found
    found.close()


@pytest.fixture
def past(store: Store) -> Past:
    """Nothing has happened yet."""
    return Past(store)
