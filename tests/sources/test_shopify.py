"""What Shopify's webhooks mean: each webhook about an order tells all the facts that are true of it."""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal

import pytest

from connector.model.event import ConsentClaim, Identity
from connector.sources.translate import Failure
from tests.sources.build import RECEIVED_AT, from_file, named, names, only, posted

CUSTOMER = Identity("customer", "here", "207119551")
EVA = Identity("email", "", "eva.de.vries@example.com")
ORDER = Identity("order", "here", "820982911946154508", is_person=False)


def test_a_new_order_that_is_paid_is_placed_and_paid() -> None:
    translation = from_file("shopify", "order.json", "orders/create")

    assert names(translation) == ["order.placed", "order.paid"]
    assert [event.occurred_at for event in translation.events] == [
        datetime(2026, 11, 20, 8, 58, tzinfo=UTC),
        datetime(2026, 11, 20, 9, 0, tzinfo=UTC),
    ]


@pytest.mark.parametrize("status", ["pending", "authorized", "partially_paid", "voided", None])
def test_only_the_status_paid_is_paid(status: str | None) -> None:
    """Declined, on-hold and pending payments are not paid orders"""
    translation = from_file("shopify", "order.json", "orders/updated", financial_status=status)

    assert names(translation) == ["order.placed"]


def test_an_order_is_known_by_its_id_and_by_the_cart_and_checkout_that_it_came_from() -> None:
    event = named(from_file("shopify", "order.json", "orders/create"), "order.placed")

    assert event.people == (EVA, CUSTOMER)
    assert event.belongings == (
        ORDER,
        Identity("cart", "here", "c1-7a9d", is_person=False),
        Identity("cart", "here", "9229956e", is_person=False),
    )


def test_the_content_of_an_order_is_exact() -> None:
    order = named(from_file("shopify", "order.json", "orders/create"), "order.paid").subjects["order"]

    assert order["number"] == "#1001"
    assert order["total"] == Decimal("89.95")
    assert order["shipping"] == Decimal("5.00")
    assert order["coupons"] == ["WELKOM5"]
    assert order["payment_method"] == "ideal"
    assert order["updated_at"] == datetime(2026, 11, 20, 9, 0, tzinfo=UTC)
    assert "refunded" not in order
    assert order["items"] == [
        {
            "id": "1", "sku": "POT-1", "name": "Bloempot", "product": "632910392", "variant": "39072856",
            "brand": "Klei", "quantity": Decimal(2), "price": Decimal("19.95"),
        },
        {
            "id": "2", "name": "Touw", "product": "632910393",
            "quantity": Decimal("1.5"), "price": Decimal("30.033333333333333"),
        },
    ]  # fmt: skip


def test_what_an_order_says_of_the_person_is_kept_and_empty_texts_say_nothing() -> None:
    event = named(from_file("shopify", "order.json", "orders/create"), "order.placed")

    assert event.fields == {
        "first_name": "Eva", "last_name": "de Vries",
        "country": "NL", "city": "Utrecht", "postcode": "3511 AB",
    }  # fmt: skip


def test_the_ticked_box_counts_from_the_moment_of_ordering_and_is_told_once() -> None:
    translation = from_file("shopify", "order.json", "orders/updated")

    claims = [(event.occurred_at, event.consent) for event in translation.events if event.consent]
    assert claims == [(datetime(2026, 11, 20, 8, 58, tzinfo=UTC), (ConsentClaim("email", given=True),))]


def test_the_unticked_box_says_nothing() -> None:
    translation = from_file("shopify", "guest_order.json", "orders/create")

    assert only(translation).consent == ()


def test_a_guest_without_address_is_known_by_the_order_alone() -> None:
    event = only(from_file("shopify", "guest_order.json", "orders/create"))

    assert event.people == ()
    assert event.belongings == (Identity("order", "here", "4502", is_person=False),)
    assert event.subjects["order"]["total"] == Decimal("10.799999999999999")
    assert event.subjects["order"]["currency"] == "EUR"


def test_a_cancelled_order_was_cancelled_when_it_says() -> None:
    translation = from_file(
        "shopify", "order.json", "orders/cancelled",
        cancelled_at="2026-11-20T12:00:00Z", cancel_reason="customer", financial_status="voided",
    )  # fmt: skip

    event = named(translation, "order.cancelled")
    assert names(translation) == ["order.placed", "order.cancelled"]
    assert event.occurred_at == datetime(2026, 11, 20, 12, 0, tzinfo=UTC)
    assert event.subjects["order"]["cancel_reason"] == "customer"


@pytest.mark.parametrize(
    ("topic", "status"),
    [("orders/fulfilled", None), ("orders/updated", "fulfilled")],
    ids=["topic", "status"],
)
def test_a_fulfilled_order_is_shipped(topic: str, status: str | None) -> None:
    translation = from_file("shopify", "order.json", topic, fulfillment_status=status)

    assert names(translation) == ["order.placed", "order.paid", "order.shipped"]


def test_an_order_in_part_fulfilled_is_not_shipped() -> None:
    translation = from_file("shopify", "order.json", "orders/updated", fulfillment_status="partial")

    assert names(translation) == ["order.placed", "order.paid"]


def test_an_order_tells_the_sum_of_its_refunds() -> None:
    translation = from_file(
        "shopify", "order.json", "orders/updated", financial_status="partially_refunded",
        refunds=[
            {"transactions": [{"amount": "0.10"}, {"amount": "0.20"}]}, {"transactions": [{"amount": "5"}]}
        ],
    )  # fmt: skip

    assert names(translation) == ["order.placed", "order.refunded"]
    assert named(translation, "order.refunded").subjects["order"]["refunded"] == Decimal("5.30")


def test_a_refund_is_about_its_order_and_tells_its_amount() -> None:
    event = only(from_file("shopify", "refund.json", "refunds/create"))

    assert event.name == "order.refunded"
    assert event.occurred_at == datetime(2026, 11, 21, 8, 0, 5, tzinfo=UTC)
    assert event.belongings == (ORDER,)
    assert event.subjects["order"] == {"id": "820982911946154508", "refunded": Decimal("19.95")}


def test_money_that_could_not_be_paid_back_is_not_counted() -> None:
    paid_back = {"amount": "15.00", "kind": "refund", "status": "success"}
    refused = [{**paid_back, "status": status} for status in ("failure", "error")]

    some = from_file("shopify", "refund.json", "refunds/create", transactions=[paid_back, *refused])
    none = from_file("shopify", "refund.json", "refunds/create", transactions=refused)

    assert only(some).subjects["order"]["refunded"] == Decimal("15.00")
    assert none.events == ()
    assert none.failures == ()


def test_goods_that_only_went_back_into_stock_are_no_refund() -> None:
    translation = from_file("shopify", "refund.json", "refunds/create", transactions=[])

    assert translation.events == ()
    assert translation.ignored == "nothing of this refunds/create counts: no rule of shopify says yes to it"


def test_a_cart_has_the_total_of_its_lines_and_the_currency_of_its_prices() -> None:
    event = only(from_file("shopify", "cart.json", "carts/update"))

    assert event.name == "cart.updated"
    assert event.belongings == (Identity("cart", "here", "c1-7a9d", is_person=False),)
    assert event.subjects["cart"]["total"] == Decimal("40.00")
    assert event.subjects["cart"]["item_count"] == Decimal(3)
    assert event.subjects["cart"]["currency"] == "EUR"


def test_a_cart_without_lines_is_emptied() -> None:
    assert only(from_file("shopify", "cart.json", "carts/update", line_items=[])).name == "cart.emptied"


@pytest.mark.parametrize(
    ("topic", "name"), [("checkouts/create", "checkout.started"), ("checkouts/update", "cart.updated")]
)
def test_a_checkout_is_its_cart_gone_on_with(topic: str, name: str) -> None:
    event = only(from_file("shopify", "checkout.json", topic))

    assert event.name == name
    assert event.people == (EVA,)
    assert event.subjects["cart"]["id"] == "c1-7a9d"
    assert event.subjects["cart"]["token"] == "9229956e"
    assert event.subjects["cart"]["total"] == Decimal("44.90")
    assert event.consent == ()


def test_a_completed_checkout_is_nothing_more() -> None:
    translation = from_file(
        "shopify", "checkout.json", "checkouts/update", completed_at="2026-11-20T10:58:00Z"
    )

    assert translation.events == ()


def test_a_fulfilment_ships_its_order_and_delivers_it() -> None:
    shipped = only(from_file("shopify", "fulfillment.json", "fulfillments/create"))
    delivered = from_file("shopify", "fulfillment.json", "fulfillments/update", shipment_status="delivered")

    assert shipped.name == "order.shipped"
    assert shipped.belongings == (ORDER,)
    assert "number" not in shipped.subjects["order"]
    assert names(delivered) == ["order.shipped", "order.delivered"]


def test_a_changed_customer_states_fields_and_no_consent() -> None:
    event = only(from_file("shopify", "customer.json", "customers/update"))

    assert event.name == "contact.changed"
    assert event.people == (EVA, CUSTOMER)
    assert event.fields["company"] == "Vries BV"
    assert event.fields["phone"] == "+31612345678"
    assert event.consent == ()


@pytest.mark.parametrize(
    ("state", "name", "consent"),
    [
        ("subscribed", "newsletter.confirmed", (ConsentClaim("email", given=True),)),
        ("pending", "newsletter.subscribed", ()),
        ("unsubscribed", "newsletter.unsubscribed", (ConsentClaim("email", given=False),)),
    ],
)
def test_a_change_of_consent_is_what_its_state_says(
    state: str, name: str, consent: tuple[ConsentClaim, ...]
) -> None:
    changed = {"state": state, "consent_updated_at": "2026-11-20T12:30:00Z"}

    event = only(
        from_file(
            "shopify", "email_consent.json", "customers_email_marketing_consent/update",
            email_marketing_consent=changed,
        )
    )  # fmt: skip

    assert (event.name, event.consent, event.people) == (name, consent, (EVA, CUSTOMER))
    assert event.occurred_at == datetime(2026, 11, 20, 12, 30, tzinfo=UTC)


def test_consent_to_text_messages_is_withdrawn_by_its_own_webhook() -> None:
    event = only(from_file("shopify", "sms_consent.json", "customers_marketing_consent/update"))

    assert event.consent == (ConsentClaim("sms", given=False),)


def test_who_is_to_be_forgotten_is_named_by_every_identity() -> None:
    event = only(from_file("shopify", "redact.json", "customers/redact"))

    assert (event.name, event.people, event.occurred_at) == ("contact.erased", (EVA, CUSTOMER), RECEIVED_AT)


def test_a_price_that_is_none_fails_with_its_place() -> None:
    lines = [{"id": 1, "price": "19.95"}, {"id": 2, "price": "19.95"}, {"id": 3, "price": "€ 12"}]

    translation = from_file("shopify", "order.json", "orders/create", line_items=lines)

    assert translation.events == ()
    assert translation.failures == (Failure(0, "line_items[2].price", "price is a text and no number"),)


@pytest.mark.parametrize(
    ("changes", "failure"),
    [
        ({"total_price": "12,50"}, Failure(0, "total_price", "order.total is a text and no number")),
        ({"total_price": True}, Failure(0, "total_price", "order.total is yes or no and no number")),
        ({"total_price": {}}, Failure(0, "total_price", "order.total is an object and no number")),
        ({"total_price": 1e15}, Failure(0, "total_price", "order.total is a number too large to be meant")),
        ({"id": {"a": 1}}, Failure(0, "order.id", "order.id is an object and no text")),
        ({"id": None}, Failure(0, "order", "the order has no id")),
        ({"id": ""}, Failure(0, "order", "the order has no id")),
        ({"id": True}, Failure(0, "order.id", "order.id is yes or no and no id")),
        ({"name": ["#1"]}, Failure(0, "order.number", "order.number is a list and no text")),
        ({"line_items": {"0": {}}}, Failure(0, "line_items", "order.items is no list")),
        ({"customer": {"id": {"a": 1}}}, Failure(0, "customer.id", "customer is an object and no text")),
    ],
)  # fmt: skip
def test_what_is_wrong_fails_by_name_and_kind(changes: dict[str, object], failure: Failure) -> None:
    translation = from_file("shopify", "order.json", "orders/create", **changes)

    assert translation.events == ()
    assert translation.failures == (failure,)


@pytest.mark.parametrize("topic", ["app/uninstalled", "orders/edited", "returns/approve", "shop/redact"])
def test_a_topic_that_means_nothing_is_ignored_by_name(topic: str) -> None:
    translation = posted("shopify", topic, {"id": 1})

    assert translation.ignored == f"shopify does not listen to {topic}"


def test_a_topic_that_nobody_foresaw_is_ignored_and_says_so() -> None:
    translation = posted("shopify", "themes/publish", {"id": 1})

    assert (
        translation.ignored == "shopify does not listen to themes/publish: its source file does not name it"
    )
