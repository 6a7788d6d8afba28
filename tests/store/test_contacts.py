"""Contacts and their identities: a person is made once, whoever comes first."""

from __future__ import annotations

from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

from connector.model.contact import Contact, Standing, Stated
from connector.model.event import Identity
from connector.model.ids import new_id
from connector.store import contacts
from connector.store.database import Store, Transaction
from tests.store.make import BOB, EVA, NOON, later, order


def save(store: Store, *people: Contact) -> None:
    """They are stored."""
    store.write(lambda tx: contacts.save(tx, people))


def claim(store: Store, *wanted: tuple[Identity, str]) -> dict[Identity, str]:
    """Ask for identities."""
    return store.write(lambda tx: contacts.claim(tx, wanted))


def load(store: Store, ids: Iterable[str]) -> dict[str, Contact]:
    """The contacts of these ids."""
    return store.write(lambda tx: contacts.load(tx, ids))


def test_an_identity_that_nobody_has_is_given(store: Store) -> None:
    assert claim(store, (EVA, "c1"), (order("7"), "c1")) == {EVA: "c1", order("7"): "c1"}

    with store.reading() as tx:
        assert contacts.owners(tx, [EVA, BOB, order("7")]) == {EVA: "c1", order("7"): "c1"}


def test_who_has_an_identity_keeps_it(store: Store) -> None:
    claim(store, (EVA, "c1"))

    assert claim(store, (EVA, "c2"), (BOB, "c2")) == {EVA: "c1", BOB: "c2"}


def test_of_two_wishes_for_one_identity_the_first_counts(store: Store) -> None:
    assert claim(store, (EVA, "c2"), (EVA, "c1")) == {EVA: "c2"}


def test_the_same_value_in_another_scope_is_another_identity(store: Store) -> None:
    here, there = Identity("customer", "webshop", "1"), Identity("customer", "crm", "1")

    assert claim(store, (here, "c1"), (there, "c2")) == {here: "c1", there: "c2"}


def test_eight_that_meet_a_person_at_once_make_one(store: Store) -> None:
    together = Barrier(8)
    wanted = [Identity("customer", "webshop", str(number)) for number in range(20)]

    def meet(worker: int) -> dict[Identity, str]:
        together.wait()
        mixed = wanted[worker:] + wanted[:worker]
        return claim(store, *((one, f"c{worker}") for one in mixed))

    with ThreadPoolExecutor(8) as workers:
        answers = list(workers.map(meet, range(8)))

    assert all(answer == answers[0] for answer in answers)


def test_an_identity_is_found_again_however_odd_its_value(store: Store) -> None:
    odd = [Identity("email", "", "a\0\ud800@example.com"), Identity("cookie", "webshop", "x" * 5000)]

    assert claim(store, *((one, "c1") for one in odd)) == dict.fromkeys(odd, "c1")

    with store.reading() as tx:
        assert contacts.owners(tx, odd) == dict.fromkeys(odd, "c1")


def test_more_identities_than_one_statement_takes_are_found(store: Store) -> None:
    many = [Identity("customer", "webshop", str(number)) for number in range(1200)]

    assert len(claim(store, *((one, "c1") for one in many))) == 1200

    save(store, Contact("c1", NOON))
    assert len(load(store, ["c1"])["c1"].identities) == 1200


def test_a_contact_comes_back_with_its_state_and_identities(store: Store) -> None:
    eva = Contact(
        "c1",
        NOON,
        fields={"first_name": Stated("Eva", NOON)},
        standings={"main": Standing("care", later(1), entered={"care": later(1)})},
        counters={"order.paid": 2},
    )
    save(store, eva)
    claim(store, (order("7"), "c1"), (EVA, "c1"))

    with store.reading() as tx:
        found = contacts.find(tx, EVA)

    assert found is not None
    assert found.identities == (EVA, order("7"))
    assert found.fields == eva.fields
    assert found.standings == eva.standings
    assert found.counters == eva.counters


def test_saving_again_changes_the_state_and_keeps_the_identities(store: Store) -> None:
    save(store, Contact("c1", NOON))
    claim(store, (EVA, "c1"))

    save(store, Contact("c1", NOON, counters={"order.paid": 1}))

    assert load(store, ["c1"])["c1"] == Contact("c1", NOON, identities=(EVA,), counters={"order.paid": 1})


def test_only_contacts_that_exist_are_loaded(store: Store) -> None:
    save(store, Contact("c1", NOON), Contact("c2", NOON))

    assert set(load(store, ["c2", "c1", "c3", "c1"])) == {"c1", "c2"}
    assert load(store, []) == {}


def test_a_look_at_contacts_needs_no_right_to_write(store: Store) -> None:
    save(store, Contact("c1", NOON))
    claim(store, (EVA, "c1"))

    with store.reading() as tx:
        assert contacts.peek(tx, ["c1", "c2"]) == {"c1": Contact("c1", NOON, identities=(EVA,))}


def test_nobody_is_found_under_an_unknown_identity(store: Store) -> None:
    with store.reading() as tx:
        assert contacts.find(tx, EVA) is None


def test_the_newest_contacts_are_listed_first(store: Store) -> None:
    ids = [new_id(later(minute)) for minute in range(3)]
    save(store, *(Contact(one, NOON) for one in ids))

    with store.reading() as tx:
        assert [one.id for one in contacts.listing(tx, limit=2)] == [ids[2], ids[1]]


def test_updates_of_one_contact_at_the_same_time_are_never_lost(store: Store) -> None:
    save(store, Contact("c1", NOON, counters={"order.paid": 0}))

    def count(tx: Transaction) -> None:
        before = contacts.load(tx, ["c1"])["c1"]
        contacts.save(tx, [Contact("c1", NOON, counters={"order.paid": before.counters["order.paid"] + 1})])

    with ThreadPoolExecutor(4) as workers:
        for done in [workers.submit(store.write, count) for _ in range(40)]:
            done.result()

    assert load(store, ["c1"])["c1"].counters["order.paid"] == 40
