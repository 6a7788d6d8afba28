"""`loods contact show` of one who has become another, and `loods contact part`, which undoes it."""

from __future__ import annotations

from contextlib import closing
from datetime import timedelta

import pytest

from connector.model.contact import Contact
from connector.model.identities import person
from connector.store import contacts, history, merges
from connector.store.database import open_store
from connector.store.families import Merge
from tests.cli.command import loods
from tests.store.make import BOB, EVA, NOON, event
from tests.store.test_history import recorded


@pytest.fixture
def joint(migrated_url: str) -> str:
    """The address of a database in which Bob (02) has become Eva (01)."""
    older = Contact("01", NOON, seconds=(person("contact", "hubspot", "200"),))
    younger = Contact("02", NOON + timedelta(minutes=1))
    records = [(person("contact", "hubspot", one), "01") for one in ("100", "200")]
    with closing(open_store(migrated_url)) as store:
        store.write(lambda tx: contacts.claim(tx, [(EVA, "01"), (BOB, "02"), *records]))
        store.write(lambda tx: contacts.save(tx, [older, younger]))
        entries = [recorded(event("1", people=(EVA,)), "01"), recorded(event("2", people=(BOB,)), "02")]
        store.write(lambda tx: history.record(tx, entries))
        merge = Merge("02", "01", NOON, "webshop", "3", (BOB,))
        store.write(lambda tx: merges.join(tx, older, younger, merge))
    return migrated_url


def test_the_old_id_finds_the_older_with_all_that_happened_and_both_records(joint: str) -> None:
    """Of two records at one platform the older is written and the pair is reported."""
    result = loods("contact", "show", "02", database=joint)

    assert result.exit_code == 0
    assert "two records at hubspot: 100 is written, 200 is not" in result.output
    assert "`loods contact part 02` undoes it" in result.output
    assert result.output.count("order.paid") == 2


def test_parting_shows_first_what_it_does_and_asks(joint: str) -> None:
    """Undoing (`loods contact part ID`) folds the two apart."""
    asked = loods("contact", "part", "02", database=joint)
    again = loods("contact", "show", "bob@example.com", database=joint)

    assert asked.exit_code == 1
    assert asked.output.endswith("Error: nothing was done: nobody answered; --yes does it\n")
    assert "02 gets back: email:bob@example.com; 1 event\n" in asked.output
    assert (
        "01 stays known by: contact:hubspot:100, contact:hubspot:200, email:eva@example.com" in asked.output
    )
    assert "with 01 stay: 0 runs of triggers, and what waits to be sent" in asked.output
    assert "email:eva@example.com" in again.output


def test_who_is_sure_parts_them_at_once(joint: str) -> None:
    """Undoing (`loods contact part ID`) folds the two apart."""
    parted = loods("contact", "part", "02", "--yes", database=joint)
    shown = loods("contact", "show", "bob@example.com", database=joint)
    again = loods("contact", "part", "02", "--yes", database=joint)

    assert "they are two: 01 and 02" in parted.output
    assert "email:eva@example.com" not in shown.output
    assert shown.output.count("order.paid") == 1
    assert (again.exit_code, "02 has not become one with another contact" in again.output) == (1, True)


@pytest.mark.parametrize("asked", ["01", "eva@example.com", "bob@example.com"])
def test_who_is_asked_for_by_an_address_or_is_the_older_is_told_which_id_to_name(
    joint: str, asked: str
) -> None:
    result = loods("contact", "part", asked, "--yes", database=joint)

    assert result.exit_code == 1
    assert f"{asked} is the older, which stays" in result.output
    assert "is parted by `loods contact part 02`" in result.output


def test_nobody_is_parted_who_is_not_known(joint: str) -> None:
    result = loods("contact", "part", "nonsense", "--yes", database=joint)

    assert result.exit_code == 1
    assert "'nonsense' is neither an e-mail address nor the id of a contact" in result.output
