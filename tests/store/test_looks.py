"""What time has meant, and whom it could not be told for."""

from __future__ import annotations

from contextlib import closing

from connector.model.decision import Answer, Moved, TraceEntry
from connector.store import looks
from connector.store.database import Store
from connector.store.looks import Look, Stumble
from tests.store.make import NOON, later

WOKE = TraceEntry("trigger:cart", Answer.ACTED, "shop.yaml:3")


def look(at: float, contact: str = "eva", trace: tuple[TraceEntry, ...] = (WOKE,)) -> Look:
    """A look so many minutes past noon."""
    return Look(contact, later(at), "v1", (), trace)


def record(store: Store, *entries: Look) -> None:
    """These are stored."""
    store.write(lambda tx: looks.record(tx, entries))


def test_looks_come_back_newest_last_or_newest_first(store: Store) -> None:
    record(store, look(2), look(1), look(3, contact="bob"))

    with store.reading() as tx:
        assert looks.of_contact(tx, "eva") == [look(1), look(2)]
        with closing(looks.backwards(tx, "eva")) as past:
            assert list(past) == [look(2), look(1)]


def test_a_look_from_which_nothing_followed_is_not_kept(store: Store) -> None:
    moved = Look("eva", later(2), "v1", (Moved("main", "care", "think", later(2)),), ())

    record(store, look(1, trace=()), moved)

    with store.reading() as tx:
        assert looks.of_contact(tx, "eva") == [moved]


def test_a_stumble_remembers_when_it_began_until_it_is_over(store: Store) -> None:
    store.write(lambda tx: looks.stumble(tx, Stumble("eva", NOON, 1, later(1), "it broke")))
    store.write(lambda tx: looks.stumble(tx, Stumble("eva", later(1), 2, later(3), "it broke again")))

    with store.reading() as tx:
        assert looks.stumbles_of(tx, ["eva", "bob"]) == {
            "eva": Stumble("eva", NOON, 2, later(3), "it broke again")
        }
        assert looks.count_stumbles(tx) == 1

    store.write(lambda tx: looks.recovered(tx, ["eva", "bob"]))
    with store.reading() as tx:
        assert looks.count_stumbles(tx) == 0
