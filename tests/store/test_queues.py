"""How much waits is counted up to a bound, by the indexes of what waits, and only what is due."""

from __future__ import annotations

from connector.model.contact import Contact
from connector.model.delivery import DeliveryStatus
from connector.store import contacts, endings, inbox, outbox, queues
from connector.store.database import Store
from connector.store.endings import Missed
from connector.store.inbox import Settled
from connector.store.queues import Line
from tests.store.make import NOON, action, delivery, later
from tests.store.test_schema import plans


def test_of_the_inbox_only_what_waits_is_counted_and_the_first_is_named(store: Store) -> None:
    received = store.receive([delivery(name, at) for at, name in enumerate("abc")])
    done = Settled(received[0].id, DeliveryStatus.DONE, "v", later(5))
    store.write(lambda tx: inbox.settle(tx, [done]))

    with store.reading() as tx:
        found = queues.look(tx, [], later(10))

    assert found.inbox == Line(2, later(1), received[1].id)
    assert found.looks == Line()


def test_of_the_outbox_what_is_due_is_counted_by_connection(store: Store) -> None:
    store.write(lambda tx: outbox.add(tx, [action("k1"), action("k2"), action("k3", "bob")], NOON))
    store.write(lambda tx: outbox.add(tx, [action("k4", connection="hubspot")], later(9)))

    with store.reading() as tx:
        found = queues.look(tx, ["mailchimp", "hubspot"], later(5))

    assert (found.outbox["mailchimp"].count, found.outbox["mailchimp"].since) == (3, NOON)
    assert found.outbox["hubspot"] == Line()


def test_of_the_outbox_the_first_is_one_that_can_leave(store: Store) -> None:
    """What stands behind one that is tried again later cannot, however long it has been due."""
    store.write(lambda tx: outbox.add(tx, [action("k1"), action("k2")], NOON))
    [head] = store.write(lambda tx: outbox.claim(tx, "mailchimp", NOON, 1))
    store.write(
        lambda tx: outbox.end(tx, [endings.again(head.id, Missed(NOON, later(60), "busy"), "transient")])
    )

    with store.reading() as tx:
        before, after = (queues.look(tx, ["mailchimp"], later(at)).outbox["mailchimp"] for at in (30, 61))

    assert before == Line(1, NOON, "")
    assert after == Line(2, NOON, str(head.id))


def test_contacts_whose_time_has_come_are_counted_and_those_of_later_are_not(store: Store) -> None:
    people = [Contact(id=name, created_at=NOON) for name in ("eva", "bob", "ann")]
    wakes = {"eva": later(5), "bob": later(3), "ann": later(60)}
    store.write(lambda tx: contacts.save(tx, people, wakes))

    with store.reading() as tx:
        found = queues.look(tx, [], later(10))

    assert found.looks == Line(2, later(3), "bob")


def test_nothing_but_indexes_of_what_waits_is_read(sqlite_store: Store) -> None:
    found = plans(sqlite_store, lambda tx: queues.look(tx, ["mailchimp"], NOON))

    assert "ix_deliveries_waiting" in found
    assert "ix_actions_due" in found
    assert "ix_contacts_wakes" in found
    assert "SCAN deliveries USING COVERING INDEX ix_deliveries_waiting" in found
