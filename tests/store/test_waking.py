"""Contacts that are to be looked at: found when their time has come, each by one worker."""

from __future__ import annotations

from datetime import timedelta
from threading import Event as Signal
from threading import Thread

from connector.model.contact import Contact
from connector.store import contacts
from connector.store.database import Store, Transaction
from tests.patience import PATIENCE
from tests.store.make import NOON, empty, later
from tests.store.test_schema import plans


def sleep(store: Store, **minutes: float) -> None:
    """Contacts of these names are to be looked at so many minutes past noon."""
    people = [Contact(one, NOON) for one in minutes]
    store.write(lambda tx: contacts.save(tx, people, {name: later(at) for name, at in minutes.items()}))


def test_the_contact_that_is_due_for_longest_comes_first(store: Store) -> None:
    sleep(store, eva=2, bob=1, ann=9)

    assert store.write(lambda tx: contacts.due(tx, later(5), 10)) == ["bob", "eva"]
    assert store.write(lambda tx: contacts.due(tx, later(5), 1)) == ["bob"]


def test_a_contact_is_due_at_its_moment_and_not_before(store: Store) -> None:
    sleep(store, eva=2)

    assert store.write(lambda tx: contacts.due(tx, later(2) - timedelta(microseconds=1), 10)) == []
    assert store.write(lambda tx: contacts.due(tx, later(2), 10)) == ["eva"]


def test_the_earliest_is_told_and_none_where_nobody_sleeps(store: Store) -> None:
    with store.reading() as tx:
        assert contacts.earliest(tx) is None
    sleep(store, eva=2, bob=1)

    with store.reading() as tx:
        assert contacts.earliest(tx) == later(1)


def test_a_contact_that_is_saved_without_a_moment_is_not_looked_at(store: Store) -> None:
    sleep(store, eva=2)

    store.write(lambda tx: contacts.save(tx, [Contact("eva", NOON)]))

    with store.reading() as tx:
        assert contacts.earliest(tx) is None


def test_moments_change_without_the_state(store: Store) -> None:
    store.write(lambda tx: contacts.save(tx, [Contact("eva", NOON, shop="nl")], {"eva": later(1)}))

    store.write(lambda tx: contacts.set_wakes(tx, {"eva": later(7), "nobody": later(1)}))

    with store.reading() as tx:
        assert contacts.wakes_of(tx, ["eva", "nobody"]) == {"eva": later(7)}
        assert contacts.peek(tx, ["eva"])["eva"].shop == "nl"


def test_contacts_are_paged_through_by_their_ids(store: Store) -> None:
    sleep(store, a=1, b=1, c=1)

    with store.reading() as tx:
        assert contacts.page(tx, "", 2) == ["a", "b"]
        assert contacts.page(tx, "b", 2) == ["c"]
        assert contacts.page(tx, "c", 2) == []
        assert contacts.count(tx) == 3


def test_what_one_worker_looks_at_no_other_takes(postgres_store: Store) -> None:
    empty(postgres_store)
    store = postgres_store
    sleep(store, eva=1, bob=2)
    has_taken, may_end = Signal(), Signal()

    def hold(tx: Transaction) -> None:
        contacts.due(tx, later(5), 1)
        has_taken.set()
        may_end.wait(PATIENCE)

    holder = Thread(target=store.write, args=(hold,))
    holder.start()
    assert has_taken.wait(PATIENCE)

    taken = store.write(lambda tx: contacts.due(tx, later(5), 10))

    may_end.set()
    holder.join()
    assert taken == ["bob"]


def test_the_due_are_found_by_their_index(sqlite_store: Store) -> None:
    """A million waiting timers cost an idle system nothing"""
    assert "ix_contacts_wakes" in plans(sqlite_store, lambda tx: contacts.due(tx, NOON, 10))
    assert "ix_contacts_wakes" in plans(sqlite_store, contacts.earliest)
