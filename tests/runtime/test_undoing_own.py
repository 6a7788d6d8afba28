"""What rules did to our own state is taken out of the history, which is folded again without it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from decimal import Decimal
from pathlib import Path

import pytest

from connector.runtime.errands import UNDO, Errand, ask
from connector.runtime.previewing import Preview, Rules, preview
from connector.runtime.recomputing import Recomputer
from connector.sandbox import Sandbox
from connector.store import looks, merges, publications
from connector.store.database import Transaction
from connector.store.families import Merge
from connector.store.publications import Signed
from connector.store.sweeps import Only
from tests.runtime.conftest import with_rules
from tests.runtime.shop import Shop
from tests.runtime.test_recomputing import moves

EVA, BOB = "eva@example.com", "bob@example.com"
GIFT = "trigger:gift"
RULES = """\
triggers:
  gift:
    on: file.downloaded
    do:
      - contact.count: {name: gifts}
      - contact.earn: {points: 10}
      - contact.set: {fields: {language: nl}}
      - contact.move: {to: care}
  thanks:
    on: question.asked
    do:
      - contact.count: {name: gifts}
      - contact.earn: {points: 5}
"""


@pytest.fixture
def shop(database_url: str, sandbox: Sandbox, tmp_path: Path) -> Iterator[Shop]:
    """A shop whose rules change what Loods itself knows."""
    with Shop(database_url, sandbox, with_rules(tmp_path, RULES)) as made:
        yield made


def says(shop: Shop, event: str, email: str = EVA, **rest: object) -> None:
    """Something happens, and is decided."""
    shop.says(event, email, **rest)
    shop.turns()
    shop.clock.moves(minutes=5)


def undoes(shop: Shop, name: str = GIFT, since: datetime | None = None) -> None:
    """Ann wants it undone, and it is."""
    version = shop.system.live.mapping.version
    assert ask(shop.system.store, Errand(UNDO, name, "ann", shop.clock(), since=since, version=version), 0.0)
    recomputer = Recomputer(shop.system.store, shop.clock, rest=0)
    while recomputer.step(shop.system.live.mapping):
        pass
    shop.clock.moves(minutes=5)


def shown(shop: Shop, name: str = GIFT) -> Preview:
    """What that would mean."""
    live = shop.system.live.mapping
    return preview(shop.system.store, Rules(live, live), Only(undone=name), shop.clock(), lambda _: None)


def state(shop: Shop, email: str = EVA) -> tuple[int, object, object, str | None]:
    """The counter, the balance, the language and the stage."""
    found = shop.contact(email)
    fields = {name: one.value for name, one in found.fields.items()}
    return found.counters.get("gifts", 0), fields.get("balance"), fields.get("language"), shop.stage(email)


def test_counters_points_fields_and_stages_are_given_back(shop: Shop) -> None:
    says(shop, "newsletter.confirmed")
    says(shop, "file.downloaded")
    before = state(shop)

    undoes(shop)

    assert before == (1, Decimal(10), "nl", "care")
    assert state(shop) == (0, None, None, "see")


def test_what_another_rule_did_stands(shop: Shop) -> None:
    says(shop, "file.downloaded")
    says(shop, "question.asked")

    undoes(shop)

    assert state(shop) == (1, Decimal(5), None, "see")


def test_what_the_shop_has_said_since_stands(shop: Shop) -> None:
    says(shop, "file.downloaded")
    shop.posts("website", told(shop, "contact.changed", language="fr"))
    shop.turns()

    undoes(shop)

    assert state(shop)[2] == "fr"


def told(shop: Shop, event: str, **fields: str) -> dict[str, object]:
    """An event of the website that states fields of Eva's."""
    at = shop.clock().isoformat()
    return {"event": event, "id": f"w-{at}", "occurred_at": at, "contact": {"email": EVA, **fields}}


def test_a_move_that_came_after_one_that_is_undone_stands(shop: Shop) -> None:
    says(shop, "file.downloaded")
    says(shop, "order.paid", order={"id": "o1", "total": 20})

    undoes(shop)

    assert state(shop)[3] == "care"


def test_it_is_shown_before_and_nothing_is_changed_by_that(shop: Shop) -> None:
    says(shop, "file.downloaded")
    says(shop, "question.asked", BOB)

    found = shown(shop)

    assert found.changing == 1
    assert found.stages == {"main": {(("care", 1), ("see", 1)): 1}}
    assert found.counters == {"gifts": 1}
    assert [one.email for one, _ in found.first] == [EVA]
    assert state(shop) == (1, Decimal(10), "nl", "care")


def test_who_was_not_concerned_stays_as_they_are_whatever_the_rules_say_now(shop: Shop) -> None:
    says(shop, "file.downloaded")
    says(shop, "question.asked", BOB)
    shop.system.live.swap(moves(shop.system.mapping, ("file.downloaded", "do"), ("question.asked", "think")))

    undoes(shop)

    assert (shop.stage(EVA), shop.stage(BOB)) == ("do", None)


def test_undoing_twice_does_it_once(shop: Shop) -> None:
    says(shop, "file.downloaded")
    undoes(shop)
    found = shown(shop)

    undoes(shop)

    assert found.changing == 0
    assert state(shop) == (0, None, None, "see")


def test_only_what_was_decided_since_is_undone(shop: Shop) -> None:
    says(shop, "file.downloaded")
    shop.clock.moves(hours=2)
    says(shop, "file.downloaded")

    undoes(shop, since=shop.clock() - timedelta(hours=1))

    assert state(shop) == (1, Decimal(10), "nl", "care")


def test_nothing_follows_and_a_late_event_finds_it_undone(shop: Shop) -> None:
    says(shop, "newsletter.confirmed")
    asked = len(shop.actions())
    says(shop, "file.downloaded")
    after = len(shop.actions())
    undoes(shop)

    late = shop.clock() - timedelta(minutes=12)
    shop.says("question.asked", EVA, occurred_at=late.isoformat())
    shop.turns()

    assert state(shop) == (1, Decimal(5), None, "see")
    assert len(shop.actions()) == after > asked


def test_who_undid_what_stands_in_the_history_and_so_does_what_it_was(shop: Shop) -> None:
    says(shop, "file.downloaded")

    undoes(shop)

    with shop.system.store.reading() as tx:
        [look] = looks.of_contact(tx, shop.contact(EVA).id)
    assert [(one.rule, one.detail) for one in look.trace] == [
        (GIFT, "undone by ann: contact.count gifts by 1"),
        (GIFT, "undone by ann: contact.earn 10 points"),
        (GIFT, "undone by ann: contact.set language"),
        (GIFT, "undone by ann: contact.move to main.care"),
    ]
    assert [one.event.name for one in shop.history(EVA)][1:] == ["own.undone"] * 4


def test_nothing_is_done_about_who_was_erased(shop: Shop) -> None:
    says(shop, "file.downloaded")
    says(shop, "contact.erased")

    undoes(shop)

    assert shop.contact(EVA).erased_at is not None
    assert shop.contact(EVA).counters == {}


def test_a_version_that_is_live_no_more_is_undone_with_all_its_rules_did_and_its_moves(shop: Shop) -> None:
    first = shop.system.mapping.version
    says(shop, "file.downloaded")
    says(shop, "question.asked")
    shop.system.store.write(lambda tx: published(shop, tx))
    anew = replace(moves(shop.system.mapping, ("file.downloaded", "think")), version="another")
    shop.system.live.swap(anew)
    shop.clock.moves(minutes=5)
    says(shop, "file.downloaded", BOB)

    undoes(shop, first)

    assert state(shop) == (0, None, None, "think")
    assert state(shop, BOB) == (1, Decimal(10), "nl", "care")


def published(shop: Shop, tx: Transaction) -> None:
    """Another version is live from now on."""
    before = publications.live(tx)
    assert before is not None
    signed = Signed(shop.clock(), "ann", "", before.version)
    publications.publish(tx, "another", publications.files_of(tx, before.version), signed)


def test_who_has_become_another_is_folded_once_and_without_what_is_undone(shop: Shop) -> None:
    says(shop, "file.downloaded", BOB)
    says(shop, "file.downloaded")
    older, younger = shop.contact(BOB), shop.contact(EVA)
    merge = Merge(younger.id, older.id, shop.clock(), "website", "e1", younger.identities)
    shop.system.store.write(lambda tx: merges.join(tx, older, younger, merge))
    found = shown(shop)

    undoes(shop)

    assert found.changing == 1
    assert state(shop) == state(shop, BOB) == (0, None, None, "see")
