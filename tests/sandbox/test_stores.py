"""Mailchimp's stores, carts, orders and queues, by its own client."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from typing import Any

import pytest
from mailchimp_marketing.api_client import ApiClientError

from connector.sandbox import Sandbox

LIST = "57afe96172"
SHOP = "webshop"
EVA = "eva@example.com"
CUSTOMER = {"id": "c-9", "email_address": EVA, "opt_in_status": False}
LINE = {"id": "l1", "product_id": "p1", "product_variant_id": "v1", "quantity": 1, "price": 9.95}
CART = {"id": "cart1", "customer": CUSTOMER, "currency_code": "EUR", "order_total": 9.95, "lines": [LINE]}


@pytest.fixture
def shop(chimp: Any) -> Any:
    """The client's calls about stores; there is one, with one product."""
    store = {"id": SHOP, "list_id": LIST, "name": "Shop", "currency_code": "EUR"}
    chimp.ecommerce.add_store(store)
    variant = {"id": "v1", "title": "Trowel", "price": 9.95}
    chimp.ecommerce.add_store_product(SHOP, {"id": "p1", "title": "Trowel", "variants": [variant]})
    return chimp.ecommerce


def refused(call: Callable[[], object]) -> Mapping[str, Any]:
    """The problem document that it gives."""
    with pytest.raises(ApiClientError) as caught:
        call()
    problem: Mapping[str, Any] = json.loads(caught.value.text)
    return problem


def status(sandbox: Sandbox) -> str:
    found: str = sandbox.state()["mailchimp"]["members"][EVA]["status"]
    return found


def test_a_cart_is_kept_changed_and_removed(shop: Any, sandbox: Sandbox) -> None:
    shop.add_store_cart(SHOP, CART)
    second = {**LINE, "id": "l2"}
    changed = shop.update_store_cart(SHOP, "cart1", {"order_total": 19.9, "lines": [second]})
    shop.delete_cart_line_item(SHOP, "cart1", "l1")

    assert [line["id"] for line in changed["lines"]] == ["l1", "l2"]
    assert [line["id"] for line in shop.get_store_cart(SHOP, "cart1")["lines"]] == ["l2"]

    shop.delete_store_cart(SHOP, "cart1")
    assert sandbox.state()["mailchimp"]["stores"][SHOP]["carts"] == {}


@pytest.mark.parametrize(
    ("line", "what"),
    [({"product_id": "p2"}, "provided ID"), ({"product_variant_id": "v2"}, "provided variant ID")],
)
def test_a_line_names_a_product_that_is_there(shop: Any, line: Mapping[str, str], what: str) -> None:
    refusal = refused(lambda: shop.add_store_cart(SHOP, {**CART, "lines": [{**LINE, **line}]}))

    assert refusal["detail"] == f"A product with the {what} does not exist in the account for this list."


def test_no_two_lines_have_the_same_id(shop: Any) -> None:
    refusal = refused(lambda: shop.add_store_order(SHOP, {**CART, "lines": [LINE, LINE]}))

    assert refusal["detail"] == "An order may not contain the same line item id more than once."


def test_what_is_there_is_not_added_again(shop: Any) -> None:
    shop.add_store_order(SHOP, CART)

    refusal = refused(lambda: shop.add_store_order(SHOP, CART))

    assert (refusal["status"], refusal["title"]) == (400, "Bad Request")
    assert refusal["detail"] == "An order with the provided ID already exists in the account."


def test_what_is_not_there_is_not_changed(shop: Any) -> None:
    assert refused(lambda: shop.update_order(SHOP, "o1", {"financial_status": "paid"}))["status"] == 404
    assert refused(lambda: shop.get_store("elsewhere"))["status"] == 404


def test_the_last_line_stays(shop: Any) -> None:
    shop.add_store_cart(SHOP, CART)

    assert refused(lambda: shop.delete_cart_line_item(SHOP, "cart1", "l1"))["status"] == 400


def test_a_variant_is_added_to_a_product_that_is_there(shop: Any) -> None:
    shop.add_product_variant(SHOP, "p1", "v2", {"id": "v2", "title": "Trowel, red", "price": 10})

    assert shop.get_product_variant(SHOP, "p1", "v2")["title"] == "Trowel, red"
    assert refused(lambda: shop.get_product_variant(SHOP, "p1", "v3"))["status"] == 404


@pytest.mark.parametrize(("may", "expected"), [(False, "transactional"), (True, "subscribed")])
def test_a_customer_who_is_new_comes_into_the_audience(
    shop: Any, sandbox: Sandbox, may: bool, expected: str
) -> None:
    shop.add_store_cart(SHOP, {**CART, "customer": {**CUSTOMER, "opt_in_status": may}})

    assert status(sandbox) == expected


@pytest.mark.parametrize("before", ["subscribed", "unsubscribed", "pending", "transactional"])
def test_no_customer_takes_a_status_away(chimp: Any, shop: Any, sandbox: Sandbox, before: str) -> None:
    chimp.lists.add_list_member(LIST, {"email_address": EVA, "status": before})

    shop.add_store_cart(SHOP, CART)

    assert status(sandbox) == before


def test_from_no_to_yes_a_customer_is_subscribed(shop: Any, sandbox: Sandbox) -> None:
    shop.add_store_cart(SHOP, CART)

    shop.add_store_order(SHOP, {**CART, "customer": {**CUSTOMER, "opt_in_status": True}})

    assert status(sandbox) == "subscribed"


def test_a_customer_keeps_the_address(shop: Any) -> None:
    shop.add_store_cart(SHOP, CART)
    other = {**CUSTOMER, "email_address": "tom@example.com"}

    assert refused(lambda: shop.add_store_order(SHOP, {**CART, "customer": other}))["status"] == 400


def test_a_customer_with_a_long_id_is_not_found(shop: Any) -> None:
    long = {**CUSTOMER, "id": "c" * 51}

    assert refused(lambda: shop.add_store_cart(SHOP, {**CART, "customer": long}))["status"] == 404


def test_a_queue_takes_everybody_once(chimp: Any) -> None:
    chimp.lists.add_list_member(LIST, {"email_address": EVA, "status": "subscribed"})
    add = chimp.automations.add_workflow_email_subscriber

    assert add("wf1", "em1", {"email_address": EVA}).status_code == 204
    refusal = refused(lambda: add("wf1", "em1", {"email_address": EVA}))

    assert refusal["detail"] == "The subscriber has already been triggered for this email."
    queue = chimp.automations.get_workflow_email_subscriber_queue("wf1", "em1")["queue"]
    assert [one["email_address"] for one in queue] == [EVA]


@pytest.mark.parametrize("before", ["unsubscribed", "pending", "transactional", "cleaned"])
def test_a_queue_takes_nobody_who_gets_no_marketing(chimp: Any, before: str) -> None:
    chimp.lists.add_list_member(LIST, {"email_address": EVA, "status": before})
    add = chimp.automations.add_workflow_email_subscriber

    assert refused(lambda: add("wf1", "em1", {"email_address": EVA}))["status"] == 400


def test_a_queue_takes_no_stranger(chimp: Any) -> None:
    add = chimp.automations.add_workflow_email_subscriber

    assert refused(lambda: add("wf1", "em1", {"email_address": EVA}))["status"] == 404
