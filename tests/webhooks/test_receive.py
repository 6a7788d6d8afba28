"""The table of answers, row by row: what a sender hears, and what is on disk afterwards."""

from __future__ import annotations

import json
from datetime import timedelta

import pytest
from werkzeug.test import TestResponse

from tests.webhooks.rig import FORM, JSON, SECRET, Rig, genuine
from tests.webhooks.signing import NOW, hubspot, shopify, standard
from webhooks.body import LIMIT

ORDER = b'{"id": 820982911946154508, "email": "eva@example.com", "total_price": "39.95"}'
CHANGE = b'[{"subscriptionType": "contact.propertyChange", "eventId": 1, "objectId": 51, "occurredAt": 1}]'
SIGN_UP = (
    b"type=subscribe&fired_at=2026-11-22+09%3A30%3A00&data%5Bid%5D=8a25ff&data%5Bemail%5D=eva%40example.com"
)
DOWNLOAD = b'{"event": "file.downloaded", "contact": {"email": "eva@example.com"}}'
BODIES = {
    "shopify": ORDER, "woocommerce": ORDER, "hubspot": CHANGE, "mailchimp": SIGN_UP, "website": DOWNLOAD,
    "partner": DOWNLOAD, "open": DOWNLOAD,
}  # fmt: skip
SIGNED = ("shopify", "woocommerce", "hubspot", "mailchimp", "website")

every_door = pytest.mark.parametrize("name", BODIES)
every_signed_door = pytest.mark.parametrize("name", SIGNED)


@pytest.fixture
def rig() -> Rig:
    return Rig()


def media_type(name: str) -> str:
    return FORM if name == "mailchimp" else JSON


def post_genuine(rig: Rig, name: str, body: bytes | None = None) -> TestResponse:
    sent = BODIES[name] if body is None else body
    return rig.post(name, sent, genuine(name, sent), media_type(name))


def refused_as(response: TestResponse) -> tuple[int, str]:
    """Status and code of a refusal, after a look at its shape."""
    document = json.loads(response.data)
    assert response.mimetype == "application/problem+json"
    assert response.headers["Cache-Control"] == "no-store"
    assert response.headers["X-Content-Type-Options"] == "nosniff"
    assert set(document) == {"type", "title", "status", "detail", "instance", "code"}
    assert document["status"] == response.status_code
    assert document["type"].endswith("/problems/" + document["code"].replace("_", "-"))
    assert document["instance"].startswith("urn:request:")
    return response.status_code, document["code"]


@pytest.mark.parametrize(
    ("name", "status"),
    [
        ("shopify", 200), ("woocommerce", 200), ("mailchimp", 200),
        ("hubspot", 202), ("website", 202), ("partner", 202), ("open", 202),
    ],
)  # fmt: skip
def test_a_genuine_webhook_is_stored_before_it_is_thanked_for(rig: Rig, name: str, status: int) -> None:
    """B1."""
    response = post_genuine(rig, name)

    [delivery] = rig.inbox.waiting
    assert response.status_code == status
    assert response.json == {"status": "accepted", "id": "id-0"}
    assert (delivery.connection, delivery.body, delivery.received_at) == (name, BODIES[name], NOW)
    assert rig.wakes == 1
    assert rig.counts == {(name, "accepted"): 1}


@every_door
def test_the_same_webhook_again_is_a_duplicate_with_the_same_id(rig: Rig, name: str) -> None:
    """B2."""
    post_genuine(rig, name)

    again = post_genuine(rig, name)

    assert again.status_code in {200, 202}
    assert again.json == {"status": "duplicate", "id": "id-0"}
    assert len(rig.inbox.waiting) == 1
    assert rig.counts[name, "duplicate"] == 1


def test_an_unknown_topic_is_accepted_and_kept(rig: Rig) -> None:
    """B3: to ignore it is the processor's decision, by the mapping that is live then."""
    headers = genuine("shopify", ORDER) | {"X-Shopify-Topic": "carts/melted"}

    response = rig.post("shopify", ORDER, headers)

    assert response.status_code == 200
    assert rig.inbox.waiting[0].topic == "carts/melted"


@pytest.mark.parametrize(
    "body", [b"{}", b'{"id": null}', b'{"id": {"a": []}, "email": 5}', b'{"id": [[[]]]}']
)
def test_a_genuine_webhook_with_odd_fields_is_accepted(rig: Rig, body: bytes) -> None:
    """B4: whether it can be translated shows later, and is shown to a person."""
    response = post_genuine(rig, "shopify", body)

    assert response.status_code == 200
    assert [one.body for one in rig.inbox.waiting] + [one.body for one, _, _ in rig.inbox.failed] == [body]


@pytest.mark.parametrize("name", [*SIGNED, "partner"])
def test_a_webhook_without_a_signature_is_refused_as_such(rig: Rig, name: str) -> None:
    """B5."""
    response = rig.post(name, BODIES[name], {}, media_type(name))

    assert refused_as(response) == (401, "signature_missing")
    assert rig.inbox.waiting == []
    assert rig.counts == {(name, "signature_missing"): 1}


@pytest.mark.parametrize("name", [*SIGNED, "partner"])
def test_a_webhook_signed_by_another_shop_is_refused(rig: Rig, name: str) -> None:
    """B6."""
    forged = genuine(name, BODIES[name], b"the-secret-of-another-shop!")

    response = rig.post(name, BODIES[name], forged, media_type(name))

    assert refused_as(response) == (401, "signature_invalid")
    assert rig.inbox.waiting == []


def test_every_wrong_signature_is_answered_in_the_same_words(rig: Rig) -> None:
    """B6: of another secret, hex, truncated, empty, a megabyte, bytes outside ASCII, two at once."""
    right = shopify(SECRET, ORDER)["x-shopify-hmac-sha256"]
    wrong = [
        shopify(b"other", ORDER)["x-shopify-hmac-sha256"],
        right.encode().hex(), right[:-1], "", "x" * 1_000_000, "\xff\xfe\x80", f"{right},{right}",
    ]  # fmt: skip

    heard = [rig.post("shopify", ORDER, {"X-Shopify-Hmac-Sha256": text}) for text in wrong]

    assert {refused_as(one) for one in heard} == {(401, "signature_invalid")}
    assert len({(one.json or {})["detail"] for one in heard}) == 1


@pytest.mark.parametrize("name", ["hubspot", "website", "mailchimp"])
def test_a_webhook_that_was_signed_too_long_ago_is_stale(rig: Rig, name: str) -> None:
    """B7."""
    rig.now = NOW + timedelta(seconds=301)

    assert refused_as(post_genuine(rig, name)) == (401, "timestamp_stale")


@pytest.mark.parametrize("name", ["hubspot", "website", "mailchimp"])
def test_a_webhook_from_the_future_is_refused(rig: Rig, name: str) -> None:
    """B8."""
    rig.now = NOW - timedelta(seconds=301)

    assert refused_as(post_genuine(rig, name)) == (401, "timestamp_invalid")


@pytest.mark.parametrize("text", ["NaN", "inf", "1e400", "-1", "\xb9\xb2\xb3", "7" * 400, ""])
def test_a_time_that_is_none_is_refused(rig: Rig, text: str) -> None:
    """B8."""
    for name, header in (("hubspot", "x-hubspot-request-timestamp"), ("website", "webhook-timestamp")):
        response = rig.post(name, BODIES[name], genuine(name, BODIES[name]) | {header: text})

        assert refused_as(response) == (401, "timestamp_invalid")


def test_a_replay_within_the_five_minutes_is_a_duplicate(rig: Rig) -> None:
    """B9."""
    post_genuine(rig, "website")
    recorded = standard(SECRET, DOWNLOAD, NOW)
    rig.now = NOW + timedelta(seconds=299)

    response = rig.post("website", DOWNLOAD, recorded)

    assert (response.status_code, (response.json or {})["status"]) == (202, "duplicate")


@pytest.mark.parametrize("name", [*SIGNED, "partner"])
def test_a_secret_that_we_lack_is_our_fault(rig: Rig, name: str) -> None:
    """B10: a 401 would make the sender give up, and lose the webhook."""
    rig.doors[name] = rig.door(name, b"", is_missing_secret=True)

    response = post_genuine(rig, name)

    assert refused_as(response) == (503, "unavailable")
    assert int(response.headers["Retry-After"]) > 0


def test_a_signature_that_fails_while_a_secret_is_missing_is_our_fault(rig: Rig) -> None:
    """B10: it may be signed with just that secret."""
    rig.doors["shopify"] = rig.door("shopify", b"the-old-secret-that-we-have", is_missing_secret=True)

    assert refused_as(post_genuine(rig, "shopify")) == (503, "unavailable")


@pytest.mark.parametrize("name", ["hubspot", "website", "mailchimp"])
@pytest.mark.parametrize("seconds", [301, -301])
def test_a_signed_time_that_our_clock_cannot_judge_is_our_fault(rig: Rig, name: str, seconds: int) -> None:
    """B10: the sender comes again, and is judged once the clock is right."""
    rig.now, rig.is_clock_doubtful = NOW + timedelta(seconds=seconds), True
    while_doubtful = post_genuine(rig, name)
    rig.now, rig.is_clock_doubtful = NOW, False

    once_right = post_genuine(rig, name)

    assert refused_as(while_doubtful) == (503, "unavailable")
    assert int(while_doubtful.headers["Retry-After"]) > 0
    assert once_right.status_code in {200, 202}
    assert len(rig.inbox.waiting) == 1


def test_what_needs_no_right_clock_is_judged_by_a_doubtful_one(rig: Rig) -> None:
    """B10: only a time outside of its window is in doubt; what is forged, or signed at no time, is not."""
    rig.is_clock_doubtful = True
    forged = genuine("website", DOWNLOAD, b"another-secret-of-24-bytes")
    timeless = genuine("website", DOWNLOAD) | {"webhook-timestamp": "NaN"}

    assert post_genuine(rig, "website").status_code == 202
    assert refused_as(rig.post("website", DOWNLOAD, forged)) == (401, "signature_invalid")
    assert refused_as(rig.post("website", DOWNLOAD, timeless)) == (401, "timestamp_invalid")


@pytest.mark.parametrize("body", [ORDER, b"not json"])
def test_a_store_that_does_not_answer_is_our_fault(rig: Rig, body: bytes) -> None:
    """B10: nothing is acknowledged, neither what waits nor what is kept as failed."""
    rig.inbox.is_broken = True

    response = post_genuine(rig, "shopify", body)

    assert refused_as(response) == (503, "unavailable")
    assert int(response.headers["Retry-After"]) > 0
    assert rig.wakes == 0


@pytest.mark.parametrize(
    "path",
    [
        "nowhere", "nowhere/token", "shopify/token", "mailchimp/wrong", "partner/a/b", "%00", "..", "SHOPIFY",
        "shopify;x", "a" * 8000, "%FF", "partner/%FF%FE/x", "%F0%9F%92%A9", "open/", "/open",
    ],
)  # fmt: skip
def test_an_address_that_does_not_exist_is_not_found(rig: Rig, path: str) -> None:
    """B11, B39."""
    response = rig.post(path, ORDER, genuine("shopify", ORDER))

    assert refused_as(response) == (404, "not_found")
    assert rig.inbox.waiting == []


def test_requests_for_no_connection_cannot_make_the_counter_grow(rig: Rig) -> None:
    """B11."""
    for number in range(20):
        rig.post(f"nowhere-{number}", ORDER)

    assert rig.counts == {("", "not_found"): 20}


@pytest.mark.parametrize("method", ["GET", "HEAD"])
@pytest.mark.parametrize("path", ["mailchimp", "mailchimp/any-token", "mailchimp?secret=x"])
def test_mailchimps_look_at_the_address_gets_an_empty_200(rig: Rig, method: str, path: str) -> None:
    """B12."""
    response = rig.client.open(f"/webhooks/{path}", method=method)

    assert (response.status_code, response.data) == (200, b"")
    assert rig.inbox.waiting == []


def test_woocommerces_ping_gets_200_and_has_no_effect(rig: Rig) -> None:
    """B13."""
    response = rig.post("woocommerce", b"webhook_id=1", {}, FORM)

    assert (response.status_code, response.json) == (200, {"status": "ping"})
    assert (rig.inbox.waiting, rig.inbox.failed, rig.wakes) == ([], [], 0)
    assert rig.counts == {("woocommerce", "ping"): 1}


@pytest.mark.parametrize(
    "body", [b"webhook_id=", b"webhook_id=1&x=2", b"webhook_id=x", b"x=1", b"", b"webhook_id=1\n"]
)
def test_what_only_resembles_a_ping_needs_a_signature(rig: Rig, body: bytes) -> None:
    """B13."""
    assert refused_as(rig.post("woocommerce", body, {}, FORM)) == (401, "signature_missing")


def test_a_ping_is_nothing_to_other_sources(rig: Rig) -> None:
    """B13."""
    assert refused_as(rig.post("shopify", b"webhook_id=1", {}, FORM)) == (401, "signature_missing")


@pytest.mark.parametrize("method", ["GET", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE", "BREW"])
def test_another_method_hears_which_one_is_taken(rig: Rig, method: str) -> None:
    """B14."""
    response = rig.client.open("/webhooks/shopify", method=method)

    assert refused_as(response) == (405, "method_not_allowed")
    assert response.headers["Allow"] == "POST"


def test_mailchimps_door_allows_a_look_as_well(rig: Rig) -> None:
    """B14."""
    assert rig.client.put("/webhooks/mailchimp").headers["Allow"] == "GET, HEAD, POST"


MEDIA_TYPES = [
    None,
    "text/plain",
    "multipart/form-data; boundary=x",
    FORM,
    "application/json; charset=utf-16",
]


@pytest.mark.parametrize("declared", MEDIA_TYPES)
def test_another_media_type_is_refused_where_the_bytes_are_not_signed(rig: Rig, declared: str | None) -> None:
    """B15, B16."""
    response = rig.post("partner", DOWNLOAD, genuine("partner", DOWNLOAD), declared)

    assert refused_as(response) == (415, "unsupported_media_type")
    assert response.headers["Accept"] == JSON


@pytest.mark.parametrize("declared", MEDIA_TYPES)
def test_another_media_type_is_kept_as_failed_where_the_bytes_are_signed(
    rig: Rig, declared: str | None
) -> None:
    """B15, B16: what is proven genuine is never turned away."""
    response = rig.post("shopify", ORDER, genuine("shopify", ORDER), declared)

    [(delivery, reason, _)] = rig.inbox.failed
    assert (response.status_code, response.json) == (200, {"status": "accepted", "id": "id-0"})
    assert (delivery.topic, delivery.body) == ("unreadable", ORDER)
    assert reason
    assert rig.counts == {("shopify", "failed"): 1}


def test_json_is_refused_where_a_form_is_due(rig: Rig) -> None:
    """B15: an older Mailchimp hook, whose secret stands in its address."""
    response = rig.post(f"mailchimp?secret={SECRET.decode()}", b"{}", {}, JSON)

    assert refused_as(response) == (415, "unsupported_media_type")
    assert response.headers["Accept"] == FORM


def test_json_of_a_vendor_is_json(rig: Rig) -> None:
    """B16."""
    response = rig.post("partner", DOWNLOAD, genuine("partner", DOWNLOAD), "application/vnd.x+json")

    assert (response.status_code, len(rig.inbox.waiting)) == (202, 1)


@pytest.mark.parametrize("encoding", ["gzip", "br", "deflate"])
def test_a_compressed_body_is_refused(rig: Rig, encoding: str) -> None:
    """B17."""
    response = rig.post("open", DOWNLOAD, {"Content-Encoding": encoding})

    assert refused_as(response) == (415, "unsupported_encoding")
    assert response.headers["Accept-Encoding"] == "identity"


@every_door
def test_a_body_over_one_mebibyte_is_refused_even_when_it_is_genuine(rig: Rig, name: str) -> None:
    """B18."""
    assert refused_as(post_genuine(rig, name, b" " * (LIMIT + 1))) == (413, "too_large")


def test_a_body_of_one_mebibyte_is_taken(rig: Rig) -> None:
    """B18: the limit itself."""
    body = b'{"event": "' + b"x" * (LIMIT - 13) + b'"}'

    response = rig.post("open", body)

    assert (len(body), response.status_code) == (LIMIT, 202)


@pytest.mark.parametrize(
    ("body", "code"),
    [
        (b"", "json_invalid"),
        (b" ", "json_invalid"),
        (b'{"event": "a"} x', "json_invalid"),
        (b"{'event': 'a'}", "json_invalid"),
        (b'{"event": "a"} // why', "json_invalid"),
        (b'{"event": "a",}', "json_invalid"),
        (b"[" * 65 + b"]" * 65, "json_too_deep"),
        (b"[" * 10_000, "json_too_deep"),
        (b"[" * 100_000, "json_too_big"),
        (b'{"event": NaN}', "json_number"),
        (b'{"event": -Infinity}', "json_number"),
        (b'{"event": 1e999}', "json_number"),
        (b'{"event": ' + b"9" * 5000 + b"}", "json_number"),
        (b'{"event": 1, "event": 2}', "json_duplicate_key"),
        (b'{"event": "\xff"}', "encoding"),
        ('{"event": "a"}'.encode("utf-16"), "encoding"),
        (b"5", "json_shape"),
        (b'"text"', "json_shape"),
        (b"null", "json_shape"),
        (b"[]", "json_shape"),
        (b'[{"event": "a"}]', "json_shape"),
        (b'{"event": [' + b"0," * 20_000 + b"0]}", "json_too_big"),
    ],
)
def test_a_body_that_cannot_be_read_is_refused_where_it_is_not_signed(
    rig: Rig, body: bytes, code: str
) -> None:
    """B22 to B30."""
    response = rig.post("open", body)

    assert refused_as(response) == (400, code)
    assert (rig.inbox.waiting, rig.inbox.failed) == ([], [])


@pytest.mark.parametrize(
    "body", [b"", b"{'a': 1}", b"[" * 100_000, b'{"a": NaN}', b"5", b"[1]", b'{"a": 1, "a": 2}']
)
def test_a_body_that_cannot_be_read_is_kept_as_failed_where_it_is_signed(rig: Rig, body: bytes) -> None:
    """B22 to B30: with a right signature it is proven to be what the shop sent."""
    first, again = post_genuine(rig, "shopify", body), post_genuine(rig, "shopify", body)

    [(delivery, reason, _)] = rig.inbox.failed
    assert (first.status_code, again.status_code) == (200, 200)
    assert [(one.json or {})["status"] for one in (first, again)] == ["accepted", "duplicate"]
    assert (delivery.topic, delivery.body) == ("unreadable", body)
    assert reason
    assert rig.inbox.waiting == []


def test_a_byte_order_mark_is_passed_over(rig: Rig) -> None:
    """B22."""
    assert rig.post("open", b"\xef\xbb\xbf" + DOWNLOAD).status_code == 202


def test_half_a_surrogate_pair_is_kept_as_it_came(rig: Rig) -> None:
    """B27."""
    body = rb'{"event": "\ud800\u0000"}'

    response = rig.post("open", body)

    assert (response.status_code, rig.inbox.waiting[0].body) == (202, body)


@pytest.mark.parametrize(
    "body",
    [
        b"[]",
        json.dumps([{"eventId": number} for number in range(101)]).encode(),
        CHANGE[:-1] + b", 5]",
        CHANGE[1:-1],
    ],
    ids=["no events", "101 events", "one bad among them", "a single one"],
)
def test_a_batch_is_stored_as_one_whatever_is_in_it(rig: Rig, body: bytes) -> None:
    """B31: all or nothing; its parts are looked at later, each for itself."""
    response = post_genuine(rig, "hubspot", body)

    assert response.status_code == 202
    assert [one.body for one in rig.inbox.waiting] == [body]


def test_hubspot_signs_the_configured_address_whatever_the_host_header_says(rig: Rig) -> None:
    """B38."""
    headers = genuine("hubspot", CHANGE) | {"Host": "evil.example", "X-Forwarded-Host": "evil.example"}
    spoofed = hubspot(SECRET, CHANGE, url="http://evil.example/webhooks/hubspot")

    assert rig.post("hubspot", CHANGE, headers).status_code == 202
    assert refused_as(rig.post("hubspot", CHANGE, spoofed)) == (401, "signature_invalid")


def test_hubspot_signs_the_query_too(rig: Rig) -> None:
    signed = hubspot(SECRET, CHANGE, url="https://hooks.example.com/webhooks/hubspot?a=b%20c")

    assert rig.post("hubspot?a=b%20c", CHANGE, signed).status_code == 202
