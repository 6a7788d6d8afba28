"""What the receiver is told of a request: a topic, and a fingerprint that only a repeat shares."""

from __future__ import annotations

import json

from hypothesis import given, settings
from hypothesis import strategies as st

from connector.sources.delivery import describe
from tests.sources.build import PAYLOADS, shipped

ORDER = (PAYLOADS / "woocommerce" / "order.json").read_bytes()
BATCH = (PAYLOADS / "hubspot" / "batch.json").read_bytes()
HEADERS = {"X-WC-Webhook-Topic": "order.updated", "X-WC-Webhook-Delivery-ID": "same-in-one-second"}


def test_a_repeat_is_known_whatever_else_its_headers_say() -> None:
    woo = shipped("woocommerce")

    first = describe(woo, HEADERS, {}, ORDER)
    repeat = describe(woo, {"x-wc-webhook-topic": "order.updated", "x-attempt": "2"}, {}, ORDER)

    assert first.topic == "order.updated"
    assert first.fingerprint == repeat.fingerprint


def test_another_body_or_another_topic_is_no_repeat() -> None:
    woo = shipped("woocommerce")

    prints = {
        describe(woo, HEADERS, {}, ORDER).fingerprint,
        describe(woo, HEADERS, {}, ORDER.replace(b"620.00", b"621.00")).fingerprint,
        describe(woo, {**HEADERS, "X-WC-Webhook-Topic": "order.created"}, {}, ORDER).fingerprint,
    }

    assert len(prints) == 3


def test_two_events_with_equal_bodies_are_told_apart_by_their_key() -> None:
    shopify = shipped("shopify")
    headers = {"X-Shopify-Topic": "carts/update", "X-Shopify-Event-Id": "1"}

    first = describe(shopify, headers, {}, b"{}")
    other = describe(shopify, {**headers, "X-Shopify-Event-Id": "2"}, {}, b"{}")

    assert first.fingerprint != other.fingerprint


def test_a_batch_has_the_topics_of_its_parts() -> None:
    described = describe(shipped("hubspot"), {}, {}, BATCH)

    assert described.topic == "contact.creation, contact.propertyChange, deal.propertyChange, ticket.creation"
    assert described.body == json.loads(BATCH)


def test_a_body_that_cannot_be_read_says_how() -> None:
    described = describe(shipped("woocommerce"), HEADERS, {}, b'{"a": NaN}')

    assert described.topic == "unreadable"
    assert described.body is None
    assert described.problem is not None
    assert described.problem.code == "json_number"


def test_a_delivery_that_does_not_say_what_happened_is_unknown() -> None:
    assert describe(shipped("woocommerce"), {}, {}, ORDER).topic == "unknown"
    assert describe(shipped("hubspot"), {}, {}, b"[]").topic == "unknown"


@settings(deadline=None)
@given(
    raw=st.binary(max_size=60)
    | st.sampled_from([b"{}", b"[]", b"[{}]", b"null", b"1", b'"x"', b'{"id": []}']),
    headers=st.dictionaries(st.text(max_size=10), st.text(max_size=10), max_size=3),
    name=st.sampled_from(["shopify", "woocommerce", "hubspot", "mailchimp", "json"]),
)
def test_anything_can_be_described(raw: bytes, headers: dict[str, str], name: str) -> None:
    described = describe(shipped(name), headers, {}, raw)

    assert described.topic
    assert len(described.fingerprint) == 64
