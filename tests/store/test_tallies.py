"""What fuses look at: counted as it happens, so that nobody counts afterwards."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

from connector.store import tallies
from connector.store.database import Store
from connector.store.tallies import Tally
from tests.store.make import NOON, later

RULE = "trigger:welcome"


def count(store: Store, runs: int, minutes: float = 0) -> int:
    """So many runs acted at this time; how many it is in that hour."""
    (tally,) = store.write(lambda tx: tallies.count(tx, {RULE: runs}, later(minutes)))
    return tally.runs


def end(store: Store, *failed: bool) -> tuple[int, int]:
    """Actions end, one after another; what the last one is told."""

    def one(is_failed: bool) -> tuple[int, int]:
        return store.write(lambda tx: tallies.ended(tx, {RULE: [is_failed]}))[RULE][-1]

    return [one(is_failed) for is_failed in failed][-1]


def test_runs_are_counted_by_the_hour(store: Store) -> None:
    assert [count(store, 3), count(store, 2, 59), count(store, 1, 60)] == [3, 5, 1]


def test_rules_are_counted_apart(store: Store) -> None:
    count(store, 3)

    found = store.write(lambda tx: tallies.count(tx, {"trigger:a": 1, RULE: 1}, NOON))

    assert found == [Tally("trigger:a", 1), Tally(RULE, 4)]


def test_eight_that_count_at_once_lose_nothing(store: Store) -> None:
    with ThreadPoolExecutor(8) as workers:
        list(workers.map(lambda _: count(store, 1), range(40)))

    assert count(store, 0) == 40


def test_the_busiest_hour_is_of_the_thirty_days_before_this_one(store: Store) -> None:
    for hours, runs in ((0, 99), (-1, 7), (-2, 9), (-24 * 31, 50)):
        count(store, runs, 60 * hours)

    with store.reading() as tx:
        assert tallies.busiest(tx, RULE, later(30)) == 9
        assert tallies.busiest(tx, "trigger:other", NOON) == 0


def test_what_a_person_lets_go_on_counts_no_more(store: Store) -> None:
    count(store, 300)
    end(store, True)

    store.write(lambda tx: tallies.forgive(tx, RULE, NOON))

    assert count(store, 2) == 2
    assert end(store, False) == (0, 1)


def test_as_many_runs_as_were_held_count_no_more_in_this_hour_and_the_next(store: Store) -> None:
    count(store, 300)

    store.write(lambda tx: tallies.forgive(tx, RULE, NOON, 40))

    assert count(store, 43) == 3
    (tally,) = store.write(lambda tx: tallies.count(tx, {RULE: 41}, later(60)))
    assert tally.runs == 1


def test_of_the_results_the_last_fifty_count(store: Store) -> None:
    assert end(store, True, False, True) == (2, 3)

    assert end(store, *[False] * 47) == (2, 50)
    assert end(store, False, False, False) == (0, 50)


def test_the_first_results_of_a_rule_that_come_at_once_are_all_counted(store: Store) -> None:
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda _: end(store, True), range(8)))

    assert end(store, True) == (9, 9)


def test_results_that_come_together_count_one_after_another_and_rules_apart(store: Store) -> None:
    end(store, True)

    told = store.write(lambda tx: tallies.ended(tx, {RULE: [False, True], "trigger:a": [True]}))

    assert told == {RULE: [(1, 2), (2, 3)], "trigger:a": [(1, 1)]}
    assert end(store, False) == (2, 4)


def test_tallies_are_dropped_when_nothing_looks_at_them(store: Store) -> None:
    count(store, 1)
    count(store, 1, 60)

    after = later(60) + timedelta(days=30)
    assert store.write(lambda tx: tallies.drop_older(tx, after)) == 1
    assert count(store, 0, 60) == 1


def test_when_a_person_last_let_a_rule_go_on_is_remembered(store: Store) -> None:
    store.write(lambda tx: tallies.forgive(tx, RULE, NOON))
    store.write(lambda tx: tallies.forgive(tx, RULE, later(30)))

    with store.reading() as tx:
        assert tallies.forgiven_at(tx, RULE) == later(30)
        assert tallies.forgiven_at(tx, "trigger:other") is None
