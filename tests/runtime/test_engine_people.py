"""Whom events are about, and what is written down of each: sentences of how Loods decides."""

from __future__ import annotations

import shutil
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from connector.model.decision import Answer
from connector.model.delivery import DeliveryStatus
from connector.sandbox import Sandbox
from connector.store import history
from tests.runtime.conftest import MAPPING
from tests.runtime.shop import Shop

EVA, BOB = "eva@example.com", "bob@example.com"
SHIPPED = Path(__file__).parents[2] / "connector" / "sources" / "shipped"


@pytest.mark.parametrize(
    ("said", "closed"),
    [
        ({"order": {"id": "o-1", "cart": "c-1"}}, {"c-1"}),
        ({"order": {"id": "o-1", "checkout": "t-1"}}, {"c-1"}),
        ({"order": {"id": "o-1"}, "contact": {"id": "5"}}, {"c-1", "c-2"}),
        ({"order": {"id": "o-1"}, "contact": {"email": EVA}}, {"c-1", "c-2"}),
        ({"order": {"id": "o-1"}, "contact": {"email": "new@example.com"}}, {"c-1", "c-2"}),
    ],
    ids=["cart", "token of the checkout", "customer", "address", "newer address"],
)
def test_an_order_closes_the_cart_by_whatever_names_it_or_its_owner(
    shop: Shop, said: dict[str, Any], closed: set[str]
) -> None:
    """an order closes the cart that it came from (by cart or checkout token, customer, or any known
    address)"""
    eva = {"id": "5", "email": EVA}
    for number in "12":
        cart = {"id": f"c-{number}", "token": f"t-{number}", "total": "60"}
        shop.says("cart.updated", None, contact=eva, cart=cart)
        shop.turns()
    shop.says("contact.changed", None, contact={"id": "5", "email": "new@example.com"})
    shop.turns()
    shop.clock.moves(minutes=5)

    shop.says("order.placed", None, **said)
    shop.turns()

    carts = shop.contact(EVA).carts
    assert {key.partition(":")[2] for key, cart in carts.items() if cart.closed_by == "website:o-1"} == closed


def test_what_was_parked_is_decided_as_of_when_it_happened(shop: Shop) -> None:
    """An event for which nobody is found is parked under its subject for 30 days and decided, at its own
    time, once the subject's owner is known."""
    happened = shop.clock()
    shop.says("cart.updated", None, cart={"id": "c-1", "total": "60"})
    shop.turns()
    parked = shop.deliveries()[0].status
    shop.clock.moves(days=29)

    shop.says("page.viewed", EVA, cart={"id": "c-1"})
    shop.says("checkout.started", EVA, cart={"id": "c-1", "total": "60"})
    shop.turns()

    eva = shop.contact(EVA)
    assert parked is DeliveryStatus.PARKED
    assert (eva.last["cart.updated"], eva.counters["cart.updated"]) == (happened, 1)
    assert eva.standings["main"].entered["do"] == happened


@pytest.mark.parametrize(("days", "left"), [(29, 0), (31, 1)])
def test_what_is_parked_waits_for_thirty_days_and_is_then_shown_as_failed(
    shop: Shop, days: int, left: int
) -> None:
    """An event for which nobody is found is parked under its subject for 30 days"""
    shop.says("cart.updated", None, cart={"id": "c-1", "total": "60"})
    shop.turns()

    gone = shop.system.store.write(lambda tx: history.drop_older(tx, shop.clock() + timedelta(days=days)))

    assert gone == left
    assert (shop.deliveries()[0].status is DeliveryStatus.FAILED) is bool(left)


@pytest.mark.parametrize("kind", ["cookie", "token", "phone", "device"])
def test_what_two_people_share_joins_them_not(
    database_url: str, sandbox: Sandbox, tmp_path: Path, kind: str
) -> None:
    """a cookie, token, address or telephone number never joins them."""
    folder = Path(shutil.copytree(MAPPING, tmp_path / "mapping"))
    ours = (
        (SHIPPED / "json.yaml").read_text("utf-8").replace("source: json\n", "source: json\nreplaces: json\n")
    )
    known_by = "customer: body.contact.id\n"
    (folder / "json.yaml").write_text(ours.replace(known_by, f"{known_by}    {kind}: body.contact.{kind}\n"))
    with Shop(database_url, sandbox, folder) as shop:
        for email, more in ((EVA, {}), (BOB, {}), (EVA, {kind: "shared"}), (BOB, {kind: "shared"})):
            shop.says("file.downloaded", None, contact={"email": email, **more})
            shop.turns()
        eva, bob = shop.contact(EVA), shop.contact(BOB)
        answers = [one.answer for entry in shop.history(BOB) for one in entry.trace if one.rule == "event"]

    assert eva.id != bob.id
    assert (eva.counters["file.downloaded"], bob.counters["file.downloaded"]) == (2, 2)
    assert [one.value for one in bob.identities] == [BOB]
    assert answers == [Answer.CONFLICT]


def test_every_event_is_written_down_with_its_version_and_an_answer_of_each_rule(shop: Shop) -> None:
    """For every event the trace has the version; for every rule that listens to it, one code for its answer
    (the version gives file and line)"""
    shop.says("newsletter.confirmed", EVA)
    shop.clock.moves(seconds=1)
    shop.says("cart.updated", EVA, cart={"id": "c1", "total": "18.50"})
    shop.turns()

    confirmed, changed = sorted(shop.history(EVA), key=lambda one: one.event.name, reverse=True)

    assert {confirmed.version, changed.version} == {shop.system.mapping.version}
    assert {one.rule: one.answer for one in confirmed.trace} == {
        "move:main:1": Answer.MOVED,
        "trigger:series": Answer.ACTED,
        "trigger:welcome": Answer.ACTED,
    }
    assert [(one.rule, one.answer) for one in changed.trace] == [
        ("move:main:2", Answer.MOVED),
        ("trigger:big-cart", Answer.NO),
    ]
    assert all(one.place.startswith("shop.yaml:") for entry in (confirmed, changed) for one in entry.trace)
