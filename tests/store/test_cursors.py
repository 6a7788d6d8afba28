"""How far a feed was read, and what it brought: both or neither, and each delivery once."""

from __future__ import annotations

import pytest

from connector.store import cursors, inbox, received
from connector.store.cursors import Cursor
from connector.store.database import Store, Transaction
from tests.store.make import delivery, later

HERE = Cursor("hubspot", "forms", {"since": {"f1": 1_795_000_000_000}, "left": [["f2", "Guide"]]}, later(0))


def test_a_feed_that_was_never_asked_has_no_cursor(store: Store) -> None:
    with store.reading() as tx:
        assert cursors.find(tx, "hubspot", "forms") is None


def test_a_cursor_comes_back_as_it_was_left(store: Store) -> None:
    store.write(lambda tx: cursors.move(tx, HERE))

    with store.reading() as tx:
        assert cursors.find(tx, "hubspot", "forms") == HERE


def test_what_it_brings_waits_in_the_inbox_once(store: Store) -> None:
    store.write(lambda tx: received.insert(tx, [delivery("known")]))
    brought = [delivery("known"), delivery("new"), delivery("new", 1)]

    new = [store.write(lambda tx: cursors.move(tx, HERE, brought)) for _ in range(2)]

    assert new == [1, 0]
    with store.reading() as tx:
        rows = inbox.listing(tx, limit=10)
    assert sorted((one.delivery.fingerprint, one.repeats) for one in rows) == [("known", 0), ("new", 0)]


def test_where_the_transaction_breaks_nothing_has_moved(store: Store) -> None:
    def breaks(tx: Transaction) -> None:
        cursors.move(tx, HERE, [delivery("new")])
        raise RuntimeError("it breaks")

    with pytest.raises(RuntimeError):
        store.write(breaks)

    with store.reading() as tx:
        assert (cursors.asked(tx), inbox.listing(tx, limit=10)) == ({}, [])


def test_why_it_could_not_be_asked_is_told_until_it_could(store: Store) -> None:
    store.write(lambda tx: cursors.move(tx, HERE))
    store.write(lambda tx: cursors.fail(tx, "hubspot", "forms", "the scope forms is needed"))
    with store.reading() as tx:
        failed = cursors.asked(tx)

    store.write(lambda tx: cursors.move(tx, HERE))

    with store.reading() as tx:
        mended = cursors.asked(tx)
    assert failed == {("hubspot", "forms"): (later(0), "the scope forms is needed")}
    assert mended == {("hubspot", "forms"): (later(0), "")}


def test_what_is_dropped_was_never_asked(store: Store) -> None:
    store.write(lambda tx: cursors.move(tx, HERE))

    store.write(lambda tx: cursors.drop(tx, [("hubspot", "forms")]))

    with store.reading() as tx:
        assert cursors.asked(tx) == {}
