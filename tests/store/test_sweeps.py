"""Passes over all contacts: taken up where they stood, and begun once for each change of the rules."""

from __future__ import annotations

from connector.store import sweeps
from connector.store.database import Store, Transaction
from connector.store.sweeps import Asked, Only, Sweep, SweepKind
from tests.store.make import NOON, later

BOTH: dict[SweepKind, str | None] = {SweepKind.MOMENT: None, SweepKind.RULES: "rules 1"}


def asked(name: str = "heat", at: float = 0) -> Asked:
    """Eva asks for it."""
    return Asked(SweepKind.MOMENT, name, later(at), "eva", {"trigger:a": 3})


def fire(store: Store, name: str = "heat", at: float = 0) -> bool:
    """A person has fired a moment; whether that begins a pass."""
    return store.write(lambda tx: sweeps.begin(tx, asked(name, at), later(at)))


def open_one(store: Store) -> Sweep | None:
    """The pass that is next."""
    return store.write(lambda tx: sweeps.open_one(tx, BOTH))


def change(store: Store, name: str, at: float = 0) -> bool:
    """The rules are those of this name now; whether that begins a pass."""
    return store.write(lambda tx: sweeps.begin_for_rules(tx, name, later(at)))


def page(store: Store, after: str, more: int) -> None:
    """A page of the pass that is next is done."""

    def work(tx: Transaction) -> None:
        one = sweeps.open_one(tx, BOTH)
        assert one is not None
        sweeps.reached(tx, one, after, more)

    store.write(work)


def test_a_pass_is_resumed_where_it_stood(store: Store) -> None:
    fire(store)

    page(store, "c100", 100)
    page(store, "c150", 50)

    one = open_one(store)
    assert one is not None
    assert one == Sweep(one.id, asked(), NOON, "c150", 150, None)


def test_what_is_asked_for_once_is_begun_once(store: Store) -> None:
    assert [fire(store), fire(store), fire(store, at=1), fire(store, "cold")] == [True, False, True, True]


def test_passes_are_made_one_after_another(store: Store) -> None:
    fire(store)
    fire(store, "cold")

    one = open_one(store)
    assert one is not None
    assert one.name == "heat"
    store.write(lambda tx: sweeps.finish(tx, one, later(1)))

    then = open_one(store)
    assert then is not None
    assert then.name == "cold"
    with store.reading() as tx:
        assert sweeps.open_kinds(tx) == {SweepKind.MOMENT}
        assert [each.done_at for each in sweeps.listing(tx)] == [None, later(1)]


def test_the_moments_fired_since_are_told_oldest_first(store: Store) -> None:
    fire(store, "old", -5)
    fire(store, "heat", 1)
    fire(store, "cold", 2)

    with store.reading() as tx:
        assert [one.name for one in sweeps.fired(tx, NOON)] == ["heat", "cold"]


def test_a_change_of_the_rules_begins_one_pass(store: Store) -> None:
    names = ("rules 0", "rules 1", "rules 1", "rules 0")

    begun = [change(store, name, at) for at, name in enumerate(names)]

    assert begun == [True, True, False, True]


def test_newer_rules_make_the_pass_of_older_ones_pointless(store: Store) -> None:
    change(store, "rules 0")
    change(store, "rules 1")

    one = open_one(store)

    assert one is not None
    assert one.name == "rules 1"
    with store.reading() as tx:
        assert [each.name for each in sweeps.listing(tx) if each.done_at is None] == ["rules 1"]


def test_a_pass_by_other_rules_is_left_to_those_who_go_by_them(store: Store) -> None:
    change(store, "rules 2")

    assert open_one(store) is None


def test_a_pass_is_for_whom_it_was_asked_and_counts_what_came_of_them(store: Store) -> None:
    only = Only(journey="main", limit=9)
    asked_for = Asked(SweepKind.RECOMPUTE, "version 1", NOON, "eva", only=only)
    store.write(lambda tx: sweeps.begin(tx, asked_for, NOON))

    def page_of_it(tx: Transaction) -> None:
        one = sweeps.open_one(tx, {SweepKind.RECOMPUTE: "version 1"})
        assert one is not None
        sweeps.reached(tx, one, "c5", 5, changed=3, broken=1)

    store.write(page_of_it)
    store.write(page_of_it)

    with store.reading() as tx:
        one = sweeps.under_way(tx, SweepKind.RECOMPUTE)
        assert one is not None
        assert (one.asked, one.seen, one.changed, one.broken) == (asked_for, 10, 6, 2)
        assert sweeps.under_way(tx, SweepKind.MOMENT) is None
        assert sweeps.open_kinds(tx) == {SweepKind.RECOMPUTE}
