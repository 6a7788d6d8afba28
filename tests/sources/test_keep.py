"""A company may store less than its shop tells."""

from __future__ import annotations

import json
from dataclasses import replace

from connector.mapping.source import Source
from connector.model.identities import belonging
from tests.sources.build import PAYLOADS, named, names, only, shipped, translated

RAW = (PAYLOADS / "woocommerce" / "order.json").read_bytes()
TOPIC = {"x-wc-webhook-topic": "order.updated"}


def keeping(**kept: str) -> Source:
    return replace(
        shipped("woocommerce"), keep={name: frozenset(fields.split()) for name, fields in kept.items()}
    )


def test_without_keep_all_that_is_read_is_kept() -> None:
    event = named(translated(shipped("woocommerce"), RAW, TOPIC), "order.paid")

    assert {"city", "postcode"} <= event.fields.keys()
    assert {"items", "total"} <= event.subjects["order"].keys()


def test_only_what_is_named_is_kept() -> None:
    event = named(translated(keeping(contact="city", order="total"), RAW, TOPIC), "order.paid")

    assert event.fields.keys() == {"city"}
    assert event.subjects["order"].keys() == {"id", "total"}


def test_whom_an_event_is_about_is_known_whatever_is_kept() -> None:
    event = named(translated(keeping(), RAW, TOPIC), "order.paid")

    assert event.fields == {}
    assert {one.kind for one in event.people} == {"email", "customer"}
    assert event.belongings == (belonging("order", "here", str(json.loads(RAW)["id"])),)


def test_a_status_that_is_not_kept_still_says_what_happened() -> None:
    everything = translated(shipped("woocommerce"), RAW, TOPIC)

    assert names(translated(keeping(order="total"), RAW, TOPIC)) == names(everything)


def test_the_address_in_use_is_kept_as_the_identity_that_it_is() -> None:
    moved = "type=upemail&data[new_email]=new@example.com&data[old_email]=old@example.com"

    event = only(translated(replace(shipped("mailchimp"), keep={}), moved.encode()))

    assert event.fields == {"email": "new@example.com"}
    assert event.subjects == {"change": {}}
