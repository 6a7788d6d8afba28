"""What every store promises: whole transactions, consistent reads, and plain words when it cannot serve."""

from __future__ import annotations

import pytest

from connector.errors import SettingsError, StoreError
from connector.store import inbox, outbox
from connector.store.database import Store, Transaction, open_store
from tests.store.make import NOON, action, delivery
from tests.store.script import run


def waiting(tx: Transaction) -> int:
    """How many deliveries wait."""
    return inbox.counts(tx)["waiting"]


def test_a_write_returns_what_its_work_returns(store: Store) -> None:
    assert store.write(lambda tx: outbox.add(tx, [action("a")], NOON)) == 1


def test_work_that_fails_leaves_nothing_and_tells_its_own_error(store: Store) -> None:
    def half(tx: Transaction) -> None:
        inbox.insert(tx, [delivery("a")])
        raise LookupError("second half")

    with pytest.raises(LookupError, match="second half"):
        store.write(half)

    with store.reading() as tx:
        assert waiting(tx) == 0


def test_a_store_goes_on_after_a_failed_write(store: Store) -> None:
    with pytest.raises(ZeroDivisionError):
        store.write(lambda tx: 1 / 0)

    assert store.receive([delivery("a")])[0].is_new


def test_what_was_written_is_read_at_once(store: Store) -> None:
    store.receive([delivery("a")])

    with store.reading() as tx:
        assert waiting(tx) == 1


def test_a_reading_stays_as_it_was_when_it_began(store: Store) -> None:
    with store.reading() as tx:
        before = waiting(tx)
        store.receive([delivery("a")])
        after = waiting(tx)

    assert (before, after) == (0, 0)


def test_a_reading_cannot_write(store: Store) -> None:
    with pytest.raises(StoreError), store.reading() as tx:
        inbox.insert(tx, [delivery("a")])

    with store.reading() as tx:
        assert waiting(tx) == 0


def test_an_error_of_ours_inside_a_reading_stays_what_it_is(store: Store) -> None:
    with pytest.raises(LookupError), store.reading():
        raise LookupError


@pytest.mark.parametrize(
    "url", ["mysql://localhost/loods", "not an address", "sqlite://", "sqlite:///:memory:"]
)
def test_an_address_that_is_not_understood_is_a_wrong_setting(url: str) -> None:
    with pytest.raises(SettingsError, match="DATABASE_URL"):
        open_store(url)


def test_a_store_is_not_used_across_a_fork(sqlite_store: Store, sqlite_url: str) -> None:
    sqlite_store.close()

    said = run(
        """
        import os, sys
        from connector.errors import StoreError
        from connector.store.database import open_store
        store = open_store(sys.argv[1])
        store.write(lambda tx: None)
        child = os.fork()
        if not child:
            try:
                store.write(lambda tx: None)
            except StoreError as error:
                print(error, flush=True)
            os._exit(0)
        os.waitpid(child, 0)
        store.close()
        """,
        sqlite_url,
    )

    assert "opened before a fork" in said
