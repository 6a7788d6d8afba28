"""Who is looked at is written down before; who kills the worker is found, and set aside in the end."""

from __future__ import annotations

from datetime import timedelta

from connector.store import contacts, looking, looks
from connector.store.database import Store
from connector.store.looking import MAX_DEATHS, SET_ASIDE_FOR
from connector.store.looks import Stumble
from tests.store.make import NOON, later
from tests.store.test_waking import sleep


def take(store: Store, at: float = 5, worker: str = "one") -> list[str]:
    """Whom this worker takes in hand, so many minutes past noon."""
    return store.write(lambda tx: looking.take(tx, worker, later(at), 10))


def dies(store: Store, at: float = 5) -> list[str]:
    """The worker dies, and the next one begins."""
    return store.write(lambda tx: looking.recover(tx, later(at)))


def goes_well(store: Store, contact: str, worker: str = "one") -> None:
    """The contact was looked at."""
    store.write(lambda tx: contacts.set_wakes(tx, {contact: None}))
    store.write(lambda tx: looks.recovered(tx, [contact]))
    store.write(lambda tx: looking.let_go(tx, worker))


def test_all_who_are_due_are_taken_and_nobody_else(store: Store) -> None:
    sleep(store, eva=2, bob=1, ann=9)

    assert take(store) == ["bob", "eva"]


def test_whoever_was_in_hand_at_a_death_comes_alone(store: Store) -> None:
    sleep(store, eva=2, bob=1)
    take(store)

    died = dies(store)

    assert died == ["bob", "eva"]
    assert take(store) == ["bob"]
    goes_well(store, "bob")
    assert take(store) == ["eva"]


def test_who_was_not_in_hand_is_not_blamed(store: Store) -> None:
    sleep(store, eva=2)
    take(store)
    sleep(store, bob=3, ann=4)
    dies(store)

    assert take(store) == ["eva"]
    goes_well(store, "eva")
    assert take(store) == ["bob", "ann"]


def test_what_is_let_go_is_not_counted(store: Store) -> None:
    sleep(store, eva=2)
    take(store)

    goes_well(store, "eva")

    assert dies(store) == []


def test_a_contact_that_kills_its_worker_again_and_again_is_set_aside_for_a_day(store: Store) -> None:
    sleep(store, eva=2, bob=3)
    for _ in range(MAX_DEATHS):
        assert take(store)[0] == "eva"
        dies(store)

    assert take(store) == ["bob"]
    with store.reading() as tx:
        stumble = looks.stumble_of(tx, "eva")
        assert contacts.wakes_of(tx, ["eva"]) == {"eva": later(5) + SET_ASIDE_FOR}
    assert stumble is not None
    assert (stumble.failures, stumble.next_at) == (MAX_DEATHS, later(5) + SET_ASIDE_FOR)


def test_who_is_set_aside_stays_so_though_something_happens_to_it(store: Store) -> None:
    sleep(store, eva=2)
    for _ in range(MAX_DEATHS):
        take(store)
        dies(store)

    sleep(store, eva=3)

    assert take(store, at=60) == []


def test_who_is_set_aside_is_tried_once_a_day(store: Store) -> None:
    sleep(store, eva=2)
    for _ in range(MAX_DEATHS):
        take(store)
        dies(store)

    tomorrow = 5 + SET_ASIDE_FOR / timedelta(minutes=1)
    again = take(store, at=tomorrow)
    dies(store, at=tomorrow)

    assert again == ["eva"]
    assert take(store, at=tomorrow + 60) == []


def test_a_death_alone_is_told_to_nobody(store: Store) -> None:
    sleep(store, eva=2)
    take(store)
    dies(store)

    with store.reading() as tx:
        assert looks.stumble_of(tx, "eva") is None
        assert looks.count_stumbles(tx) == 0


def test_a_death_does_not_forget_what_broke_before(store: Store) -> None:
    sleep(store, eva=2)
    store.write(lambda tx: looks.stumble(tx, Stumble("eva", NOON, 2, later(1), "it broke")))
    take(store)

    dies(store)

    with store.reading() as tx:
        assert looks.stumble_of(tx, "eva") == Stumble("eva", NOON, 2, later(5), "it broke", deaths=1)


def test_the_hands_of_two_workers_are_counted_both(store: Store) -> None:
    sleep(store, eva=2)
    take(store, worker="one")
    sleep(store, bob=1)
    store.write(lambda tx: looking.hold(tx, "two", ["bob"]))

    assert dies(store) == ["bob", "eva"]


def test_who_is_in_one_workers_hand_is_in_no_others(store: Store) -> None:
    sleep(store, eva=2, bob=1)
    store.write(lambda tx: looking.hold(tx, "one", ["bob"]))

    assert take(store, worker="two") == ["eva"]
    assert take(store, worker="three") == []


def test_a_worker_that_was_taken_for_dead_has_nobody_in_hand(store: Store) -> None:
    sleep(store, eva=2)
    take(store)
    assert store.write(lambda tx: looking.is_in_hand(tx, "one"))

    dies(store)

    assert not store.write(lambda tx: looking.is_in_hand(tx, "one"))
