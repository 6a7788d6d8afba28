"""What every signing scheme has to refuse, and what it has to let pass."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st

from connector.errors import BadSignature, BadTimestamp, ReceiveError, SignatureMissing, Unavailable
from connector.mapping import source
from connector.mapping.source import Verify
from tests.webhooks.signing import (
    GENERIC_HEX,
    NOW,
    SCHEMES,
    SHOPIFY,
    Scheme,
    flips,
    generic_hex,
    request,
    shopify,
    vector,
    with_header,
    without_header,
)
from webhooks.verify import VERIFIERS, Signed, verify

SECRET = b"a-secret-of-at-least-24-bytes"
OTHER = b"another-secret-of-24-bytes!!"
BODY = b'{"id": 7, "email": "eva@example.com"}'

every_scheme = pytest.mark.parametrize("scheme", SCHEMES.values(), ids=SCHEMES.keys())
timed_schemes = pytest.mark.parametrize("name", ["standard-webhooks", "hubspot-v3", "mailchimp", "stamped"])


def refusal(rule: Verify, signed: Signed, *secrets: bytes) -> str:
    """The code with which the request is refused, or `accepted`."""
    try:
        verify(rule, signed, secrets or [SECRET], NOW)
    except ReceiveError as error:
        return error.code
    return "accepted"


@every_scheme
@pytest.mark.parametrize("seed", range(30))
def test_a_genuine_request_proves_its_very_bytes(scheme: Scheme, seed: int) -> None:
    secret, body = vector(seed)

    assert verify(scheme.rule, scheme.request(secret, body), [secret], NOW) is True


@every_scheme
@pytest.mark.parametrize("seed", range(30))
def test_the_same_signature_under_another_body_is_refused(scheme: Scheme, seed: int) -> None:
    secret, body = vector(seed)
    genuine = scheme.request(secret, body)

    forged = request(genuine.headers, body + b" ")

    assert refusal(scheme.rule, forged, secret) == "signature_invalid"


@every_scheme
@pytest.mark.parametrize("secrets", [[SECRET, OTHER], [OTHER, SECRET], [b"", OTHER, SECRET]])
def test_a_rotated_secret_still_verifies(scheme: Scheme, secrets: list[bytes]) -> None:
    assert verify(scheme.rule, scheme.request(SECRET, BODY), secrets, NOW) is True


@every_scheme
def test_a_signature_under_another_shops_secret_is_refused(scheme: Scheme) -> None:
    with pytest.raises(BadSignature):
        verify(scheme.rule, scheme.request(OTHER, BODY), [SECRET], NOW)


@every_scheme
def test_every_flipped_bit_of_a_signature_is_refused(scheme: Scheme) -> None:
    genuine = scheme.request(SECRET, BODY)
    mutants = [with_header(genuine, scheme.header, text) for text in flips(genuine.headers[scheme.header])]

    answers = {refusal(scheme.rule, mutant) for mutant in mutants}

    assert answers <= {"signature_invalid", "timestamp_invalid", "timestamp_stale"}


@every_scheme
def test_every_flipped_bit_of_a_body_is_refused(scheme: Scheme) -> None:
    genuine = scheme.request(SECRET, BODY)
    mutants = [request(genuine.headers, text.encode("latin-1")) for text in flips(BODY.decode())]

    answers = {refusal(scheme.rule, mutant) for mutant in mutants}

    assert answers == {"signature_invalid"}


@every_scheme
def test_a_missing_signature_has_a_code_of_its_own(scheme: Scheme) -> None:
    unsigned = without_header(scheme.request(SECRET, BODY), scheme.header)

    with pytest.raises(SignatureMissing):
        verify(scheme.rule, unsigned, [SECRET], NOW)


@pytest.mark.parametrize("scheme", [SCHEMES["shopify"], SCHEMES["generic-hex"], SCHEMES["hubspot-v3"]])
@pytest.mark.parametrize("text", ["", " ", "x" * 1_000_000, "\xff\xfe", "é" * 44, "中文", "\x00", "sha256="])
def test_no_header_of_any_length_or_bytes_gets_through(scheme: Scheme, text: str) -> None:
    odd = with_header(scheme.request(SECRET, BODY), scheme.header, text)

    assert refusal(scheme.rule, odd) == "signature_invalid"


@every_scheme
@pytest.mark.parametrize("joined", [",", ", "])
def test_two_headers_that_the_server_has_joined_are_refused(scheme: Scheme, joined: str) -> None:
    genuine = scheme.request(SECRET, BODY)
    once = genuine.headers[scheme.header]

    doubled = with_header(genuine, scheme.header, once + joined + once)

    assert refusal(scheme.rule, doubled) == "signature_invalid"


@every_scheme
def test_a_truncated_signature_is_refused(scheme: Scheme) -> None:
    genuine = scheme.request(SECRET, BODY)

    cut = with_header(genuine, scheme.header, genuine.headers[scheme.header][:-1])

    assert refusal(scheme.rule, cut) == "signature_invalid"


def test_hex_is_refused_where_base64_is_due() -> None:
    digest = generic_hex(SECRET, BODY)["x-signature"].removeprefix("sha256=")

    assert refusal(SHOPIFY, request({"x-shopify-hmac-sha256": digest}, BODY)) == "signature_invalid"


def test_base64_is_refused_where_hex_is_due() -> None:
    digest = shopify(SECRET, BODY)["x-shopify-hmac-sha256"]

    assert refusal(GENERIC_HEX, request({"x-signature": "sha256=" + digest}, BODY)) == "signature_invalid"


def test_a_signature_without_its_prefix_is_refused() -> None:
    bare = generic_hex(SECRET, BODY)["x-signature"].removeprefix("sha256=")

    assert refusal(GENERIC_HEX, request({"x-signature": bare}, BODY)) == "signature_invalid"


def test_every_wrong_signature_hears_the_same_words() -> None:
    wrong = ["", "x", "\xff" * 44, shopify(OTHER, BODY)["x-shopify-hmac-sha256"]]
    heard = set()

    for text in wrong:
        with pytest.raises(BadSignature) as caught:
            verify(SHOPIFY, request({"x-shopify-hmac-sha256": text}, BODY), [SECRET], NOW)
        heard.add((caught.value.status, caught.value.code, caught.value.title, caught.value.detail))

    assert len(heard) == 1


@every_scheme
@pytest.mark.parametrize("secrets", [[], [b""], [b"", b""]])
def test_without_a_secret_of_ours_the_fault_is_ours(scheme: Scheme, secrets: list[bytes]) -> None:
    with pytest.raises(Unavailable) as caught:
        verify(scheme.rule, scheme.request(b"", BODY), secrets, NOW)

    assert caught.value.retry_after


@timed_schemes
@pytest.mark.parametrize(
    ("age", "answer"),
    [
        (-301, "timestamp_invalid"),
        (-299, "accepted"),
        (0, "accepted"),
        (299, "accepted"),
        (301, "timestamp_stale"),
    ],
)
def test_a_signed_time_is_bounded_both_ways(name: str, age: int, answer: str) -> None:
    scheme = SCHEMES[name]

    aged = scheme.request(SECRET, BODY, NOW - timedelta(seconds=age))

    assert refusal(scheme.rule, aged) == answer


@timed_schemes
def test_the_source_says_how_old_a_signed_time_may_be(name: str) -> None:
    scheme = SCHEMES[name]
    patient = replace(scheme.rule, tolerance=timedelta(hours=1))

    aged = scheme.request(SECRET, BODY, NOW - timedelta(minutes=50))

    assert refusal(patient, aged) == "accepted"


TIME_HEADERS = [
    ("standard-webhooks", "webhook-timestamp"),
    ("hubspot-v3", "x-hubspot-request-timestamp"),
    ("stamped", "x-sent-at"),
]
NO_TIMES = [
    "NaN",
    "inf",
    "1e400",
    "-1",
    "\uff11\uff12\uff13",
    "7" * 400,
    "",
    " ",
    "+1",
    "1_0",
    "0x1",
    "1.5",
    "\xb2",
]


@pytest.mark.parametrize("text", NO_TIMES)
@pytest.mark.parametrize(
    ("name", "header"),
    TIME_HEADERS,
)
def test_what_is_no_time_is_refused(name: str, header: str, text: str) -> None:
    scheme = SCHEMES[name]

    odd = with_header(scheme.request(SECRET, BODY), header, text)

    assert refusal(scheme.rule, odd) == "timestamp_invalid"


@pytest.mark.parametrize(
    ("name", "header"),
    TIME_HEADERS,
)
def test_a_missing_time_is_refused(name: str, header: str) -> None:
    scheme = SCHEMES[name]

    untimed = without_header(scheme.request(SECRET, BODY), header)

    with pytest.raises(BadTimestamp):
        verify(scheme.rule, untimed, [SECRET], NOW)


@every_scheme
@given(
    headers=st.dictionaries(
        st.sampled_from(
            [
                "x-shopify-hmac-sha256",
                "x-signature",
                "webhook-id",
                "webhook-timestamp",
                "webhook-signature",
                "x-hubspot-signature-v3",
                "x-hubspot-request-timestamp",
                "x-mailchimp-signature",
                "shopware-shop-signature",
                "x-sent-at",
                "x-hash",
                "x-hub-signature",
            ]
        ),
        st.text(),
    )
)
def test_no_headers_make_anything_but_a_refusal(scheme: Scheme, headers: dict[str, str]) -> None:
    assert refusal(scheme.rule, request(headers, BODY)) != "accepted"


def test_every_scheme_has_its_verifier() -> None:
    assert {*VERIFIERS, "none"} == set(get_args(source.Scheme))


def test_a_header_that_the_source_forgot_to_name_is_our_fault() -> None:
    with pytest.raises(Unavailable):
        verify(Verify("hmac-sha256"), request({}, BODY), [SECRET], NOW)
