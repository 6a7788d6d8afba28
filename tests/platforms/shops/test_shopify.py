"""What is set up at a Shopify shop, through its GraphQL Admin API on the sandbox."""

from __future__ import annotations

import pytest

from connector.errors import Rejected, Transient, Unauthorized
from connector.platforms.setting_up import State
from connector.platforms.shops.shopify import Shopify
from connector.sandbox import Sandbox
from connector.sandbox.shops.shopify import REVOKED
from tests.platforms.shops.conftest import BEFORE, HERE, carry_out, states, wanted

TOPICS = ("orders/create", "customers_email_marketing_consent/update")


def test_what_is_missing_is_made_and_is_there_afterwards(sandbox: Sandbox, shopify: Shopify) -> None:
    before = states(shopify, wanted(TOPICS))

    carry_out(shopify, wanted(TOPICS))

    held = [(one["topic"], one["uri"]) for one in sandbox.state()["shopify"]]
    assert before == [
        "webhook orders/create: make",
        "webhook customers_email_marketing_consent/update: make",
    ]
    assert held == [("ORDERS_CREATE", HERE), ("CUSTOMERS_EMAIL_MARKETING_CONSENT_UPDATE", HERE)]
    assert {step.state for step in shopify.plan(wanted(TOPICS))} == {State.THERE}


def test_a_webhook_at_the_address_before_is_changed(sandbox: Sandbox, shopify: Shopify) -> None:
    carry_out(shopify, wanted(TOPICS[:1], address=BEFORE))

    carry_out(shopify, wanted(TOPICS[:1], before=BEFORE))

    assert [one["uri"] for one in sandbox.state()["shopify"]] == [HERE]


def test_a_webhook_of_another_loods_is_left_alone(shopify: Shopify) -> None:
    carry_out(shopify, wanted(TOPICS[:1], address=BEFORE))

    assert states(shopify, wanted(TOPICS[:1])) == [
        "webhook orders/create: make",
        "webhook orders/create: left alone",
    ]


def test_a_topic_of_ones_own_is_found_again(shopify: Shopify) -> None:
    carry_out(shopify, wanted(["tender_transactions/create"]))

    assert states(shopify, wanted(["tender_transactions/create"])) == [
        "webhook tender_transactions/create: there"
    ]


def test_what_the_law_asks_for_stands_in_the_apps_configuration(shopify: Shopify) -> None:
    (step,) = shopify.plan(wanted(["customers/redact"]))

    assert step.state is State.BY_HAND
    assert HERE in step.detail


def test_more_webhooks_than_a_page_holds_are_all_read(sandbox: Sandbox, shopify: Shopify) -> None:
    for number in range(130):
        carry_out(shopify, wanted(["carts/create"], address=f"https://other.example.com/{number}"))
    carry_out(shopify, wanted(TOPICS[:1]))

    assert states(shopify, wanted(TOPICS[:1])) == ["webhook orders/create: there"]


def test_a_token_of_the_admin_is_used_as_it_is(sandbox: Sandbox) -> None:
    shop = Shopify(sandbox.url, "shpat_of-the-admin", None)

    carry_out(shop, wanted(TOPICS[:1]))

    assert {call["path"] for call in sandbox.state()["calls"]} == {"/admin/api/2026-10/graphql.json"}
    shop.close()


@pytest.mark.parametrize(
    ("key", "words"), [("revoked", "application_cannot_be_found"), (REVOKED, "Invalid API key")]
)
def test_refused_credentials_say_so(sandbox: Sandbox, key: str, words: str) -> None:
    shop = Shopify(sandbox.url, key, "client-secret")

    with pytest.raises(Unauthorized, match=words):
        shop.plan(wanted(TOPICS))

    shop.close()


def test_a_topic_that_needs_a_right_is_refused_in_shopifys_words(sandbox: Sandbox, shopify: Shopify) -> None:
    words = "You do not have permission to create or update webhooks with orders/create topic"
    refusal = {"webhookSubscription": None, "userErrors": [{"field": ["topic"], "message": words}]}
    body = {"data": {"webhookSubscriptionCreate": refusal}}
    sandbox.script({"path": "/admin/api", "contains": "Create"}, [{"status": 200, "body": body}])

    with pytest.raises(Rejected, match="You do not have permission"):
        carry_out(shopify, wanted(TOPICS[:1]))


@pytest.mark.parametrize(
    ("code", "error"), [("THROTTLED", Transient), ("ACCESS_DENIED", Unauthorized), ("UNHEARD_OF", Rejected)]
)
def test_an_error_of_graphql_is_one_in_spite_of_its_200(
    sandbox: Sandbox, shopify: Shopify, code: str, error: type[Exception]
) -> None:
    body = {"errors": [{"message": "no", "extensions": {"code": code}}]}
    sandbox.script({"path": "/admin/api"}, [{"status": 200, "body": body}])

    with pytest.raises(error, match="no"):
        shopify.plan(wanted(TOPICS))
