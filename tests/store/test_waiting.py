"""Under which texts runs wait: counted without reading contacts."""

from __future__ import annotations

from connector.model.contact import Contact, Run
from connector.store import waiting
from connector.store.database import Store
from connector.store.waiting import WaitingText
from tests.store.make import NOON, later


def waits(name: str, *texts: str, trigger: str = "cart") -> Contact:
    """A contact with a waiting run under each of these texts, and one that is over."""
    runs = {str(number): Run(NOON, False, text=text, wakes_at=later(5)) for number, text in enumerate(texts)}
    return Contact(name, NOON, runs={trigger: {**runs, "over": Run(NOON, True, text="old", ended="done")}})


def note(store: Store, version: str, *people: Contact) -> None:
    """They are saved under this version."""
    store.write(lambda tx: waiting.note(tx, people, version))


def found(store: Store) -> list[WaitingText]:
    """The texts under which somebody waits."""
    with store.reading() as tx:
        return waiting.texts(tx)


def test_contacts_are_counted_by_the_text_under_which_they_wait(store: Store) -> None:
    note(store, "v1", waits("eva", "a"), waits("bob", "a", "b"), waits("ann"))

    assert found(store) == [WaitingText("cart", "a", "v1", 2), WaitingText("cart", "b", "v1", 1)]


def test_two_runs_of_a_contact_under_one_text_are_one_contact(store: Store) -> None:
    note(store, "v1", waits("eva", "a", "a"))

    assert found(store) == [WaitingText("cart", "a", "v1", 1)]


def test_a_text_keeps_the_version_under_which_it_was_first_noted(store: Store) -> None:
    note(store, "v1", waits("eva", "a"))

    note(store, "v2", waits("eva", "a", "b"))

    assert found(store) == [WaitingText("cart", "a", "v1", 1), WaitingText("cart", "b", "v2", 1)]


def test_what_waits_no_more_is_forgotten_and_others_are_left(store: Store) -> None:
    note(store, "v1", waits("eva", "a"), waits("bob", "a"))

    note(store, "v1", waits("eva"))

    assert found(store) == [WaitingText("cart", "a", "v1", 1)]
