"""Rows that are given by columns are the rows that were meant, on both databases, however many they are."""

from __future__ import annotations

from typing import Any

from sqlalchemy import select

from connector.store.columnwise import insert_columns
from connector.store.database import Store
from connector.store.schema import contacts, identities

MANY = 700


def named(values: list[str]) -> dict[str, list[Any]]:
    return {"value": values, "contact_id": [f"c-{one}" for one in values]}


PEOPLE = {"kind": "'email'", "scope": "''", "is_person": "true"}


def test_more_rows_than_one_statement_takes_are_all_there(store: Store) -> None:
    values = [f"p{number}" for number in range(MANY)]

    count = store.write(lambda tx: insert_columns(tx, identities, named(values), PEOPLE))

    with store.reading() as tx:
        rows = tx.execute(select(identities.c.value, identities.c.contact_id, identities.c.kind)).all()
    assert count == MANY
    assert sorted(map(tuple, rows)) == sorted((one, f"c-{one}", "email") for one in values)


def test_what_is_there_already_is_passed_over_and_not_counted(store: Store) -> None:
    store.write(lambda tx: insert_columns(tx, identities, named(["a", "b"]), PEOPLE))

    again = named(["b", "c", "c", "d"])

    assert store.write(lambda tx: insert_columns(tx, identities, again, PEOPLE, only_new=True)) == 2


def test_no_rows_are_none(store: Store) -> None:
    assert store.write(lambda tx: insert_columns(tx, identities, named([]), PEOPLE)) == 0


def test_values_are_written_as_everywhere_and_what_is_alike_is_shared(store: Store) -> None:
    columns: dict[str, list[Any]] = {"id": ["\0x", "y"], "state": [{"a": "b"}, {}]}

    store.write(lambda tx: insert_columns(tx, contacts, columns, {"wakes_at": "NULL"}))

    with store.reading() as tx:
        found = {one.id: (one.state, one.wakes_at) for one in tx.execute(select(contacts))}
    assert found == {"\ufffdx": ({"a": "b"}, None), "y": ({}, None)}
