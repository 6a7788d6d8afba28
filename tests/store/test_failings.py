"""Rules that fail inside are counted, with the contact and the words of the last time."""

from __future__ import annotations

from datetime import timedelta

from connector.store import failings
from connector.store.database import Store
from connector.store.failings import Failing
from tests.store.make import NOON, later

WELCOME, MOVE = "trigger:welcome", "move:main:1"


def fail(store: Store, *failed: tuple[str, str, str], at: float = 0) -> None:
    """Rules fail so many minutes past noon."""
    store.write(lambda tx: failings.count(tx, failed, later(at)))


def lately(store: Store, at: float = 1) -> list[Failing]:
    """What is shown so many minutes past noon."""
    with store.reading() as tx:
        return failings.lately(tx, later(at))


def test_failures_are_counted_by_rule_with_the_last_contact_and_words(store: Store) -> None:
    fail(store, (WELCOME, "eva", "division by zero"), (MOVE, "eva", "no number"))
    fail(store, (WELCOME, "bob", "no number"), (WELCOME, "kim", "too large"), at=2)

    assert lately(store, 3) == [
        Failing(WELCOME, 3, "kim", "too large", NOON),
        Failing(MOVE, 1, "eva", "no number", NOON),
    ]


def test_the_failures_of_a_day_are_shown(store: Store) -> None:
    fail(store, (WELCOME, "eva", "first"))
    fail(store, (WELCOME, "bob", "second"), at=120)

    assert lately(store, 121) == [Failing(WELCOME, 2, "bob", "second", later(120))]
    assert lately(store, 24 * 60 + 5) == [Failing(WELCOME, 1, "bob", "second", later(120))]
    assert lately(store, 24 * 60 + 125) == []


def test_after_a_month_they_are_forgotten(store: Store) -> None:
    fail(store, (WELCOME, "eva", "first"))

    after = NOON + timedelta(days=30, hours=1)
    assert store.write(lambda tx: failings.drop_older(tx, after)) == 1
    assert store.write(lambda tx: failings.drop_older(tx, after)) == 0
