"""A rule that fails inside is contained to its contact, counted, and shown."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from connector.model.decision import Answer
from connector.model.delivery import DeliveryStatus
from connector.sandbox import Sandbox
from connector.store import failings
from connector.store.failings import Failing
from tests.runtime.echoing import made
from tests.runtime.shop import Shop

ODD = """\
triggers:
  odd:
    on: order.placed
    do:
      - hubspot.add_note: {text: "a part: {{ 100 / order.total }}"}
  other:
    on: order.placed
    do:
      - hubspot.add_note: {text: thanks}
"""


@pytest.fixture
def odd(database_url: str, sandbox: Sandbox, tmp_path: Path) -> Iterator[Shop]:
    """A shop with a rule that an order of nothing breaks."""
    with made(database_url, sandbox, tmp_path, ODD) as shop:
        yield shop


def orders(shop: Shop, who: str, total: str) -> None:
    """Somebody orders."""
    shop.says("order.placed", f"{who}@example.com", order={"id": f"{who}-{total}", "total": total})
    shop.turns()


def lately(shop: Shop) -> list[Failing]:
    """What failed within a day."""
    with shop.system.store.reading() as tx:
        return failings.lately(tx, shop.clock())


def test_a_rule_that_fails_is_contained_to_its_contact_counted_and_shown(odd: Shop) -> None:
    """a rule that fails inside is contained to its contact, counted, and shown"""
    orders(odd, "eva", "0")
    orders(odd, "bob", "0")
    orders(odd, "kim", "10")

    (failing,) = lately(odd)
    assert (failing.rule, failing.times) == ("trigger:odd", 2)
    assert failing.contact_id == odd.contact("bob@example.com").id
    assert failing.words
    assert {one.status for one in odd.deliveries()} == {DeliveryStatus.DONE}
    assert [one.action.arguments for one in odd.actions()] == [
        {"text": "thanks"},
        {"text": "thanks"},
        {"text": "a part: 10"},
        {"text": "thanks"},
    ]
    told = {one.rule: one.answer for entry in odd.history("eva@example.com") for one in entry.trace}
    assert told == {"trigger:odd": Answer.FAILED, "trigger:other": Answer.ACTED}


def test_readiness_says_which_rules_failed_and_stays_green(odd: Shop) -> None:
    orders(odd, "eva", "0")

    assert odd.system.service.notices() == {
        "rules": "failed within a day: trigger odd 1 time(s); `loods actions` says why"
    }
    odd.clock.moves(days=2)
    assert odd.system.service.notices() == {}


def test_what_has_been_kept_long_enough_is_let_go(odd: Shop) -> None:
    orders(odd, "eva", "0")
    odd.clock.moves(days=31)

    odd.system.service.retain()

    with odd.system.store.reading() as tx:
        assert failings.lately(tx, odd.clock() - timedelta(days=31)) == []
