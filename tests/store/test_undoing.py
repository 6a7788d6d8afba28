"""What is to be undone is found by rule and by when it was decided; versions by when they were live."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from functools import partial

import pytest

from connector.model.action import Action, Cause
from connector.store import outbox, publications, undoing
from connector.store.database import Store
from connector.store.outbox import ActionStatus
from connector.store.publications import Signed
from connector.store.undoing import UNDO, Which
from tests.store.make import NOON, action, later

WELCOME = "trigger:welcome"


def decided(key: str, contact: str = "eva", rule: str = WELCOME, at: float = 0) -> Action:
    """An action of a rule, decided so many minutes past noon."""
    return replace(action(key, contact), cause=Cause(rule, 1, "order.paid", "e1"), decided_at=later(at))


def add(store: Store, *actions: Action) -> None:
    """They are queued."""
    store.write(lambda tx: outbox.add(tx, actions, NOON))


def people(store: Store, which: Which, after: str = "", limit: int = 10) -> list[str]:
    """Of whom there is something to undo."""
    with store.reading() as tx:
        return undoing.contacts_of(tx, which, after, limit)


def test_contacts_come_in_order_each_once(store: Store) -> None:
    add(
        store,
        decided("a", "eva"),
        decided("b", "bob"),
        decided("c", "bob"),
        decided("d", "cat", "trigger:other"),
    )

    assert people(store, Which(WELCOME)) == ["bob", "eva"]
    assert people(store, Which(WELCOME), after="bob") == ["eva"]
    assert people(store, Which(""), limit=2) == ["bob", "cat"]


def test_what_is_dead_and_what_undoes_is_not_among_them(store: Store) -> None:
    add(store, decided("a", "eva"), decided("b", "bob", UNDO))
    with store.reading() as tx:
        [dead, _] = sorted(outbox.listing(tx), key=lambda one: one.id)
    store.write(lambda tx: outbox.discard(tx, dead.id, NOON))

    assert people(store, Which("")) == []


@pytest.mark.parametrize(("begin", "end", "found"), [(0, 10, ["eva"]), (5, None, ["bob"]), (None, 0, [])])
def test_a_span_begins_with_its_first_moment_and_ends_before_its_last(
    store: Store, begin: float | None, end: float | None, found: list[str]
) -> None:
    add(store, decided("a", "eva", at=0), decided("b", "bob", at=10))

    assert people(store, Which("", [(moment(begin), moment(end))])) == found


def moment(minutes: float | None) -> datetime | None:
    return None if minutes is None else later(minutes)


def test_a_version_lives_from_each_publication_to_the_next(store: Store) -> None:
    for number, version in enumerate(["one", "two", "one"]):
        before = [None, "one", "two"][number]
        signed = Signed(later(number), "ann", "", before)
        store.write(partial(publications.publish, version=version, files={}, signed=signed))

    with store.reading() as tx:
        assert undoing.lives(tx, "one") == [(NOON, later(1)), (later(2), None)]
        assert undoing.lives(tx, "two", since=later(1.5)) == [(later(1.5), later(2))]
        assert undoing.lives(tx, "three") == []


def test_a_version_that_never_lived_has_done_nothing(store: Store) -> None:
    add(store, decided("a"))

    assert people(store, Which("", ())) == []


def test_only_what_waits_is_given_up_and_so_many_at_most(store: Store) -> None:
    add(store, decided("a"), decided("b"), decided("c"))
    store.write(lambda tx: outbox.claim(tx, "mailchimp", NOON, 1))

    gone = [
        store.write(lambda tx: undoing.give_up(tx, Which(WELCOME), "never mind", NOON, 1)) for _ in range(3)
    ]

    with store.reading() as tx:
        kept = {one.action.key: one.status for one in outbox.listing(tx)}
    assert gone == [1, 1, 0]
    assert kept == {"a": ActionStatus.SENDING, "b": ActionStatus.DEAD, "c": ActionStatus.DEAD}


def test_how_far_it_has_come_is_told_by_what_undoes(store: Store) -> None:
    add(
        store,
        decided("a", "bob", UNDO, at=1),
        decided("b", "eva", UNDO, at=1),
        decided("c", "cat", UNDO, at=2),
    )

    with store.reading() as tx:
        assert [undoing.reached(tx, later(at)) for at in (0, 1, 2)] == ["", "eva", "cat"]
