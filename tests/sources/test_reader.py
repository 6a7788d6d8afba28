"""What a source's file says is worked out once: it is read as it was, and goes when its mapping goes."""

from __future__ import annotations

import gc
import json
import weakref

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from connector.mapping.load import load_source
from connector.sources.translate import Translation, translate
from tests.sources.build import (
    PAYLOADS,
    connection_to,
    delivery_of,
    mapping_with,
    posted,
    shipped,
    translated,
)

ODD = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-(2**65), 2**65),
    st.text(max_size=12),
    st.decimals(allow_nan=False, allow_infinity=False).map(str),
    st.sampled_from(["", " ", "12.50", "1,5", "1e99", "2026-11-20T10:00:00Z", "0000-00-00", "x" * 300]),
    st.datetimes().map(lambda moment: moment.isoformat()),
)
VALUES = st.one_of(ODD, st.lists(ODD, max_size=3), st.dictionaries(st.sampled_from("ab"), ODD, max_size=2))
FIELDS = ("id", "number", "total", "currency", "placed_at", "is_test", "coupons", "refunded")


def reading(path: str) -> str:
    """A source that reads each field of an order by a path like this."""
    fields = "".join(f"    {name}: {path.format(name)}\n" for name in FIELDS)
    return f"""\
source: ours
verify: {{scheme: token, header: x-token}}
delivery: {{topic: "'order'", key: [body_hash]}}
contact:
  identities: {{customer: "'7'"}}
subjects:
  order:
{fields}events:
  order: {{name: order.placed, carries: order}}
"""


SHORT = load_source(reading("body.{}"), "ours.yaml")
LONG = load_source(reading("body['{}']"), "ours.yaml")


def told(translation: Translation) -> object:
    """All of it but the place of a failure, which only the short way can name."""
    return translation.events, translation.ignored, [one.reason for one in translation.failures]


@given(st.one_of(VALUES, st.dictionaries(st.sampled_from(FIELDS), VALUES)))
@settings(max_examples=400, deadline=None)
def test_a_field_right_below_the_body_is_read_as_by_any_other_way(body: object) -> None:
    raw = json.dumps(body).encode()

    assert told(translated(SHORT, raw)) == told(translated(LONG, raw))


def test_what_all_rules_of_a_topic_read_alike_is_read_once() -> None:
    raw = (PAYLOADS / "shopify" / "order.json").read_bytes()

    placed, paid = posted("shopify", "orders/create", raw).events[:2]

    assert placed.subjects is paid.subjects
    assert placed.people is paid.people
    assert placed.consent != paid.consent


def test_what_is_let_go_is_noted_on_each_event_that_would_have_had_it() -> None:
    raw = json.loads((PAYLOADS / "shopify" / "order.json").read_bytes())

    placed, paid = posted("shopify", "orders/create", {**raw, "processed_at": 1, "email": "none"}).events[:2]

    assert placed.note == paid.note == "email is no e-mail address"


@pytest.mark.parametrize("name", ["shopify", "woocommerce", "hubspot", "mailchimp", "json"])
def test_a_mapping_that_nobody_uses_any_more_goes_with_what_was_worked_out_of_it(name: str) -> None:
    source = shipped(name)
    mapping = mapping_with(source)
    translate(mapping, connection_to(source), delivery_of(source, b"{}"))
    gone = weakref.ref(mapping)

    del mapping
    gc.collect()

    assert gone() is None
