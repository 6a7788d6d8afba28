"""What connections bring by the hour is counted, and remembered for five weeks before the last of it."""

from __future__ import annotations

from datetime import timedelta
from functools import partial

from connector.store import habits
from connector.store.database import Store
from connector.telemetry.silence import silence
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


def test_what_is_five_weeks_older_than_the_last_of_its_source_goes(store: Store) -> None:
    last = NOON + timedelta(weeks=5, hours=1)
    store.write(lambda tx: habits.note(tx, {"webshop": 1, "crm": 1}, NOON))
    store.write(lambda tx: habits.note(tx, {"webshop": 1}, last))

    gone = store.write(lambda tx: habits.drop_older(tx, last))

    with store.reading() as tx:
        found = habits.remembered(tx)
    assert gone == 1
    assert set(found) == {"webshop", "crm"}
    assert set(found["webshop"].by_hour) == {last}


def test_a_source_that_falls_silent_is_remembered_for_a_year(store: Store) -> None:
    for hour in range(30):
        store.write(partial(habits.note, deliveries={"webshop": 9}, now=NOON + timedelta(hours=hour)))
    months_later, years_later = NOON + timedelta(weeks=20), NOON + timedelta(weeks=60)

    store.write(lambda tx: habits.drop_older(tx, months_later))
    with store.reading() as tx:
        said = silence(habits.remembered(tx)["webshop"], months_later)
    gone = [store.write(lambda tx: habits.drop_older(tx, years_later, 20)) for _ in range(3)]

    assert said == "nothing for 138 d 19 h; its longest pause until now was 1 h 0 min"
    assert gone == [20, 10, 0]
