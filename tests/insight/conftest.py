"""A database in which a live mapping has decided what happened."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from connector.store.database import Store, open_store
from tests.insight.past import Past


@pytest.fixture
def store(database_url: str) -> Iterator[Store]:
    """A migrated, empty store on each of the two databases."""
    found = open_store(database_url)
    found.migrate()
    yield found
    found.close()


@pytest.fixture
def past(store: Store) -> Past:
    """Nothing has happened yet."""
    return Past(store)
