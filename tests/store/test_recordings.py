"""What is recorded of many people is read contact by contact, in pages, in the order of its own time."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from itertools import groupby, islice

import pytest

from connector.model.contact import Contact
from connector.model.event import Event
from connector.store import contacts, history, outbox, recordings
from connector.store.database import Store, Transaction
from tests.store.make import BOB, EVA, NOON, action, event, later, order
from tests.store.test_contacts import claim, save
from tests.store.test_history import record, recorded
from tests.store.test_schema import plans


def known(store: Store, *ids: str) -> None:
    """People of whom nothing more is known."""
    save(store, *(Contact(id=one, created_at=NOON) for one in ids))


def happened(store: Store, **times: float) -> None:
    """One event each, so many minutes past noon, to people who are known."""
    known(store, *times)
    record(store, *(recorded(event(f"{who}@{at}", at=at), contact=who) for who, at in times.items()))


def people(store: Store, since: float, after: str = "", limit: int = 200) -> list[str]:
    """A page of people."""
    with store.reading() as tx:
        return recordings.people(tx, later(since), after, limit)


def read(store: Store, *ids: str) -> list[tuple[str, Event]]:
    """All that happened to them."""
    with store.reading() as tx:
        return list(recordings.events_of(tx, ids))


def test_people_come_in_pages_that_go_on_where_the_last_one_ended(store: Store) -> None:
    happened(store, c3=1, c1=2, c2=3)

    assert people(store, 0, limit=2) == ["c1", "c2"]
    assert people(store, 0, after="c2", limit=2) == ["c3"]
    assert people(store, 0, after="c3") == []


def test_people_to_whom_nothing_happened_since_are_left_out(store: Store) -> None:
    happened(store, c1=1, c2=5)
    known(store, "c3")

    with store.reading() as tx:
        counted = recordings.count_people(tx, later(5))

    assert people(store, 5) == ["c2"]
    assert counted == 1


def test_events_come_whole_by_contact_and_then_by_their_own_time(store: Store) -> None:
    late, early = event("late", at=9, people=(EVA,)), event("early", at=1)
    other = event("other", at=5, people=(BOB,))
    record(store, recorded(late), recorded(other, contact="c2"), recorded(early))

    assert read(store, "c2", "c1") == [("c1", early), ("c1", late), ("c2", other)]
    assert read(store, "c2") == [("c2", other)]
    assert read(store) == []


def test_what_happened_at_one_moment_keeps_the_order_in_which_it_was_decided(store: Store) -> None:
    same = [event(str(number)) for number in range(20)]
    record(store, *(recorded(one) for one in same))

    assert [one for _, one in read(store, "c1")] == same


def test_a_history_longer_than_a_piece_is_read_to_its_end(store: Store) -> None:
    record(store, *(recorded(event(str(number), at=number)) for number in range(1_203)))

    assert [int(one.key) for _, one in read(store, "c1")] == list(range(1_203))


def test_of_more_people_than_one_statement_takes_each_comes_once_and_together(store: Store) -> None:
    ids = [f"c{number:04}" for number in range(700)]
    record(store, *(recorded(event(f"{who}-{at}", at=at), contact=who) for at in (2, 1) for who in ids))

    groups = [(who, [one.key for _, one in theirs]) for who, theirs in groupby(read(store, *ids), _who)]

    assert groups == [(who, [f"{who}-1", f"{who}-2"]) for who in ids]


def test_reading_may_end_early_and_the_transaction_goes_on(store: Store) -> None:
    record(store, *(recorded(event(str(number), at=number)) for number in range(600)))

    with store.reading() as tx:
        first = [one.key for _, one in islice(recordings.events_of(tx, ["c1"]), 2)]
        again = [one.event.key for one in history.of_contact(tx, "c1", limit=1)]

    assert (first, again) == (["0", "1"], ["599"])


def test_actions_come_by_contact_in_the_order_of_their_decision(store: Store) -> None:
    asked = [action("b"), action("a"), replace(action("c"), contact_id="bob")]
    store.write(lambda tx: outbox.add(tx, asked, NOON))

    with store.reading() as tx:
        found = recordings.actions_of(tx, ["eva", "nobody"])
        both = recordings.actions_of(tx, ["eva", "bob"])

    assert {who: [one.action for one in theirs] for who, theirs in found.items()} == {"eva": asked[:2]}
    assert [one.action.key for one in both["bob"]] == ["c"]


def test_identities_come_without_the_state(store: Store) -> None:
    claim(store, (order("7"), "c1"), (EVA, "c1"), (BOB, "c2"))

    with store.reading() as tx:
        found = contacts.identities_of(tx, ["c1", "c3"])

    assert found == {"c1": tuple(sorted((EVA, order("7")))), "c3": ()}


@pytest.mark.parametrize(
    "work",
    [
        lambda tx: recordings.people(tx, NOON, "c1"),
        lambda tx: list(recordings.events_of(tx, ["c1", "c2"])),
    ],
    ids=["people", "events_of"],
)
def test_sqlite_reads_in_the_order_of_an_index_and_sorts_nothing(
    sqlite_store: Store, work: Callable[[Transaction], object]
) -> None:
    found = plans(sqlite_store, work)

    assert "ix_events_contact" in found
    assert "TEMP B-TREE" not in found


def _who(pair: tuple[str, Event]) -> str:
    return pair[0]
