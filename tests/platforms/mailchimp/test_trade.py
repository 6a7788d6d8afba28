"""Carts and orders: written whole and repeatably, with their products, and nobody is subscribed by them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from connector.errors import Rejected, Transient, Unknown
from connector.model.changes import JOINED
from connector.model.values import Value
from connector.platforms.base import FORGOTTEN, Done, Outcome
from connector.platforms.mailchimp.adapter import Mailchimp
from connector.platforms.mailchimp.lines import PLAIN_ID, in_lines, shop_id
from connector.platforms.mailchimp.shop_arguments import Line
from connector.sandbox import Sandbox
from tests.platforms.mailchimp.wish import (
    AUDIENCE,
    DOUBLE_OPTIN,
    STORE,
    do,
    forget,
    join,
    member,
    methods,
    wish,
)

Items = tuple[Mapping[str, Value], ...]
TROWEL: Mapping[str, Value] = {
    "id": "7",
    "product": "p1",
    "variant": "v1",
    "sku": "T-1",
    "name": "Trowel",
    "brand": "Spade & Co",
    "quantity": Decimal(2),
    "price": Decimal("12.50"),
}
RAKE: Mapping[str, Value] = {"id": "8", "product": "p2", "name": "Rake", "price": Decimal(30)}
SHOP = f"/3.0/ecommerce/stores/{STORE}"
CARTS = f"{SHOP}/carts"
LOST = [{"apply": True, "drop": True}]


def cart(items: Items = (TROWEL,), **more: Value) -> Mapping[str, Value]:
    return {"id": "c1", "currency": "EUR", "items": items, **more}


def order(**more: Value) -> Mapping[str, Value]:
    return {"id": "1001", "currency": "EUR", "items": (TROWEL,), **more}


def store(sandbox: Sandbox) -> dict[str, Any]:
    held: dict[str, Any] = sandbox.state()["mailchimp"]["stores"][STORE]
    return held


def the_cart(sandbox: Sandbox) -> dict[str, Any]:
    held: dict[str, Any] = store(sandbox)["carts"]["c1"]
    return held


def the_order(sandbox: Sandbox) -> dict[str, Any]:
    held: dict[str, Any] = store(sandbox)["orders"]["1001"]
    return held


def opt_ins(sandbox: Sandbox) -> set[object]:
    bodies = [one["body"] for one in sandbox.state()["calls"] if isinstance(one["body"], dict)]
    return {one["customer"]["opt_in_status"] for one in bodies if "customer" in one}


def orders(platform: Mailchimp, *people: str) -> list[Outcome]:
    """One order of each of them, together."""
    calls = [wish("update_order", {**order(), "id": one[:4]}, email=one, key=one) for one in people]
    return list(platform.dispatch("update_order", calls))


def write_cart(platform: Mailchimp, arguments: Mapping[str, Value], **more: Any) -> Outcome:
    return do(platform, wish("update_cart", arguments, **more))


@pytest.fixture
def asking_twice(sandbox: Sandbox) -> Iterator[Mailchimp]:
    url = sandbox.mailchimp_url
    adapter = Mailchimp("test-us21", DOUBLE_OPTIN, store=STORE, base_url=url, deadline=10.0)
    yield adapter
    adapter.close()


def test_a_cart_arrives_with_its_store_and_products(mailchimp: Mailchimp, sandbox: Sandbox) -> None:
    assert write_cart(mailchimp, cart(url="https://shop.example.com/c1")) == Done()

    assert (store(sandbox)["list_id"], store(sandbox)["currency_code"]) == (AUDIENCE, "EUR")
    assert store(sandbox)["products"]["p1"]["vendor"] == "Spade & Co"
    held = the_cart(sandbox)
    assert (held["order_total"], held["checkout_url"]) == (25.0, "https://shop.example.com/c1")
    assert held["lines"]["7"] == {
        "id": "7",
        "product_id": "p1",
        "product_variant_id": "v1",
        "quantity": 2,
        "price": 12.5,
    }


def test_a_cart_is_as_it_was_told_last(mailchimp: Mailchimp, sandbox: Sandbox) -> None:
    write_cart(mailchimp, cart((TROWEL, RAKE)))

    assert write_cart(mailchimp, cart((RAKE,), total=Decimal("27.50"))) == Done()

    assert list(the_cart(sandbox)["lines"]) == ["8"]
    assert the_cart(sandbox)["order_total"] == 27.5


def test_products_that_are_there_are_left_alone_and_asked_for_once(
    mailchimp: Mailchimp, sandbox: Sandbox
) -> None:
    write_cart(mailchimp, cart())

    write_cart(mailchimp, cart(({**TROWEL, "name": "Sale! Trowel"}, RAKE)))

    assert store(sandbox)["products"]["p1"]["title"] == "Trowel"
    assert methods(sandbox).count("GET v1") == 1


def test_a_new_variant_of_a_product_is_added(mailchimp: Mailchimp, sandbox: Sandbox) -> None:
    write_cart(mailchimp, cart())

    assert write_cart(mailchimp, cart(({**TROWEL, "variant": "v2"},))) == Done()

    assert set(store(sandbox)["products"]["p1"]["variants"]) == {"v1", "v2"}


def test_a_product_that_somebody_deleted_is_made_again(mailchimp: Mailchimp, sandbox: Sandbox) -> None:
    write_cart(mailchimp, cart())
    gone = {
        "status": 400,
        "body": {"detail": "A product with the provided ID does not exist in the account for this list."},
    }
    sandbox.script({"method": "PATCH", "path": CARTS}, [gone])

    assert write_cart(mailchimp, cart()) == Done()
    assert methods(sandbox).count("GET v1") == 2


def test_a_cart_that_came_into_being_meanwhile_is_changed(mailchimp: Mailchimp, sandbox: Sandbox) -> None:
    write_cart(mailchimp, cart())
    sandbox.script({"method": "PATCH", "path": CARTS}, [{"status": 404, "body": {"title": "Not Found"}}])

    assert write_cart(mailchimp, cart((RAKE,))) == Done()
    assert list(the_cart(sandbox)["lines"]) == ["8"]


def test_a_cart_goes_with_the_address_that_is_in_use(mailchimp: Mailchimp, sandbox: Sandbox) -> None:
    write_cart(mailchimp, cart(), email="typo@example.com")

    assert write_cart(mailchimp, cart()) == Done()

    assert the_cart(sandbox)["customer"]["email_address"] == "eva@example.com"


def test_a_customer_without_consent_is_transactional(mailchimp: Mailchimp, sandbox: Sandbox) -> None:
    assert write_cart(mailchimp, cart(), has_consent=False) == Done()

    assert member(sandbox)["status"] == "transactional"
    assert opt_ins(sandbox) == {False}


def test_a_customer_who_has_consented_is_subscribed_as_by_any_other_action(
    mailchimp: Mailchimp, sandbox: Sandbox
) -> None:
    assert write_cart(mailchimp, cart()) == Done()

    assert member(sandbox)["status"] == "subscribed"
    assert opt_ins(sandbox) == {False}


def test_an_audience_with_double_opt_in_asks_a_customer_too(
    asking_twice: Mailchimp, sandbox: Sandbox
) -> None:
    assert write_cart(asking_twice, cart()) == Done()

    assert member(sandbox)["status"] == "pending"


@pytest.mark.parametrize("status", ["subscribed", "unsubscribed", "transactional", "pending", "cleaned"])
@pytest.mark.parametrize("has_consent", [True, False])
def test_no_cart_and_no_order_changes_a_status(
    mailchimp: Mailchimp, sandbox: Sandbox, status: str, has_consent: bool
) -> None:
    join(sandbox, status)

    write_cart(mailchimp, cart(), has_consent=has_consent)
    do(mailchimp, wish("update_order", order(), has_consent=has_consent))

    assert member(sandbox)["status"] == status
    assert len(store(sandbox)["orders"]) == 1


def test_an_order_takes_the_place_of_its_cart(mailchimp: Mailchimp, sandbox: Sandbox) -> None:
    write_cart(mailchimp, cart())

    assert do(mailchimp, wish("update_order", order(cart="c1", status="paid"))) == Done()

    assert store(sandbox)["carts"] == {}
    assert the_order(sandbox)["financial_status"] == "paid"
    assert the_order(sandbox)["processed_at_foreign"] == "2026-11-22T10:00:00+00:00"


def test_the_cart_is_gone_before_the_order_can_be_refused(mailchimp: Mailchimp, sandbox: Sandbox) -> None:
    write_cart(mailchimp, cart())
    sandbox.script({"method": "POST", "path": f"{SHOP}/orders"}, [{"status": 422}])

    assert isinstance(do(mailchimp, wish("update_order", order(cart="c1"))), Rejected)
    assert store(sandbox)["carts"] == {}


def test_while_its_cart_may_be_there_no_order_is_written(mailchimp: Mailchimp, sandbox: Sandbox) -> None:
    write_cart(mailchimp, cart())
    sandbox.script({"method": "DELETE", "path": CARTS}, LOST)

    assert isinstance(do(mailchimp, wish("update_order", order(cart="c1"))), Transient)
    assert store(sandbox)["orders"] == {}


def test_what_is_not_said_of_an_order_stays(mailchimp: Mailchimp, sandbox: Sandbox) -> None:
    placed = datetime(2026, 11, 21, 9, 30, tzinfo=UTC)
    do(mailchimp, wish("update_order", order(placed_at=placed, tax=Decimal("4.34"), status="paid")))

    assert do(mailchimp, wish("update_order", {"id": "1001", "status": "shipped"})) == Done()

    held = the_order(sandbox)
    assert (held["financial_status"], held["fulfillment_status"]) == ("paid", "shipped")
    assert (held["order_total"], held["tax_total"]) == (25.0, 4.34)
    assert held["processed_at_foreign"] == "2026-11-21T09:30:00+00:00"


def test_an_order_that_mailchimp_does_not_have_needs_its_lines(mailchimp: Mailchimp) -> None:
    outcome = do(mailchimp, wish("update_order", {"id": "1001", "status": "shipped"}))

    assert isinstance(outcome, Rejected)
    assert "no order 1001" in outcome.words


def test_a_cart_that_is_not_there_is_as_good_as_removed(mailchimp: Mailchimp) -> None:
    assert do(mailchimp, wish("remove_cart", {"id": "c1"})) == Done()


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("GET", SHOP),
        ("GET", f"{SHOP}/products"),
        ("POST", "/3.0/ecommerce/stores"),
        ("POST", f"{SHOP}/products"),
        ("DELETE", CARTS),
        ("POST", f"{SHOP}/orders"),
    ],
)
@pytest.mark.parametrize("body", ["<html>It works!</html>", "{}", "[]", '{"id": "another"}'])
def test_nothing_on_the_way_to_an_order_is_believed_without_proof(
    mailchimp: Mailchimp, sandbox: Sandbox, method: str, path: str, body: str
) -> None:
    sandbox.script({"method": method, "path": path}, [{"status": 200, "body": body}])

    first = do(mailchimp, wish("update_order", order(cart="c1")))
    second = do(mailchimp, wish("update_order", order(cart="c1")))

    assert isinstance(first, Transient | Unknown)
    assert second == Done()
    assert the_order(sandbox)["order_total"] == 25.0


@pytest.mark.parametrize("body", ["<html>It works!</html>", "{}", "[]", '{"id": "another"}'])
def test_no_change_of_an_order_is_believed_without_proof(
    mailchimp: Mailchimp, sandbox: Sandbox, body: str
) -> None:
    do(mailchimp, wish("update_order", order()))
    sandbox.script({"method": "PATCH", "path": f"{SHOP}/orders"}, [{"status": 200, "body": body}])

    first = do(mailchimp, wish("update_order", order(status="paid")))
    second = do(mailchimp, wish("update_order", order(status="paid")))

    assert isinstance(first, Unknown)
    assert second == Done()
    assert the_order(sandbox)["financial_status"] == "paid"


def test_an_order_costs_one_call_when_it_is_new_and_one_for_each_change(
    mailchimp: Mailchimp, sandbox: Sandbox
) -> None:
    do(mailchimp, wish("update_order", order()))
    before = len(sandbox.state()["calls"])

    for status in ("pending", "paid"):
        told = {**order(cart="c2", status=status), "id": "1002"}
        assert do(mailchimp, wish("update_order", told, has_consent=False)) == Done()

    assert methods(sandbox)[before:] == ["DELETE c2", "POST orders", "PATCH 1002"]


def test_an_order_that_another_process_has_written_is_changed(mailchimp: Mailchimp, sandbox: Sandbox) -> None:
    do(mailchimp, wish("update_order", order(tax=Decimal("4.34"))))
    other = Mailchimp("test-us21", AUDIENCE, store=STORE, base_url=sandbox.mailchimp_url, deadline=10.0)

    outcome = do(other, wish("update_order", order(status="paid")))
    other.close()

    assert outcome == Done()
    assert (the_order(sandbox)["financial_status"], the_order(sandbox)["tax_total"]) == ("paid", 4.34)


def test_a_cart_that_is_written_anew_goes_with_its_order_again(
    mailchimp: Mailchimp, sandbox: Sandbox
) -> None:
    do(mailchimp, wish("update_order", order(cart="c1")))
    write_cart(mailchimp, cart())

    do(mailchimp, wish("update_order", order(cart="c1")))

    assert store(sandbox)["carts"] == {}


def test_a_cart_that_another_thread_writes_anew_goes_with_its_order_again(
    mailchimp: Mailchimp, sandbox: Sandbox
) -> None:
    other = mailchimp.another()
    do(mailchimp, wish("update_order", order(cart="c1")))
    write_cart(other, cart())

    do(mailchimp, wish("update_order", order(cart="c1")))
    other.close()

    assert store(sandbox)["carts"] == {}


def test_whatever_writes_to_a_store_goes_one_after_the_other() -> None:
    """Two contacts may have one cart, one after the other."""
    writing = [spec for spec in Mailchimp.specs if spec.needs]

    assert {spec.name for spec in writing} == {"update_cart", "remove_cart", "update_order"}
    assert all(spec.is_shared for spec in writing)


def test_the_people_of_many_orders_are_put_into_the_audience_by_one_call(
    mailchimp: Mailchimp, sandbox: Sandbox
) -> None:
    join(sandbox, "unsubscribed", "left@example.com")
    do(mailchimp, wish("update_order", order()))
    before = len(sandbox.state()["calls"])

    outcomes = orders(mailchimp, "new@example.com", "left@example.com", "eva@example.com")

    held = sandbox.state()["mailchimp"]["members"]
    assert methods(sandbox)[before:] == [f"POST {AUDIENCE}", *["POST orders"] * 3]
    assert [JOINED not in one.became for one in outcomes if isinstance(one, Done)] == [True, False, False]
    assert [held[one]["status"] for one in ("new@example.com", "left@example.com")] == [
        "subscribed",
        "unsubscribed",
    ]


def test_who_comes_into_the_audience_by_several_orders_joins_once(
    mailchimp: Mailchimp, sandbox: Sandbox
) -> None:
    calls = [wish("update_order", {**order(), "id": one}) for one in ("1", "2")]

    outcomes = mailchimp.dispatch("update_order", calls)

    assert [JOINED in one.became for one in outcomes if isinstance(one, Done)] == [False, True]


def test_of_many_orders_only_that_of_somebody_who_was_deleted_is_refused(
    mailchimp: Mailchimp, sandbox: Sandbox
) -> None:
    join(sandbox, "subscribed", "gone@example.com")
    forget(sandbox, "gone@example.com")

    gone, other = orders(mailchimp, "gone@example.com", "other@example.com")

    assert isinstance(gone, Rejected)
    assert gone.code == FORGOTTEN
    assert other == Done()


@pytest.mark.parametrize("answer", [{"status": 429}, {"status": 500}, {"drop": True}])
def test_while_many_cannot_be_put_into_the_audience_no_order_is_written(
    mailchimp: Mailchimp, sandbox: Sandbox, answer: dict[str, object]
) -> None:
    do(mailchimp, wish("update_order", order()))
    sandbox.script({"method": "POST", "path": f"/3.0/lists/{AUDIENCE}"}, [answer])

    outcomes = orders(mailchimp, "a@example.com", "b@example.com")

    assert [type(one) for one in outcomes] == [Transient, Transient]
    assert list(store(sandbox)["orders"]) == ["1001"]


def test_where_a_call_for_many_is_refused_each_is_looked_at(mailchimp: Mailchimp, sandbox: Sandbox) -> None:
    sandbox.script({"method": "POST", "path": f"/3.0/lists/{AUDIENCE}"}, [{"status": 400, "body": {}}])

    outcomes = orders(mailchimp, "a@example.com", "b@example.com")

    assert outcomes == [Done(), Done()]
    assert member(sandbox, "b@example.com")["status"] == "subscribed"


@pytest.mark.parametrize("lost", ["GET", "PUT"])
def test_a_cart_certainly_is_not_written_while_what_it_needs_is_made(
    mailchimp: Mailchimp, sandbox: Sandbox, lost: str
) -> None:
    sandbox.script({"method": lost}, LOST)

    first, second = write_cart(mailchimp, cart()), write_cart(mailchimp, cart())

    assert isinstance(first, Transient)
    assert second == Done()


def test_a_line_that_may_still_be_there_is_taken_away_again(mailchimp: Mailchimp, sandbox: Sandbox) -> None:
    write_cart(mailchimp, cart((TROWEL, RAKE)))
    sandbox.script({"method": "DELETE", "path": f"{CARTS}/c1/lines"}, [{"drop": True}])

    assert isinstance(write_cart(mailchimp, cart((RAKE,))), Unknown)
    assert write_cart(mailchimp, cart((RAKE,))) == Done()
    assert list(the_cart(sandbox)["lines"]) == ["8"]


def test_the_store_says_the_currency_that_a_cart_does_not(mailchimp: Mailchimp, sandbox: Sandbox) -> None:
    write_cart(mailchimp, cart())

    write_cart(mailchimp, {"id": "c2", "items": (RAKE,)})

    assert store(sandbox)["carts"]["c2"]["currency_code"] == "EUR"


def test_a_store_is_not_made_without_a_currency(mailchimp: Mailchimp, sandbox: Sandbox) -> None:
    outcome = write_cart(mailchimp, {"id": "c1", "items": (RAKE,)})

    assert isinstance(outcome, Rejected)
    assert "currency" in outcome.words
    assert sandbox.state()["mailchimp"]["stores"] == {}


def test_a_store_of_another_audience_is_not_written(
    mailchimp: Mailchimp, asking_twice: Mailchimp, sandbox: Sandbox
) -> None:
    write_cart(mailchimp, cart())

    outcome = write_cart(asking_twice, cart((RAKE,)))

    assert isinstance(outcome, Rejected)
    assert "another audience" in outcome.words
    assert list(the_cart(sandbox)["lines"]) == ["7"]


@pytest.mark.parametrize("name", ["update_cart", "remove_cart", "update_order"])
def test_without_a_store_nothing_is_written(sandbox: Sandbox, name: str) -> None:
    adapter = Mailchimp("test-us21", AUDIENCE, base_url=sandbox.mailchimp_url, deadline=10.0)
    arguments = {"id": "c1"} if name == "remove_cart" else cart()

    outcome = do(adapter, wish(name, arguments))
    adapter.close()

    assert isinstance(outcome, Rejected)
    assert "store:" in outcome.words


@pytest.mark.parametrize(
    "items", [(), ({"quantity": 2},), ({"name": "Rake", "price": "NaN"},), ("Rake",), None]
)
def test_a_cart_of_nothing_is_refused_without_a_call(
    mailchimp: Mailchimp, sandbox: Sandbox, items: Value
) -> None:
    assert isinstance(write_cart(mailchimp, {"id": "c1", "currency": "EUR", "items": items}), Rejected)
    assert sandbox.state()["calls"] == []


def test_what_is_sold_by_measure_is_one_piece_at_its_price() -> None:
    (line,) = in_lines([Line(name="Rope", quantity=Decimal("1.5"), price=Decimal(4))])

    assert (line["quantity"], line["price"]) == (1, 6.0)


def test_a_line_of_nothing_is_left_out() -> None:
    lines = in_lines([Line(name="Rope", quantity=Decimal(0)), Line(name="Rake")])

    assert [line["quantity"] for line in lines] == [1]


def test_a_line_that_lacks_much_is_known_by_its_name(mailchimp: Mailchimp, sandbox: Sandbox) -> None:
    gaps: Mapping[str, Value] = {"name": "Rope, 1.5 m", "sku": None, "product": None, "price": None, "id": ""}

    assert write_cart(mailchimp, cart((gaps,))) == Done()

    (product,) = store(sandbox)["products"].values()
    assert product["title"] == "Rope, 1.5 m"


@given(st.lists(st.text(max_size=60).filter(str.strip), min_size=1, max_size=20))
def test_no_two_lines_of_a_cart_have_the_same_id(names: list[str]) -> None:
    lines = in_lines([Line(id=name, name=name) for name in names])

    assert len({line["id"] for line in lines}) == len(names)


@given(st.text(min_size=1))
def test_every_id_of_a_shop_becomes_one_that_mailchimp_finds(said: str) -> None:
    assert PLAIN_ID.fullmatch(shop_id(said))


@pytest.mark.parametrize("id_", ["gid://shopify/Cart/1?key=2", "..", "c" * 51])
def test_a_cart_under_an_odd_id_is_found_again(mailchimp: Mailchimp, sandbox: Sandbox, id_: str) -> None:
    write_cart(mailchimp, {**cart(), "id": id_})

    assert do(mailchimp, wish("remove_cart", {"id": id_})) == Done()
    assert store(sandbox)["carts"] == {}
