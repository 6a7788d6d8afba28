"""What a glance tells of a delivery is what reading it tells; where that is not plain, it tells nothing."""

from __future__ import annotations

import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from connector.sources.delivery import describe
from connector.sources.glance import glimpse, is_told_outside
from tests.sources.build import PAYLOADS, shipped

HEADERS = {"x-shopify-topic": "orders/paid", "x-shopify-event-id": "e1"}
LEFT_TO_TRANSLATION = {"json_too_deep", "json_too_big", "json_number"}
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=4), inner, max_size=4),
    max_leaves=12,
)


@pytest.mark.parametrize("name", ["shopify"])
def test_topic_and_key_of_a_shop_stand_in_its_headers(name: str) -> None:
    assert is_told_outside(shipped(name))


@pytest.mark.parametrize("name", ["woocommerce", "hubspot", "mailchimp", "json"])
def test_those_of_others_are_told_by_bodies(name: str) -> None:
    assert not is_told_outside(shipped(name))


@pytest.mark.parametrize("file", sorted((PAYLOADS / "shopify").glob("*.json")), ids=lambda file: file.name)
@pytest.mark.parametrize("headers", [HEADERS, {"x-shopify-topic": "orders/paid"}, {}])
def test_a_recorded_webhook_is_known_at_first_glance(file: object, headers: dict[str, str]) -> None:
    raw = (PAYLOADS / "shopify" / str(file)).read_bytes()

    seen, read = glimpse(shipped("shopify"), headers, {}, raw), describe(shipped("shopify"), headers, {}, raw)

    assert seen is not None
    assert (seen.topic, seen.fingerprint) == (read.topic, read.fingerprint)


@pytest.mark.parametrize(
    "raw",
    [
        b"", b"{", b"5", b"[{}]", b'"x"', b"null", b'{"a": NaN}', b'{"a": 1} x', b'{"a": "\xff"}',
        b'{"a": 1, "a": 2}', rb'{"\"": 1, "\u0022": 2}', rb'{"\\": 1, "\u005c": 2}',
        b'{"a": {"b": 1, "b": 1}}', rb'{"a": "\ud800"}', "{}".encode("utf-16"), b"\xef\xbb\xbf{}",
        b'{"a":' * 2000 + b"1" + b"}" * 2000,
    ],
)  # fmt: skip
def test_what_is_not_plainly_an_object_is_left_to_its_reader(raw: bytes) -> None:
    assert glimpse(shipped("shopify"), HEADERS, {}, raw) is None


@pytest.mark.parametrize("raw", [rb'{"a": "\"", "b": "\\\"", "c": "\\", "d": "\u0022\/\u005c\n"}', b" { } "])
def test_quotes_within_texts_are_no_other_keys(raw: bytes) -> None:
    assert glimpse(shipped("shopify"), HEADERS, {}, raw) is not None


@settings(deadline=None)
@given(
    raw=st.dictionaries(st.text(max_size=4), VALUES, max_size=4).map(lambda one: json.dumps(one).encode())
    | st.text(alphabet='{}[]":,\\au0123 e.', max_size=40).map(str.encode)
    | st.binary(max_size=40),
)
def test_nothing_is_seen_that_reading_would_tell_otherwise(raw: bytes) -> None:
    seen, read = glimpse(shipped("shopify"), HEADERS, {}, raw), describe(shipped("shopify"), HEADERS, {}, raw)

    told = (read.topic, read.fingerprint) if read.problem is None else None
    assert seen is None or (seen.topic, seen.fingerprint) == told or left_to_translation(read.problem)


def left_to_translation(problem: object) -> bool:
    """Whether it is one of those that are found when the delivery is translated."""
    return getattr(problem, "code", None) in LEFT_TO_TRANSLATION
