"""Many rows in one statement mean on both databases what so many statements would."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from connector.store import rows
from connector.store.columns import as_key
from connector.store.database import Store
from connector.store.schema import echoes, identities, pauses
from tests.store.make import NOON


def identity(value: str, contact_id: str = "c1") -> dict[str, Any]:
    return {"kind": "email", "scope": "", "value": value, "contact_id": contact_id, "is_person": True}


def test_of_rows_with_one_key_the_last_counts(store: Store) -> None:
    told = [{"connection": "shop", "since": NOON, "words": words} for words in ("first", "last")]

    store.write(lambda tx: rows.upsert(tx, pauses, told, change=("words",)))

    with store.reading() as tx:
        assert rows.pick(tx, pauses, [("shop",)], ("connection",), ("words",)) == [("last",)]


def test_more_rows_than_one_statement_takes_are_all_told(store: Store) -> None:
    many = [identity(f"p{number}@example.com") for number in range(700)]
    store.write(lambda tx: rows.insert(tx, identities, many[:300]))

    new = store.write(lambda tx: rows.insert_new(tx, identities, many, tell=("value",)))

    assert {value for (value,) in new} == {one["value"] for one in many[300:]}


def test_only_new_rows_are_counted(store: Store) -> None:
    store.write(lambda tx: rows.insert(tx, identities, [identity("a"), identity("b")]))

    again = [identity("b"), identity("c"), identity("c"), identity("d")]

    assert store.write(lambda tx: rows.count_new(tx, identities, again)) == 2


def test_what_no_database_takes_is_cleaned_and_found_again(store: Store) -> None:
    odd = "\0\ud800é'\"\\{}%,"
    store.write(lambda tx: rows.insert(tx, identities, [identity(odd), identity("")]))

    with store.reading() as tx:
        found = rows.pick(
            tx, identities, [("email", as_key(odd)), ("email", "")], ("kind", "value"), ("value",)
        )

    assert sorted(found) == [("",), ("��é'\"\\{}%,",)]


def test_a_time_and_an_empty_column_are_written_as_sqlalchemy_writes_them(store: Store) -> None:
    row = {"action_id": 1, "name": "n", "digest": "", "scope": "s", "contact_id": "c", "at": NOON}
    later = {**row, "at": NOON + timedelta(hours=1)}

    def write(tx: Any) -> Any:
        tx.execute(echoes.insert(), {**row, "action_id": 2})
        rows.insert(tx, echoes, [row])
        rows.change(tx, echoes, [{"action_id": 1, "at": later["at"], "scope": "t"}], key="action_id")
        return tx.execute(echoes.select().order_by(echoes.c.action_id)).all()

    first, second = store.write(write)

    assert (first.at, first.scope, second.at) == (later["at"], "t", NOON)


def test_a_time_without_a_zone_is_refused(store: Store) -> None:
    row = {"connection": "shop", "since": NOON.replace(tzinfo=None), "words": ""}

    with pytest.raises(TypeError, match="offset-naive"):
        store.write(lambda tx: rows.insert(tx, pauses, [row]))
