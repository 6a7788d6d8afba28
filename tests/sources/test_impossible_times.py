"""Clocks that are wrong by decades: what each sender may say, and when it is taken to have happened."""

from __future__ import annotations

import json

import pytest

from connector.sources.translate import Translation
from tests.sources.build import PAYLOADS, RECEIVED_AT, from_file, posted


def told(source: str, year: str) -> Translation:
    """What a payload of this source means whose times are all in this year."""
    moment = f"{year}-01-01T00:00:00Z"
    match source:
        case "woocommerce":
            times = dict.fromkeys(("date_created_gmt", "date_modified_gmt", "date_paid_gmt"), moment)
            return from_file(source, "order.json", "order.updated", **times)
        case "shopify":
            times = dict.fromkeys(("created_at", "updated_at", "processed_at"), moment)
            return from_file(source, "order.json", "orders/paid", **times)
        case "json":
            return from_file(source, "download.json", occurred_at=moment)
        case "hubspot":
            change = json.loads((PAYLOADS / "hubspot" / "batch.json").read_bytes())[0]
            milliseconds = 0 if year == "1970" else 4_070_908_800_000
            return posted(source, "", [{**change, "occurredAt": milliseconds}])
        case _:
            raw = (PAYLOADS / "mailchimp" / "subscribe.form").read_bytes()
            return posted("mailchimp", "", raw.replace(b"2026-11-20", f"{year}-11-20".encode()))


@pytest.mark.parametrize("source", ["woocommerce", "shopify", "json", "hubspot", "mailchimp"])
@pytest.mark.parametrize("year", ["1970", "2099"])
def test_an_event_of_another_age_is_taken_to_have_happened_when_it_came(source: str, year: str) -> None:
    """An event whose time is in 1970 or 2099 is clamped to when it was received, and says so."""
    translation = told(source, year)

    assert translation.failures == ()
    assert translation.events
    assert {one.occurred_at for one in translation.events} == {RECEIVED_AT}
    assert all("its time cannot be right" in one.note for one in translation.events)
