"""Contacts that have become one: what moves to the older, what keeps its id, and how they are parted."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from connector.model.contact import Contact, Run
from connector.model.event import Identity
from connector.model.order import place_of
from connector.store import (
    contacts,
    echoes,
    families,
    history,
    looking,
    looks,
    merges,
    outbox,
    recordings,
    snapshots,
    waiting,
)
from connector.store.database import Store
from connector.store.echoes import Expected
from connector.store.families import Merge
from connector.store.looks import Look, Stumble
from tests.store.make import BOB, EVA, NOON, action, event, order
from tests.store.test_contacts import claim
from tests.store.test_history import recorded

LATER = NOON + timedelta(hours=1)


def contact(name: str, minute: int = 0) -> Contact:
    return Contact(name, NOON + timedelta(minutes=minute))


def known(store: Store, *people: Contact) -> None:
    store.write(lambda tx: contacts.save(tx, people, {one.id: NOON for one in people}))


def become_one(store: Store, older: str, younger: str, *identities: Identity) -> None:
    merge = Merge(younger, older, NOON, "webshop", "1", identities)
    store.write(lambda tx: merges.join(tx, contact(older), contact(younger), merge))


def test_identities_move_to_the_older(store: Store) -> None:
    known(store, contact("c1"), contact("c2"))
    claim(store, (EVA, "c1"), (BOB, "c2"), (order("7"), "c2"))

    become_one(store, "c1", "c2", BOB, order("7"))

    with store.reading() as tx:
        assert set(contacts.owners(tx, [EVA, BOB, order("7")]).values()) == {"c1"}
        assert contacts.peek(tx, ["c2"])["c2"] == contact("c2")


def test_events_keep_the_id_under_which_they_were_recorded(store: Store) -> None:
    """Events keep the id under which they were recorded."""
    entries = [recorded(event("1", at=1)), replace(recorded(event("2", at=2)), contact_id="c2")]
    store.write(lambda tx: history.record(tx, entries))

    become_one(store, "c1", "c2")

    with store.reading() as tx:
        past = history.of_contact(tx, "c1")
        assert [(one.contact_id, one.event.key) for one in past] == [("c1", "1"), ("c2", "2")]
        assert {one.key for one in history.whole(tx, "c1")} == {"1", "2"}
        assert [(who, one.key) for who, one in recordings.events_of(tx, ["c1"])] == [("c1", "1"), ("c1", "2")]


def test_waiting_actions_keep_their_order_of_decision(store: Store) -> None:
    """Waiting actions keep their order of decision."""
    ours, theirs = [replace(action(key), contact_id=who) for key, who in (("b", "c1"), ("a", "c2"))]
    store.write(lambda tx: outbox.add(tx, [ours, theirs, replace(action("c"), contact_id="c1")], NOON))

    become_one(store, "c1", "c2")

    with store.reading() as tx:
        line = outbox.listing(tx, contact_id="c1")[::-1]
        assert [(one.action.key, one.action.contact_id) for one in line] == [
            ("b", "c1"),
            ("a", "c1"),
            ("c", "c1"),
        ]


def test_what_the_younger_has_done_is_found_with_the_older(store: Store) -> None:
    done = replace(action("a"), contact_id="c2")
    store.write(lambda tx: outbox.add(tx, [done], NOON))
    (queued,) = store.write(lambda tx: outbox.claim(tx, done.connection, NOON, 1))
    store.write(lambda tx: outbox.done(tx, {queued.id: "task-1"}, NOON))

    become_one(store, "c1", "c2")

    with store.reading() as tx:
        assert outbox.references(tx, ["c1"], done.connection) == {"c1": {"task-1"}}
        assert [one.action.key for one in outbox.listing(tx, contact_id="c1")] == ["a"]
        assert [one.id for one in recordings.actions_of(tx, ["c1"])["c1"]] == [queued.id]


def test_what_waits_echoes_and_looks_follow(store: Store) -> None:
    waits = Run(NOON, acted=False, text="t1", wakes_at=LATER)
    theirs = replace(contact("c2"), runs={"rule": {"k": waits}})
    changes = Expected(1, "hubspot", "c2", "city", "", NOON)
    store.write(lambda tx: waiting.note(tx, [theirs], "v1"))
    store.write(lambda tx: echoes.expect(tx, [changes]))
    store.write(lambda tx: looks.stumble(tx, Stumble("c2", NOON, 1, LATER, "broken")))
    store.write(lambda tx: snapshots.lay(tx, contact("c2"), place_of(event("1"))))
    entry = recorded(event("1"))
    store.write(lambda tx: looks.record(tx, [Look("c2", NOON, "v1", entry.moves, entry.trace)]))

    become_one(store, "c1", "c2")
    store.write(lambda tx: waiting.note(tx, [replace(theirs, id="c1")], "v2"))

    with store.reading() as tx:
        assert [(one.version, one.contacts) for one in waiting.texts(tx)] == [("v1", 1)]
        assert echoes.expected(tx, ["c1"], NOON) == [replace(changes, contact_id="c1")]
        assert looks.stumble_of(tx, "c2") is None
        assert snapshots.of_contact(tx, "c2") == []
        assert [one.contact_id for one in looks.of_contact(tx, "c1")] == ["c2"]


def test_who_has_become_another_is_not_counted_listed_or_woken(store: Store) -> None:
    known(store, contact("c1"), contact("c2"))
    store.write(lambda tx: history.record(tx, [replace(recorded(event("1")), contact_id="c2")]))

    become_one(store, "c1", "c2")
    store.write(lambda tx: contacts.set_wakes(tx, {"c2": NOON}))

    with store.reading() as tx:
        assert contacts.count(tx) == 1
        assert contacts.page(tx, "", 10) == ["c1"]
        assert [one.id for one in contacts.listing(tx)] == ["c1"]
        assert (recordings.people(tx, NOON), recordings.count_people(tx, NOON)) == (["c1"], 1)
    assert store.write(lambda tx: looking.still_due(tx, ["c1", "c2"], NOON)) == ["c1"]


def test_a_family_grows_by_families(store: Store) -> None:
    known(store, contact("c1"), contact("c2"), contact("c3"))

    become_one(store, "c2", "c3")
    become_one(store, "c1", "c2")

    with store.reading() as tx:
        assert families.family(tx, "c1") == ["c1", "c2", "c3"]
        assert families.roots(tx, ["c1", "c2", "c3"]) == {"c2": "c1", "c3": "c1"}
        assert families.root(tx, "c3") == "c1"
        assert [one.younger for one in families.of_contact(tx, "c1")] == ["c2", "c3"]


def test_parting_gives_back_identities_and_events_and_those_who_came_along(store: Store) -> None:
    """Undoing (`loods contact part ID`) folds the two apart."""
    known(store, contact("c1"), contact("c2"), contact("c3"))
    claim(store, (EVA, "c1"), (BOB, "c2"))
    store.write(lambda tx: history.record(tx, [replace(recorded(event("1")), contact_id="c3")]))
    become_one(store, "c2", "c3")
    become_one(store, "c1", "c2", BOB)

    with store.reading() as tx:
        merge = families.find(tx, "c2")
    assert merge is not None
    store.write(lambda tx: merges.part(tx, merge))

    with store.reading() as tx:
        assert contacts.owners(tx, [EVA, BOB]) == {EVA: "c1", BOB: "c2"}
        assert families.family(tx, "c1") == ["c1"]
        assert families.family(tx, "c2") == ["c2", "c3"]
        assert [one.event.key for one in history.of_contact(tx, "c2")] == ["1"]
