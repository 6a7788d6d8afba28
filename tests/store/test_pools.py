"""A store tells of its commits and its connections."""

from __future__ import annotations

from connector.store.database import Store
from tests.store.make import delivery


def test_every_commit_of_what_was_received_is_told_with_its_size_and_length(store: Store) -> None:
    heard: list[tuple[int, float]] = []
    store.told = lambda deliveries, seconds: heard.append((deliveries, seconds))

    store.receive([delivery("a"), delivery("b")])
    store.receive([delivery("c")])
    store.write(lambda tx: None)
    store.told = None

    assert [deliveries for deliveries, _ in heard] == [2, 1]
    assert all(0 < seconds < 5 for _, seconds in heard)


def test_connections_are_told_by_state(store: Store) -> None:
    with store.reading():
        during = store.pool()
    after = store.pool()

    assert during["in_use"] == after["in_use"] + 1
    assert after["idle"] >= 1
