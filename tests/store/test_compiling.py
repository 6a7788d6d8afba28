"""SQLite prepares a statement once, whatever is bound to it, and however many others there are."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import Select, bindparam, select

from connector.store.database import Transaction
from connector.store.schema import actions
from connector.store.sqlite.store import SqliteStore

FIRST = select(actions.c.id).order_by(actions.c.id).limit(1)
SOME = select(actions.c.id).order_by(actions.c.id).limit(bindparam("most"))
OTHERS = select(actions.c.key)
LATER = select(actions.c.id).order_by(actions.c.id).offset(bindparam("from"))


@pytest.mark.parametrize("asked", [FIRST, SOME, LATER], ids=["first", "some", "later"])
def test_a_statement_is_not_prepared_anew(sqlite_store: SqliteStore, asked: Select[tuple[int]]) -> None:
    with sqlite_store.reading() as tx:
        questions = asked_of_the_authorizer(tx)
        tx.execute(asked, {"most": 1, "from": 1}).all()
        at_first = list(questions)
        tx.execute(asked, {"most": 2, "from": 2}).all()
        in_all = list(questions)

    assert at_first
    assert in_all == at_first


def test_a_statement_stays_prepared_among_many(sqlite_store: SqliteStore) -> None:
    with sqlite_store.reading() as tx:
        for number in range(500):
            tx.exec_driver_sql(f"SELECT {number}").all()
        questions = asked_of_the_authorizer(tx)
        both(tx)
        at_first = list(questions)
        both(tx)
        in_all = list(questions)

    assert at_first
    assert in_all == at_first


def both(tx: Transaction) -> None:
    tx.execute(SOME, {"most": 1}).all()
    tx.execute(OTHERS).all()


def asked_of_the_authorizer(tx: Transaction) -> list[object]:
    """What SQLite asks from now on as it prepares statements."""
    questions: list[object] = []
    raw: Any = tx.connection.driver_connection

    def allow(*about: object) -> int:
        questions.append(about)
        return 0

    raw.set_authorizer(allow)
    return questions
