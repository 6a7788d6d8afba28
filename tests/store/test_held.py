"""Of whom runs wait for a stop to end is noted, counted, and found again."""

from __future__ import annotations

from datetime import timedelta

from connector.model.contact import Contact
from connector.store import contacts, held
from connector.store.database import Store
from connector.store.stops import EVERYTHING
from tests.store.make import NOON, later
from tests.store.test_schema import plans

ONE, OTHER = "trigger:welcome", "trigger:thanks"


def noted(store: Store) -> None:
    """Three contacts of whom runs wait."""
    store.write(lambda tx: held.note(tx, {"a": {ONE, OTHER}, "b": {ONE}, "c": set()}))


def test_contacts_are_counted_by_rule(store: Store) -> None:
    noted(store)

    with store.reading() as tx:
        assert held.counts(tx, ONE) == {ONE: 2}
        assert held.counts(tx, EVERYTHING) == {ONE: 2, OTHER: 1}
        assert held.counts(tx, "trigger:none") == {}


def test_what_is_noted_anew_replaces_what_was(store: Store) -> None:
    noted(store)

    store.write(lambda tx: held.note(tx, {"a": {OTHER}, "b": set()}))

    with store.reading() as tx:
        assert held.counts(tx, EVERYTHING) == {OTHER: 1}
        assert held.some(tx, EVERYTHING, 9) == ["a"]


def test_a_page_has_each_contact_once(store: Store) -> None:
    noted(store)

    with store.reading() as tx:
        assert held.some(tx, EVERYTHING, 9) == ["a", "b"]
        assert held.some(tx, EVERYTHING, 1) == ["a"]
        assert held.some(tx, OTHER, 9) == ["a"]


def test_whoever_waits_in_it_is_looked_at_now_and_nobody_later_than_before(store: Store) -> None:
    noted(store)
    wakes = {"a": NOON + timedelta(days=1), "b": NOON - timedelta(days=1), "c": None}
    store.write(lambda tx: contacts.save(tx, [Contact(one, NOON) for one in wakes], wakes))

    store.write(lambda tx: held.wake(tx, ONE, later(1)))

    with store.reading() as tx:
        assert contacts.wakes_of(tx, ["a", "b", "c"]) == {"a": later(1), "b": wakes["b"], "c": None}


def test_those_of_a_rule_are_found_by_its_index(sqlite_store: Store) -> None:
    assert "ix_held_rule" in plans(sqlite_store, lambda tx: held.counts(tx, ONE))
