"""From YAML to what is done: what all contacts have bought decides what one of them gets."""

from __future__ import annotations

import shutil
from collections.abc import Collection, Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from decimal import Decimal
from pathlib import Path

import pytest

from connector import bootstrap
from connector.mapping.norms import UNKNOWN
from connector.model.contact import Contact, Order
from connector.model.decision import Answer, TraceEntry
from connector.sandbox import Sandbox
from connector.store import contacts
from tests.runtime.conftest import MAPPING
from tests.runtime.shop import Shop

EVA = "eva@example.com"
RULES = """\
defaults:
  rfm: quintiles
trigger: best
kind: internal
on: file.downloaded
when: contact.rfm.monetary == 5 and contact.expected is defined
do:
  - hubspot.tag: {add: [best]}
"""


@pytest.fixture
def shop(database_url: str, sandbox: Sandbox, tmp_path: Path) -> Iterator[Shop]:
    folder = tmp_path / "mapping"
    shutil.copytree(MAPPING, folder)
    (folder / "best.yaml").write_text(RULES)
    with Shop(database_url, sandbox, folder) as made:
        yield made


def sells(shop: Shop, amounts: range) -> None:
    """To each of these others two orders, three weeks apart."""
    at = shop.clock() - timedelta(days=30)
    others = [_buyer(f"c{amount:06}", (at, at + timedelta(days=21)), Decimal(amount)) for amount in amounts]
    shop.system.store.write(lambda tx: contacts.save(tx, others))
    shop.turns()


def _buyer(name: str, moments: Collection[datetime], amount: Decimal) -> Contact:
    orders = {f"webshop:{name}{at}": Order({"paid": at}, total=amount) for at in moments}
    return Contact(name, min(moments), orders=orders)


def buys(shop: Shop) -> TraceEntry:
    """Eva orders once, for 50, and downloads something a minute later; what the rule said to that."""
    shop.says("order.paid", EVA, order={"id": "o1", "total": 50})
    shop.turns()
    shop.clock.moves(minutes=1)
    shop.says("file.downloaded", EVA, file={"name": "guide"})
    shop.turns()
    (said,) = [one for one in shop.history(EVA)[-1].trace if one.rule == "trigger:best"]
    return said


@pytest.mark.parametrize(
    ("others", "answer", "mark"),
    [
        (range(1, 61), Answer.NO, 3),
        (range(1, 26), Answer.NO, 1),
        (range(101, 161), Answer.NO, 1),
    ],
)
def test_what_others_spend_says_whether_fifty_is_a_lot(
    shop: Shop, others: range, answer: Answer, mark: int
) -> None:
    """RFM (1 to 5, by bounds or the shop's quintiles) is built in."""
    sells(shop, others)

    said = buys(shop)

    assert (said.answer, said.seen["contact.rfm.monetary"]) == (answer, mark)


def test_who_spends_more_than_most_is_a_best_customer(shop: Shop) -> None:
    """RFM (1 to 5, by bounds or the shop's quintiles) is built in."""
    sells(shop, range(1, 61))
    once = [_buyer(f"d{number}", [shop.clock()], Decimal(9)) for number in range(130)]
    shop.system.store.write(lambda tx: contacts.save(tx, once))
    shop.clock.moves(days=1)
    shop.turns()

    assert buys(shop).answer is Answer.ACTED


def test_whoever_only_asks_goes_by_the_same_figures(shop: Shop) -> None:
    sells(shop, range(1, 61))
    found = shop.system.mapping.norms
    settings, store = shop.settings, shop.system.store

    with store.reading() as tx:
        live = bootstrap.live_mapping(settings, tx)

    assert found.buyers == 60
    assert live.norms == bootstrap.knowing(replace(live, norms=UNKNOWN), store).norms == found
    assert bootstrap.knowing(replace(live, norms=UNKNOWN), None).norms == UNKNOWN
