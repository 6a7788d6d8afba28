"""What is stopped does not leave, is not lost, and holds nothing else up."""

from __future__ import annotations

from dataclasses import replace

from connector.model.action import Cause
from connector.store import outbox, stops
from connector.store.database import Store, Transaction
from connector.store.outbox import ActionStatus
from connector.store.stops import EVERYTHING, Stop
from tests.store.make import NOON, action, later
from tests.store.test_schema import plans

WELCOME = Stop("trigger:welcome", NOON, "eva", "too many")


def add(store: Store, *keys: str, rule: str = "trigger:welcome") -> None:
    """Actions of one contact are queued."""
    wishes = [replace(action(key), cause=Cause(rule, 1, "order.paid", "e1")) for key in keys]
    store.write(lambda tx: outbox.add(tx, wishes, NOON))


def claim(store: Store) -> list[str]:
    """The keys of what is claimed, and done."""

    def work(tx: Transaction) -> list[str]:
        rows = outbox.claim(tx, "mailchimp", later(1), 10)
        for one in rows:
            outbox.done(tx, {one.id: None}, later(1))
        return [one.action.key for one in rows]

    return store.write(work)


def test_nothing_of_a_stopped_rule_is_claimed_until_it_goes_on(store: Store) -> None:
    add(store, "a")
    store.write(lambda tx: stops.stop(tx, WELCOME))

    assert claim(store) == []
    with store.reading() as tx:
        assert outbox.earliest(tx, "mailchimp") is None

    store.write(lambda tx: stops.start(tx, WELCOME.rule))
    assert claim(store) == ["a"]


def test_what_is_held_does_not_hold_up_another_rule_of_the_same_contact(store: Store) -> None:
    add(store, "a")
    add(store, "b", rule="trigger:thanks")
    store.write(lambda tx: stops.stop(tx, WELCOME))

    assert claim(store) == ["b"]


def test_what_is_under_way_still_goes_first(store: Store) -> None:
    add(store, "a")
    add(store, "b", rule="trigger:thanks")
    store.write(lambda tx: outbox.claim(tx, "mailchimp", later(1), 1))

    store.write(lambda tx: stops.stop(tx, WELCOME))

    assert claim(store) == []


def test_nothing_at_all_is_claimed_while_everything_is_stopped(store: Store) -> None:
    add(store, "a")
    add(store, "b", rule="enter:main.care")

    store.write(lambda tx: stops.stop(tx, Stop(EVERYTHING, NOON, "eva", "")))

    assert claim(store) == []
    with store.reading() as tx:
        assert stops.held(tx, EVERYTHING) == 2
        assert stops.held(tx, WELCOME.rule) == 1


def test_a_second_stop_leaves_the_first_as_it_was(store: Store) -> None:
    assert store.write(lambda tx: stops.stop(tx, WELCOME))

    assert not store.write(lambda tx: stops.stop(tx, replace(WELCOME, who="bob", since=later(1))))

    with store.reading() as tx:
        assert stops.stopped(tx) == [WELCOME]


def test_what_never_was_stopped_does_not_go_on(store: Store) -> None:
    assert not store.write(lambda tx: stops.start(tx, WELCOME.rule))


def test_what_waited_is_dropped_piece_by_piece_and_nothing_else(store: Store) -> None:
    add(store, "a", "b", "c")
    add(store, "d", rule="trigger:thanks")

    gone = [store.write(lambda tx: stops.drop(tx, WELCOME.rule, "eva", later(1), 2)) for _ in range(3)]

    assert gone == [2, 1, 0]
    with store.reading() as tx:
        dead = outbox.listing(tx, ActionStatus.DEAD)
        assert {one.action.key for one in dead} == {"a", "b", "c"}
        assert {one.words for one in dead} == {"dropped by eva after a stop"}


def test_what_a_rule_has_waiting_is_found_by_its_index(sqlite_store: Store) -> None:
    assert "ix_actions_rule" in plans(sqlite_store, lambda tx: stops.held(tx, "trigger:welcome"))
