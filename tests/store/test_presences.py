"""The newest of a contact's actions that has done something, or is to do it."""

from __future__ import annotations

from connector.store import presences
from connector.store.database import Store
from tests.store.make import action, later
from tests.store.test_merges import become_one, contact, known
from tests.store.test_outbox import add, claim, dead, done

NAMES = ("tag", "archive")


def latest(store: Store, *contacts: str, connection: str = "mailchimp") -> dict[str, str]:
    with store.reading() as tx:
        return presences.latest(tx, connection, NAMES, contacts)


def test_the_newest_counts_and_who_has_none_is_not_named(store: Store) -> None:
    add(store, action("a"), action("b", name="archive"), action("c", "bob"), action("d", "bob", "send_event"))

    assert latest(store, "eva", "bob", "ann") == {"eva": "archive", "bob": "tag"}


def test_what_is_done_counts_as_what_waits(store: Store) -> None:
    add(store, action("a"))
    [queued] = claim(store)
    done(store, queued.id)

    assert latest(store, "eva") == {"eva": "tag"}


def test_what_was_given_up_counts_for_nothing(store: Store) -> None:
    add(store, action("a"), action("b", name="archive"))
    [first] = claim(store)
    done(store, first.id)
    [second] = claim(store, later(1))
    dead(store, second.id)

    assert latest(store, "eva") == {"eva": "tag"}


def test_each_account_has_its_own(store: Store) -> None:
    add(store, action("a", connection="hubspot"))

    assert latest(store, "eva") == {}
    assert latest(store, "eva", connection="hubspot") == {"eva": "tag"}


def test_what_was_done_to_who_has_become_another_is_that_ones(store: Store) -> None:
    known(store, contact("c1"), contact("c2"))
    add(store, action("a", "c2"))
    [queued] = claim(store)
    done(store, queued.id)
    become_one(store, "c1", "c2")

    assert latest(store, "c1") == {"c1": "tag"}
