"""What is set up at a WooCommerce shop, through its REST API on the sandbox."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import pytest
import urllib3

from connector.errors import Rejected, Unauthorized, Unknown
from connector.platforms.setting_up import State
from connector.platforms.shops.woocommerce import PATH, WooCommerce
from connector.sandbox import Sandbox
from connector.sandbox.shops.woocommerce import REVOKED
from tests.platforms.shops.conftest import BEFORE, HERE, carry_out, states, wanted

ORDERS = ("order.created", "order.updated")


def test_what_is_missing_is_made_with_our_secret_and_is_there_afterwards(
    sandbox: Sandbox, woocommerce: WooCommerce
) -> None:
    before = states(woocommerce, wanted(ORDERS))

    carry_out(woocommerce, wanted(ORDERS))

    held = sandbox.state()["woocommerce"]
    assert before == ["webhook order.created: make", "webhook order.updated: make"]
    assert [(one["topic"], one["delivery_url"], one["secret"]) for one in held] == [
        ("order.created", HERE, "s3cret"),
        ("order.updated", HERE, "s3cret"),
    ]
    assert states(woocommerce, wanted(ORDERS)) == [
        "webhook order.created: there",
        "webhook order.updated: there",
    ]


def test_a_plan_writes_nothing(sandbox: Sandbox, woocommerce: WooCommerce) -> None:
    woocommerce.plan(wanted(ORDERS))

    assert {call["method"] for call in sandbox.state()["calls"]} == {"GET"}


def test_half_of_it_there_leaves_the_other_half(woocommerce: WooCommerce) -> None:
    carry_out(woocommerce, wanted(ORDERS[:1]))

    assert states(woocommerce, wanted(ORDERS)) == [
        "webhook order.created: there",
        "webhook order.updated: make",
    ]


def test_a_webhook_at_the_address_before_is_changed_and_nothing_is_made(
    sandbox: Sandbox, woocommerce: WooCommerce
) -> None:
    carry_out(woocommerce, wanted(ORDERS[:1], address=BEFORE))

    carry_out(woocommerce, wanted(ORDERS[:1], before=BEFORE))

    assert [one["delivery_url"] for one in sandbox.state()["woocommerce"]] == [HERE]


def test_a_webhook_of_another_loods_is_shown_and_left_alone(
    sandbox: Sandbox, woocommerce: WooCommerce
) -> None:
    carry_out(woocommerce, wanted(ORDERS[:1], address=BEFORE))

    planned = woocommerce.plan(wanted(ORDERS[:1]))

    assert [step.state for step in planned] == [State.MAKE, State.LEFT]
    assert "--moved-from https://old.example.com takes it along" in planned[1].detail


def test_webhooks_of_others_are_not_even_shown(sandbox: Sandbox, woocommerce: WooCommerce) -> None:
    _make(sandbox, topic="order.created", delivery_url="https://books.example.com/orders")

    assert states(woocommerce, wanted(ORDERS[:1])) == ["webhook order.created: make"]


def test_one_that_the_shop_switched_off_is_made_active_and_one_that_a_person_paused_is_not(
    sandbox: Sandbox, woocommerce: WooCommerce
) -> None:
    carry_out(woocommerce, wanted(ORDERS))
    _put(sandbox, 1, status="disabled")
    _put(sandbox, 2, status="paused")

    before = states(woocommerce, wanted(ORDERS))
    carry_out(woocommerce, wanted(ORDERS))

    assert before == ["webhook order.created: change", "webhook order.updated: by hand"]
    assert [one["status"] for one in sandbox.state()["woocommerce"]] == ["active", "paused"]


def test_of_two_for_a_topic_the_one_that_works_counts(sandbox: Sandbox, woocommerce: WooCommerce) -> None:
    carry_out(woocommerce, wanted(ORDERS[:1]))
    _make(sandbox, topic="order.created", delivery_url=HERE)
    _put(sandbox, 2, status="paused")

    assert states(woocommerce, wanted(ORDERS[:1])) == ["webhook order.created: there"]


def test_where_no_secret_is_set_a_new_one_is_used_that_belongs_into_its_variable(
    sandbox: Sandbox, woocommerce: WooCommerce
) -> None:
    wish = replace(wanted(ORDERS[:1], signed_with=None), invented="of our own")

    (step,) = woocommerce.plan(wish)
    woocommerce.carry_out(step)

    assert step.variable == "SHOP_SECRET"
    assert [one["secret"] for one in sandbox.state()["woocommerce"]] == ["of our own"]


def test_beside_webhooks_whose_secret_nobody_knows_none_is_made(woocommerce: WooCommerce) -> None:
    carry_out(woocommerce, wanted(ORDERS[:1]))

    _, step = woocommerce.plan(wanted(ORDERS, signed_with=None))

    assert step.state is State.BY_HAND
    assert step.detail.startswith("set $SHOP_SECRET to the secret of the webhooks that are there")


def test_all_pages_of_a_shop_with_many_webhooks_are_read(sandbox: Sandbox, woocommerce: WooCommerce) -> None:
    carry_out(woocommerce, wanted(ORDERS[:1]))
    for number in range(120):
        _make(sandbox, topic="order.created", delivery_url=f"https://books.example.com/{number}")

    assert states(woocommerce, wanted(ORDERS[:1])) == ["webhook order.created: there"]


def test_refused_credentials_say_so(sandbox: Sandbox) -> None:
    shop = WooCommerce(sandbox.url, REVOKED, "cs_test")

    with pytest.raises(Unauthorized, match="you cannot list resources"):
        shop.plan(wanted(ORDERS))

    shop.close()


def test_a_topic_that_the_shop_does_not_know_is_refused_in_its_words(woocommerce: WooCommerce) -> None:
    with pytest.raises(Rejected, match="Webhook topic is required and must be valid"):
        carry_out(woocommerce, wanted(["order.dreamt"]))


def test_an_answer_that_is_no_webhook_proves_nothing(sandbox: Sandbox, woocommerce: WooCommerce) -> None:
    sandbox.script({"method": "POST", "path": PATH}, [{"status": 201, "body": {"id": 1}}])

    with pytest.raises(Unknown, match="no webhook as it was asked for"):
        carry_out(woocommerce, wanted(ORDERS[:1]))


def _make(sandbox: Sandbox, **said: Any) -> None:
    _ask(sandbox, "POST", PATH, said)


def _put(sandbox: Sandbox, number: int, **said: Any) -> None:
    _ask(sandbox, "PUT", f"{PATH}/{number}", said)


def _ask(sandbox: Sandbox, method: str, path: str, body: dict[str, Any]) -> None:
    headers = urllib3.make_headers(basic_auth="ck_other:cs_other")
    with urllib3.PoolManager() as pool:
        answer = pool.request(method, sandbox.url + path, body=json.dumps(body), headers=headers)
    assert answer.status in {200, 201}, answer.data
