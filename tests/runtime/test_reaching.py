"""Whom a publication would reach: looked up for what time brings, counted for what was recorded."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from connector import bootstrap
from connector.mapping.load import load_mapping
from connector.mapping.mapping import Mapping
from connector.runtime import reaching
from connector.runtime.reaching import Outlook, Reach, news, outlook
from connector.sandbox import Sandbox
from connector.store import contacts
from tests.runtime.conftest import MAPPING
from tests.runtime.shop import Shop
from tests.runtime.test_importing import imports
from tests.runtime.test_way_of_an_event import order

QUIET = "{quiet: %s, since: file.downloaded}"


def draft(folder: Path, on: str, *more: str) -> Mapping:
    """The mapping with one more trigger, `fresh`."""
    lines = ["trigger: fresh", "kind: internal", f"on: {on}", *more, "do:", "  - hubspot.tag: {add: [x]}"]
    made = folder / "draft"
    made.mkdir(exist_ok=True)
    for file in MAPPING.glob("*.yaml"):
        (made / file.name).write_bytes(file.read_bytes())
    (made / "fresh.yaml").write_text("\n".join(lines))
    return load_mapping(made, bootstrap.shipped(), bootstrap.specs())


@pytest.fixture
def shop(migrated_url: str, sandbox: Sandbox) -> Iterator[Shop]:
    """Three people who downloaded something, one of them four times, each a day after the other."""
    with Shop(migrated_url, sandbox, MAPPING) as made:
        for name, times in (("ann", 1), ("bob", 4), ("eva", 1)):
            for _ in range(times):
                made.says("file.downloaded", f"{name}@example.com")
            made.turns()
            made.clock.moves(days=1)
        yield made


def seen(shop: Shop, mapping: Mapping) -> Outlook:
    """Whom the new trigger would reach now."""
    return outlook(shop.system.store, mapping, [mapping.triggers["fresh"]], shop.clock())


def fresh(shop: Shop, mapping: Mapping) -> Reach:
    return seen(shop, mapping).reaches["fresh"]


@pytest.mark.parametrize(
    ("quiet", "at_once", "within_a_day"), [("60h", 1, 2), ("70h", 1, 2), ("80h", 0, 1), ("10d", 0, 0)]
)
def test_what_time_brings_is_counted_at_once_and_within_a_day(
    shop: Shop, tmp_path: Path, quiet: str, at_once: int, within_a_day: int
) -> None:
    """what the plan showed and a person confirmed"""
    found = fresh(shop, draft(tmp_path, QUIET % quiet, "late: 30d"))

    assert (found.at_once, found.within_a_day) == (at_once, within_a_day)


def test_who_is_too_late_or_not_meant_is_not_reached(shop: Shop, tmp_path: Path) -> None:
    late = fresh(shop, draft(tmp_path, QUIET % "60h", "late: 1h"))
    not_meant = fresh(shop, draft(tmp_path, QUIET % "60h", "late: 30d", "when: contact.purchases.count > 3"))

    assert (late.at_once, late.within_a_day) == (0, 1)
    assert (not_meant.at_once, not_meant.within_a_day) == (0, 0)


def test_looking_writes_nothing(shop: Shop, tmp_path: Path) -> None:
    with shop.system.store.reading() as tx:
        before = contacts.listing(tx)

    seen(shop, draft(tmp_path, QUIET % "60h", "late: 30d"))

    with shop.system.store.reading() as tx:
        assert contacts.listing(tx) == before


def test_of_events_the_busiest_hour_is_counted(shop: Shop, tmp_path: Path) -> None:
    found = seen(shop, draft(tmp_path, "file.downloaded"))

    assert (found.contacts, found.events) == (3, 6)
    assert found.reaches["fresh"] == Reach(busiest=4)
    assert found.reaches["fresh"].expected == 4


def test_events_are_counted_by_when_as_the_contact_is_now(shop: Shop, tmp_path: Path) -> None:
    rule = draft(tmp_path, "file.downloaded", "when: contact.email != 'bob@example.com'")

    assert fresh(shop, rule).busiest == 1


def test_what_has_the_same_key_counts_once_an_hour(shop: Shop, tmp_path: Path) -> None:
    assert fresh(shop, draft(tmp_path, "file.downloaded", "once per: contact")).busiest == 1


def test_entries_of_a_stage_are_counted_by_the_moves_that_were_made(shop: Shop, tmp_path: Path) -> None:
    assert fresh(shop, draft(tmp_path, "{stage: see}")).busiest == 1


def edited(folder: Path, words: str, others: str) -> Mapping:
    """The mapping with other words in the place of these."""
    made = folder / "edited"
    made.mkdir(exist_ok=True)
    for file in MAPPING.glob("*.yaml"):
        text = file.read_text(encoding="utf-8")
        assert words in text
        (made / file.name).write_text(text.replace(words, others, 1), encoding="utf-8")
    return load_mapping(made, bootstrap.shipped(), bootstrap.specs())


ENTER = "    enter:\n"
TAGGED = "    enter:\n      see:\n        - mailchimp.tag: {add: [seen]}\n"


def test_what_entering_a_stage_does_is_counted_by_the_entries_that_were_recorded(
    shop: Shop, tmp_path: Path
) -> None:
    after = edited(tmp_path, ENTER, TAGGED)
    anew = news(shop.system.mapping, after)

    found = outlook(shop.system.store, after, anew, shop.clock())

    assert found.reaches["enter:main.see"].busiest == 1
    assert len(found.reaches["enter:main.see"].people) == 3
    assert news(after, after) == []


def test_a_new_move_to_a_stage_may_be_made_by_everybody_with_its_event(shop: Shop, tmp_path: Path) -> None:
    moves = "      - {on: order.paid, to: care}\n"
    after = edited(tmp_path, moves, moves + "      - {on: file.downloaded, to: care}\n")

    anew = news(shop.system.mapping, after)

    assert [one.name for one in anew] == ["enter:main.care upon file.downloaded"]
    found = outlook(shop.system.store, after, anew, shop.clock())
    assert len(found.reaches["enter:main.care upon file.downloaded"].people) == 3


def test_what_is_older_than_thirty_days_is_not_read(shop: Shop, tmp_path: Path) -> None:
    shop.clock.moves(days=31)

    found = seen(shop, draft(tmp_path, "file.downloaded"))

    assert (found.events, found.reaches["fresh"].busiest) == (0, 0)


def test_no_more_than_the_newest_events_are_read(
    shop: Shop, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(reaching, "MOST_EVENTS", 3)

    found = seen(shop, draft(tmp_path, "file.downloaded"))

    assert (found.events, found.reaches["fresh"].busiest) == (3, 2)
    assert found.since == shop.history("bob@example.com")[-1].decided_at


def test_only_triggers_that_are_new_or_ask_otherwise_are_news(shop: Shop, tmp_path: Path) -> None:
    live = shop.system.mapping
    after = draft(tmp_path, "file.downloaded")
    same = {**live.triggers, "welcome": replace(live.triggers["welcome"], late=timedelta(days=9))}

    assert [one.name for one in news(live, after)] == ["fresh"]
    assert [one.name for one in news(live, replace(live, triggers=same))] == []
    assert [one.name for one in news(after, draft(tmp_path, QUIET % "1d"))] == ["fresh"]
    assert [one.name for one in news(draft(tmp_path, QUIET % "2d"), draft(tmp_path, QUIET % "1d"))] == [
        "fresh"
    ]
    assert {one.name for one in news(None, after)} > after.triggers.keys()


def test_what_was_imported_leaves_room_for_what_came_live(
    shop: Shop, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(reaching, "MOST_EVENTS", 2)
    imports(shop, order(), order(id=78))

    found = seen(shop, draft(tmp_path, "file.downloaded"))

    assert (found.events, found.is_cut, len(found.reaches["fresh"].people)) == (2, True, 2)


def test_what_was_imported_says_nothing_of_how_often_events_come(shop: Shop, tmp_path: Path) -> None:
    mapping = draft(tmp_path, "order.paid")
    imports(shop, order())

    assert fresh(shop, mapping) == Reach()
