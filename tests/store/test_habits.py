"""What connections bring by the hour is counted, remembered for five weeks, and no longer."""

from __future__ import annotations

from datetime import timedelta

from connector.store import habits
from connector.store.database import Store
from tests.store.make import NOON, later


def test_what_comes_in_an_hour_is_added_up_and_the_last_is_known(store: Store) -> None:
    store.write(lambda tx: habits.note(tx, {"webshop": 3, "crm": 1, "idle": 0}, NOON))
    store.write(lambda tx: habits.note(tx, {"webshop": 2}, later(10)))
    store.write(lambda tx: habits.note(tx, {"webshop": 1}, later(61)))

    with store.reading() as tx:
        found = habits.remembered(tx)
        last = habits.last_seen(tx)

    assert found["webshop"].by_hour == {NOON: 5, later(60): 1}
    assert found["webshop"].last_at == later(61)
    assert last == {"webshop": later(61), "crm": NOON}


def test_a_process_whose_clock_is_behind_does_not_make_the_last_delivery_older(store: Store) -> None:
    store.write(lambda tx: habits.note(tx, {"webshop": 1}, later(10)))

    store.write(lambda tx: habits.note(tx, {"webshop": 1}, later(5)))

    with store.reading() as tx:
        assert habits.last_seen(tx) == {"webshop": later(10)}


def test_what_is_older_than_five_weeks_goes(store: Store) -> None:
    store.write(lambda tx: habits.note(tx, {"webshop": 1, "crm": 1}, NOON))
    store.write(lambda tx: habits.note(tx, {"webshop": 1}, NOON + timedelta(weeks=5)))

    gone = store.write(lambda tx: habits.drop_older(tx, NOON + timedelta(weeks=5, hours=1)))

    with store.reading() as tx:
        assert gone == 2
        assert set(habits.remembered(tx)) == {"webshop"}
