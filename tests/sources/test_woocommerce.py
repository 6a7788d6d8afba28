"""What WooCommerce's webhooks mean: the status of an order tells its facts."""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal

import pytest

from connector.model.event import Identity
from connector.sources.translate import Failure
from tests.sources.build import from_file, named, names, only, posted

EVA = Identity("email", "", "eva@example.com")
CREATED = datetime(2026, 11, 20, 10, 0, tzinfo=UTC)
PAID = datetime(2026, 11, 20, 10, 4, tzinfo=UTC)
MODIFIED = datetime(2026, 11, 20, 10, 5, tzinfo=UTC)


@pytest.mark.parametrize(
    ("status", "facts"),
    [
        ("pending", {"order.placed": CREATED}),
        ("on-hold", {"order.placed": CREATED}),
        ("processing", {"order.placed": CREATED, "order.paid": PAID}),
        ("completed", {"order.placed": CREATED, "order.paid": PAID}),
        ("failed", {"order.payment_failed": MODIFIED}),
        ("cancelled", {"order.cancelled": MODIFIED}),
        ("refunded", {"order.refunded": MODIFIED}),
    ],
)
def test_the_status_of_an_order_tells_its_facts(status: str, facts: dict[str, datetime]) -> None:
    """Declined, on-hold and pending payments are not paid orders"""
    translation = from_file("woocommerce", "order.json", "order.updated", status=status)

    assert {event.name: event.occurred_at for event in translation.events} == facts


@pytest.mark.parametrize("topic", ["order.created", "order.updated", "order.restored"])
@pytest.mark.parametrize("status", ["checkout-draft", "auto-draft", "trash"])
def test_drafts_and_trash_are_no_orders(topic: str, status: str) -> None:
    translation = from_file("woocommerce", "order.json", topic, status=status)

    assert translation.events == ()
    assert translation.ignored == f"nothing of this {topic} counts: no rule of woocommerce says yes to it"


def test_a_new_order_is_placed_whatever_its_status_is_by_then() -> None:
    translation = from_file("woocommerce", "order.json", "order.created", status="failed")

    assert names(translation) == ["order.placed", "order.payment_failed"]


def test_a_new_order_that_is_paid_by_then_is_both_once() -> None:
    assert names(from_file("woocommerce", "order.json", "order.created")) == ["order.placed", "order.paid"]


def test_a_payment_without_its_own_time_is_of_the_last_change() -> None:
    translation = from_file("woocommerce", "order.json", "order.updated", date_paid_gmt=None)

    assert named(translation, "order.paid").occurred_at == MODIFIED


def test_the_address_is_canonical_and_the_customer_is_the_shops() -> None:
    event = named(from_file("woocommerce", "order.json", "order.updated"), "order.paid")

    assert event.people == (EVA, Identity("customer", "here", "31"))
    assert event.belongings == (Identity("order", "here", "5002", is_person=False),)


def test_customer_zero_is_a_guest() -> None:
    event = named(from_file("woocommerce", "order.json", "order.updated", customer_id=0), "order.paid")

    assert event.people == (EVA,)


def test_a_guest_without_any_address_is_known_by_the_order() -> None:
    translation = from_file(
        "woocommerce", "order.json", "order.updated", customer_id=0, billing={"email": ""}
    )

    event = named(translation, "order.paid")
    assert event.people == ()
    assert event.note == ""


def test_an_address_that_is_none_is_noted_and_the_order_stands() -> None:
    translation = from_file(
        "woocommerce", "order.json", "order.updated", customer_id=0, billing={"email": "eva at home"}
    )

    event = named(translation, "order.paid")
    assert event.people == ()
    assert event.note == "email is no e-mail address"


def test_the_content_of_an_order_is_exact() -> None:
    order = named(from_file("woocommerce", "order.json", "order.updated"), "order.paid").subjects["order"]

    assert order["total"] == Decimal("620.00")
    assert order["tax"] == Decimal("107.60")
    assert order["payment_method"] == "iDEAL"
    assert order["coupons"] == ["tuin10"]
    assert order["items"] == [
        {
            "id": "2", "sku": "TAFEL-1", "name": "Tuintafel", "product": "12",
            "quantity": Decimal(1), "price": Decimal("607.5"),
        }
    ]  # fmt: skip


@pytest.mark.parametrize("status", ["completed", "refunded"])
def test_refunds_are_listed_as_negative_and_add_up(status: str) -> None:
    refunds = [{"id": 1, "total": "-10.10"}, {"id": 2, "total": "-0.20"}]

    translation = from_file("woocommerce", "order.json", "order.updated", status=status, refunds=refunds)

    assert named(translation, "order.refunded").subjects["order"]["refunded"] == Decimal("10.30")
    assert len(names(translation)) == len(set(names(translation)))


@pytest.mark.parametrize("wrong", ["0000-00-00T00:00:00", "2026-11-20T10:00:60", "yesterday", {}, 10**30])
def test_a_time_that_cannot_be_read_is_when_it_came(wrong: str) -> None:
    translation = from_file("woocommerce", "order.json", "order.updated", date_paid_gmt=wrong)

    event = named(translation, "order.paid")
    assert event.occurred_at == datetime(2026, 11, 22, 12, 0, tzinfo=UTC)
    assert "its time cannot be read" in event.note


@pytest.mark.parametrize("wrong", ["2999-01-01T00:00:00", "1970-01-01T00:00:00", "2026-11-23T12:00:01"])
def test_a_time_that_cannot_be_right_is_when_it_came(wrong: str) -> None:
    translation = from_file("woocommerce", "order.json", "order.updated", date_paid_gmt=wrong)

    event = named(translation, "order.paid")
    assert event.occurred_at == datetime(2026, 11, 22, 12, 0, tzinfo=UTC)
    assert "its time cannot be right" in event.note


def test_content_of_the_future_does_not_hold_back_what_comes_after() -> None:
    translation = from_file(
        "woocommerce", "order.json", "order.updated", date_modified_gmt="2999-01-01T00:00:00"
    )

    event = named(translation, "order.paid")
    assert "updated_at" not in event.subjects["order"]
    assert "order.updated_at cannot be right" in event.note


def test_a_customer_is_known_by_the_shops_own_id() -> None:
    event = only(from_file("woocommerce", "customer.json", "customer.updated"))

    assert event.name == "contact.changed"
    assert event.people == (EVA, Identity("customer", "here", "31"))
    assert event.fields == {
        "first_name": "Eva", "last_name": "de Vries", "company": "Vries BV", "country": "NL",
    }  # fmt: skip
    assert event.occurred_at == datetime(2026, 11, 19, 8, 0, tzinfo=UTC)


@pytest.mark.parametrize("topic", ["product.created", "coupon.deleted", "order.deleted", "action.wp_login"])
def test_what_is_about_nobody_is_ignored_by_name(topic: str) -> None:
    translation = posted("woocommerce", topic, {"id": 17})

    assert translation.ignored == f"woocommerce does not listen to {topic}"


def test_an_error_that_the_shop_signs_instead_of_an_order_fails() -> None:
    error = {"code": "woocommerce_rest_cannot_view", "message": "No.", "data": {"status": 401}}

    translation = posted("woocommerce", "order.updated", error)

    assert translation.failures == (Failure(0, "id", "the order has no id"),)


def test_a_delivery_without_topic_fails() -> None:
    translation = posted("woocommerce", "", {"id": 17})

    reason = "it does not say what happened: headers['X-WC-Webhook-Topic'] is missing"
    assert translation.failures == (Failure(0, "", reason),)
