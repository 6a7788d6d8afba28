"""The store on PostgreSQL: bounded waits, transactions taken again, and outcomes that nobody knows."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from threading import Barrier, BrokenBarrierError
from typing import TypeAlias

import psycopg
import pytest
from sqlalchemy import create_engine, text

from connector.errors import StoreError
from connector.model.contact import Contact
from connector.store import contacts, inbox
from connector.store.database import Store, Transaction, open_store
from connector.store.postgres.server import require_own_sessions
from tests.patience import PATIENCE
from tests.store.make import NOON, delivery, empty

Kill: TypeAlias = Callable[[int], None]


@pytest.fixture
def store(postgres_store: Store) -> Store:
    """Here only PostgreSQL is meant."""
    empty(postgres_store)
    return postgres_store


@pytest.fixture
def kill(postgres_url: str) -> Iterator[Kill]:
    """Ends a connection from outside, and returns when it has ended."""
    with psycopg.connect(postgres_url.replace("+psycopg", ""), autocommit=True) as connection:
        yield lambda backend: connection.execute("SELECT pg_terminate_backend(%s, 5000)", [backend]).close()


def me(tx: Transaction) -> int:
    """The number of the process that serves this transaction."""
    return int(tx.scalar(text("SELECT pg_backend_pid()")) or 0)


def test_every_wait_is_bounded_and_commits_are_on_disk(store: Store) -> None:
    names = ("synchronous_commit", "statement_timeout", "lock_timeout", "idle_in_transaction_session_timeout")

    def show(tx: Transaction) -> list[object]:
        return [tx.scalar(text(f"SHOW {name}")) for name in (*names, "timezone")]

    assert store.write(show) == ["on", "30s", "10s", "10s", "UTC"]


@pytest.mark.parametrize("scheme", ["postgres", "postgresql", "postgresql+psycopg"])
def test_the_usual_spellings_of_the_address_are_understood(
    postgres_url: str, store: Store, scheme: str
) -> None:
    other = open_store(scheme + postgres_url[postgres_url.index(":") :])

    assert other.write(me) > 0
    other.close()


def test_options_of_the_address_win(postgres_url: str, store: Store) -> None:
    joint = "&" if "?" in postgres_url else "?"
    hasty = open_store(f"{postgres_url}{joint}options=-c%20statement_timeout%3D100ms")

    with pytest.raises(StoreError, match="statement timeout"):
        hasty.write(lambda tx: tx.execute(text("SELECT pg_sleep(5)")))
    hasty.close()


def test_commits_that_are_not_on_disk_are_refused(postgres_url: str, store: Store) -> None:
    joint = "&" if "?" in postgres_url else "?"
    careless = open_store(f"{postgres_url}{joint}options=-c%20synchronous_commit%3Doff")

    with pytest.raises(StoreError, match="synchronous_commit=off"):
        careless.receive([delivery("a")])
    careless.close()


def test_a_pooler_that_hands_out_transactions_is_refused(postgres_url: str) -> None:
    """Behind one, two connections are served by the same backend in turn; here it is one connection."""
    engine = create_engine(postgres_url)
    with engine.connect() as one, engine.connect() as other:
        require_own_sessions(one, other)

        with pytest.raises(StoreError, match="a direct connection is needed"):
            require_own_sessions(one, one)
    engine.dispose()


def test_whole_transactions_are_bounded_where_the_server_can(store: Store) -> None:
    with store.reading() as tx:
        version = int(tx.scalar(text("SHOW server_version_num")) or 0)
        if version < 170_000:
            pytest.skip("transaction_timeout is there from version 17 on")

        assert tx.scalar(text("SHOW transaction_timeout")) == "1min"


def test_a_database_that_is_not_there_is_told() -> None:
    store = open_store("postgresql://nobody@127.0.0.1:1/none")

    with pytest.raises(StoreError, match="refused"):
        store.receive([delivery("a")])

    store.close()


def test_connections_that_died_in_the_pool_are_replaced(store: Store, kill: Kill) -> None:
    kill(store.write(me))

    assert [store.receive([delivery(str(number))])[0].is_new for number in range(5)] == [True] * 5


def test_connections_for_receipts_that_died_are_replaced(store: Store, kill: Kill) -> None:
    """All that this process has, as a restart of the server does it."""
    assert [store.receive([delivery(str(number))])[0].is_new for number in range(5)] == [True] * 5

    for backend in backends(store):
        kill(backend)

    assert [store.receive([delivery(str(number))])[0].is_new for number in range(5, 10)] == [True] * 5


def backends(store: Store) -> list[int]:
    """The processes that last served a receipt, or nothing since."""
    idle = text(
        "SELECT pid FROM pg_stat_activity WHERE datname = current_database() AND state = 'idle' "
        "AND pid <> pg_backend_pid() AND query <> '' AND query NOT LIKE '%pg_terminate%'"
    )
    with store.reading() as tx:
        return list(tx.scalars(idle))


def test_a_transaction_whose_connection_dies_before_the_commit_is_taken_again(
    store: Store, kill: Kill
) -> None:
    backends: list[int] = []

    def work(tx: Transaction) -> int:
        backends.append(me(tx))
        if len(backends) == 1:
            kill(backends[0])
        return len(inbox.insert(tx, [delivery("a")]))

    assert store.write(work) == 1
    assert len(backends) == 2


def test_a_connection_that_dies_at_the_commit_leaves_the_outcome_unknown(store: Store, kill: Kill) -> None:
    calls: list[int] = []

    def work(tx: Transaction) -> None:
        calls.append(me(tx))
        inbox.insert(tx, [delivery("a")])
        kill(calls[0])

    with pytest.raises(StoreError, match="lost at the commit"):
        store.write(work)

    assert len(calls) == 1
    (received,) = store.receive([delivery("a")])
    assert received.is_new


def test_transactions_in_each_others_way_are_all_done_in_the_end(store: Store) -> None:
    store.write(lambda tx: contacts.save(tx, [Contact("a", NOON), Contact("b", NOON)]))
    both_hold_one = Barrier(2)

    def cross(tx: Transaction, first: str, second: str) -> int:
        contacts.load(tx, [first])
        with suppress(BrokenBarrierError):
            both_hold_one.wait(PATIENCE)
        both_hold_one.abort()
        return len(contacts.load(tx, [second]))

    with ThreadPoolExecutor(2) as workers:
        one = workers.submit(store.write, lambda tx: cross(tx, "a", "b"))
        other = workers.submit(store.write, lambda tx: cross(tx, "b", "a"))

    assert (one.result(), other.result()) == (1, 1)


def test_a_lock_that_another_transaction_keeps_is_not_waited_for_when_processing(store: Store) -> None:
    kept, free = (one.id for one in store.receive([delivery("a"), delivery("b", at=1)]))

    def beside(tx: Transaction) -> list[str]:
        inbox.still_waiting(tx, [kept])
        return store.write(lambda other: inbox.still_waiting(other, [kept, free]))

    assert store.write(beside) == [free]


def test_eight_workers_never_have_the_same_delivery_in_hand(store: Store) -> None:
    store.receive([delivery(str(number), at=number) for number in range(80)])

    with ThreadPoolExecutor(8) as workers:
        hands = list(
            workers.map(lambda worker: store.write(lambda tx: inbox.take(tx, worker, 10, NOON)), "abcdefgh")
        )

    taken = [one.id for hand in hands for one in hand]
    assert len(taken) == len(set(taken)) == 80
