"""What was shown of a publication is found by its rule, the newest that told of it first."""

from __future__ import annotations

from connector.store import expectations, publications
from connector.store.database import Store, Transaction
from connector.store.expectations import Expectation
from connector.store.publications import Signed
from tests.store.make import NOON, later


def publish(store: Store, version: str, made_from: str | None, minute: int, **shown: int) -> None:
    """Somebody publishes, and was shown so many runs by rule."""
    signed = Signed(later(minute), "eva", "", made_from)
    expected = {f"trigger:{name}": runs for name, runs in shown.items()}

    def work(tx: Transaction) -> None:
        line = publications.publish(tx, version, {"shop.yaml": version}, signed)
        expectations.store(tx, line.id, expected)

    store.write(work)


def test_the_newest_that_tells_of_a_rule_counts(store: Store) -> None:
    publish(store, "a", None, 0, welcome=5, thanks=7)
    publish(store, "b", "a", 1, welcome=9)
    publish(store, "c", "b", 2)

    with store.reading() as tx:
        assert expectations.of_rule(tx, "trigger:welcome") == Expectation(9, later(1))
        assert expectations.of_rule(tx, "trigger:thanks") == Expectation(7, NOON)
        assert expectations.of_rule(tx, "trigger:other") is None


def test_what_was_shown_of_a_publication_last_counts(store: Store) -> None:
    publish(store, "a", None, 0, welcome=5)

    def again(tx: Transaction) -> None:
        expectations.store(tx, publications.newest(tx), {"trigger:welcome": 8})

    store.write(again)

    with store.reading() as tx:
        assert expectations.of_rule(tx, "trigger:welcome") == Expectation(8, NOON)
