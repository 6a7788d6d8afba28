"""A statement means the same on both databases, past SQLAlchemy or by way of it."""

from __future__ import annotations

import pytest
from sqlalchemy import bindparam, delete, select
from sqlalchemy.exc import IntegrityError, StatementError

from connector.store import rows, straight
from connector.store.database import Store
from connector.store.schema import hands, pauses
from tests.store.make import NOON

OF_WORKERS = straight.Ready(
    select(hands).where(hands.c.worker.in_(bindparam("names", expanding=True))).order_by(hands.c.worker)
)
BUT = straight.Ready(delete(hands).where(hands.c.worker.not_in(bindparam("names", expanding=True))))
FIRST = straight.Ready(select(hands.c.worker).where(hands.c.worker >= "b").order_by(hands.c.worker).limit(1))


@pytest.fixture
def store(store: Store) -> Store:
    """One with the hands of three workers."""
    told = [{"worker": one, "delivery_ids": [one, "é"], "taken_at": NOON} for one in "abc"]
    store.write(lambda tx: rows.insert(tx, hands, told))
    return store


def test_rows_have_names_and_what_their_columns_hold(store: Store) -> None:
    with store.reading() as tx:
        [first, second] = OF_WORKERS.rows(tx, names=["c", "a", "nobody"])

    assert (first.worker, first.delivery_ids, first.taken_at) == ("a", ["a", "é"], NOON)
    assert second.worker == "c"


def test_of_no_names_nobody_is_found_and_all_others_are(store: Store) -> None:
    with store.reading() as tx:
        assert list(OF_WORKERS.rows(tx, names=[])) == []

    assert store.write(lambda tx: BUT.change(tx, names=[])) == 3


def test_what_stands_in_a_statement_needs_not_be_given(store: Store) -> None:
    with store.reading() as tx:
        assert [row.worker for row in FIRST.rows(tx)] == ["b"]


def test_a_parameter_that_is_not_given_is_a_mistake(store: Store) -> None:
    with store.reading() as tx, pytest.raises((KeyError, StatementError), match="names"):
        OF_WORKERS.rows(tx)


def test_a_refusal_is_told_as_ever_and_without_the_values(sqlite_store: Store) -> None:
    secret = {"connection": "eva@example.com", "since": NOON, "words": ""}

    with pytest.raises(IntegrityError) as refused:
        sqlite_store.write(lambda tx: rows.insert(tx, pauses, [secret, secret]))

    assert "eva" not in str(refused.value)
    assert is_refused(refused.value.orig)


def is_refused(error: BaseException | None) -> bool:
    """Whether it is the driver's own error, by whose number faults are told apart."""
    return getattr(error, "sqlite_errorcode", 0) > 0
