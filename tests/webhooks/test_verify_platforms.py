"""What one scheme has for itself: HubSpot's address, Standard Webhooks' keys, Mailchimp's URL."""

from __future__ import annotations

import base64
from dataclasses import replace

import pytest
from hubspot.utils.signature import Signature

from connector.errors import BadSignature, BadTimestamp, NotFound, SignatureMissing, Unavailable
from connector.mapping.source import Verify
from tests.webhooks.signing import (
    HUBSPOT,
    MAILCHIMP,
    NOW,
    STANDARD,
    URL,
    hubspot,
    mac,
    mailchimp,
    request,
    standard,
    vector,
    with_header,
)
from webhooks.verify import verify

SECRET = b"a-secret-of-at-least-24-bytes"
BODY = b'[{"eventId": 1, "objectId": 2}]'
WORKFLOW = Verify("hubspot-v2")
SENT = str(int(NOW.timestamp() * 1000))


@pytest.mark.parametrize("seed", range(30))
def test_hubspots_own_helper_signs_what_we_accept(seed: int) -> None:
    secret = vector(seed)[0].decode()
    body = f'[{{"eventId": {seed}, "propertyValue": "Zoë"}}]'
    theirs = Signature.get_signature(secret, body, "v3", URL, "POST", SENT)

    signed = request({"x-hubspot-signature-v3": theirs, "x-hubspot-request-timestamp": SENT}, body.encode())

    assert verify(HUBSPOT, signed, [secret.encode()], NOW)


@pytest.mark.parametrize("version", ["v1", "v2"])
def test_hubspots_older_unkeyed_hashes_are_refused(version: str) -> None:
    theirs = Signature.get_signature(SECRET.decode(), BODY.decode(), version, URL, "POST", SENT)

    signed = request({"x-hubspot-signature-v3": theirs, "x-hubspot-request-timestamp": SENT}, BODY)

    with pytest.raises(BadSignature):
        verify(HUBSPOT, signed, [SECRET], NOW)


def test_hubspots_older_headers_alone_are_no_signature() -> None:
    theirs = Signature.get_signature(SECRET.decode(), BODY.decode(), "v2", URL, "POST", SENT)

    with pytest.raises(SignatureMissing):
        verify(HUBSPOT, request({"x-hubspot-signature": theirs}, BODY), [SECRET], NOW)


@pytest.mark.parametrize(
    ("called", "signed"),
    [
        ("%3A", ":"), ("%2F", "/"), ("%3F", "?"), ("%40", "@"), ("%21", "!"), ("%24", "$"), ("%27", "'"),
        ("%28", "("), ("%29", ")"), ("%2A", "*"), ("%2C", ","), ("%3B", ";"), ("%2a", "*"), ("%3a", ":"),
        ("%20", "%20"), ("%25", "%25"), ("%26", "%26"), ("%3D", "%3D"), ("%2B", "%2B"), ("%C3%AB", "%C3%AB"),
        ("%253A", "%253A"), ("+", "+"),
    ],
)  # fmt: skip
def test_hubspots_address_is_decoded_exactly_as_documented(called: str, signed: str) -> None:
    headers = hubspot(SECRET, BODY, url=f"{URL}?x={signed}")

    assert verify(HUBSPOT, request(headers, BODY, f"{URL}?x={called}"), [SECRET], NOW)


@pytest.mark.parametrize("url", [URL.replace("https", "http"), URL + "/", URL + "?", "https://evil.example/"])
def test_a_signature_for_another_address_is_refused(url: str) -> None:
    with pytest.raises(BadSignature):
        verify(HUBSPOT, request(hubspot(SECRET, BODY, url=url), BODY), [SECRET], NOW)


def test_not_knowing_our_own_address_is_our_fault() -> None:
    with pytest.raises(Unavailable):
        verify(HUBSPOT, request(hubspot(SECRET, BODY), BODY, url=None), [SECRET], NOW)


def test_the_published_vector_of_hubspots_version_two_verifies() -> None:
    """The example of HubSpot's page on validating requests of version 2."""
    secret, called = b"yyyyyyyy-yyyy-yyyy-yyyy-yyyyyyyyyyyy", "https://www.example.com/webhook_uri"
    digest = "9569219f8ba981ffa6f6f16aa0f48637d35d728c7e4d93d0d52efaa512af7900"
    signed = request({"x-hubspot-signature": digest}, b'{"example_field":"example_value"}', called)

    assert verify(WORKFLOW, signed, [b"another", secret], NOW) is False


def test_hubspots_own_helper_signs_workflows_as_we_accept_them() -> None:
    theirs = Signature.get_signature(SECRET.decode(), BODY.decode(), "v2", URL, "POST", SENT)

    assert verify(WORKFLOW, request({"x-hubspot-signature": theirs}, BODY), [SECRET], NOW) is False


@pytest.mark.parametrize("text", ["", "00", "A" * 64, "9569219F" + "0" * 56])
def test_another_hash_than_a_workflows_is_refused(text: str) -> None:
    with pytest.raises(BadSignature):
        verify(WORKFLOW, request({"x-hubspot-signature": text}, BODY), [SECRET], NOW)


def test_a_workflows_hash_covers_its_address() -> None:
    theirs = Signature.get_signature(SECRET.decode(), BODY.decode(), "v2", URL, "POST", SENT)

    with pytest.raises(BadSignature):
        verify(WORKFLOW, request({"x-hubspot-signature": theirs}, BODY, URL + "?a=1"), [SECRET], NOW)
    with pytest.raises(Unavailable):
        verify(WORKFLOW, request({"x-hubspot-signature": theirs}, BODY, None), [SECRET], NOW)


def test_a_workflow_that_is_not_signed_has_a_code_of_its_own() -> None:
    with pytest.raises(SignatureMissing):
        verify(WORKFLOW, request({}, BODY), [SECRET], NOW)


def test_the_published_vector_of_standard_webhooks_verifies() -> None:
    """The example of the specification's reference libraries (`standard-webhooks`, test suites)."""
    secret = b"whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
    body = b'{"test": 2432232314}'
    headers = {
        "webhook-id": "msg_p5jXN8AQM9LWM0D4loKWxJek",
        "webhook-timestamp": "1614265330",
        "webhook-signature": "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=",
    }
    then = NOW.fromtimestamp(1614265330, NOW.tzinfo)

    assert verify(STANDARD, request(headers, body), [secret], then)


def test_a_plain_secret_that_is_base64_may_be_used_either_way() -> None:
    key = bytes(range(32))
    plain = base64.b64encode(key)

    decoded, literal = standard(b"whsec_" + plain, BODY), standard(plain, BODY)

    assert verify(STANDARD, request(decoded, BODY), [plain], NOW)
    assert verify(STANDARD, request(literal, BODY), [plain], NOW)


def test_one_of_several_standard_signatures_is_enough() -> None:
    genuine = request(standard(SECRET, BODY), BODY)
    during_rotation = (
        f"v1a,AAAA v1,{base64.b64encode(bytes(32)).decode()} {genuine.headers['webhook-signature']}"
    )

    assert verify(STANDARD, with_header(genuine, "webhook-signature", during_rotation), [SECRET], NOW)


@pytest.mark.parametrize("text", ["v1a,{}", "v2,{}", "{}", "v1 {}", "V1,{}", "v1,{},"])
def test_only_version_one_of_standard_webhooks_counts(text: str) -> None:
    genuine = request(standard(SECRET, BODY), BODY)
    bare = genuine.headers["webhook-signature"].removeprefix("v1,")

    with pytest.raises(BadSignature):
        verify(STANDARD, with_header(genuine, "webhook-signature", text.format(bare)), [SECRET], NOW)


def test_the_id_of_a_standard_webhook_is_signed_too() -> None:
    moved = with_header(request(standard(SECRET, BODY), BODY), "webhook-id", "msg_2")

    with pytest.raises(BadSignature):
        verify(STANDARD, moved, [SECRET], NOW)


def test_a_standard_webhook_without_an_id_is_refused() -> None:
    sent = str(int(NOW.timestamp()))
    signature = base64.b64encode(mac(SECRET, b"." + sent.encode() + b"." + BODY)).decode()

    with pytest.raises(BadSignature):
        verify(STANDARD, request({"webhook-timestamp": sent, "webhook-signature": f"v1,{signature}"}, BODY),
               [SECRET], NOW)  # fmt: skip


def test_a_standard_secret_that_is_no_key_is_our_fault() -> None:
    with pytest.raises(Unavailable):
        verify(STANDARD, request(standard(SECRET, BODY), BODY), [b"whsec_not base64!"], NOW)


def test_one_of_several_mailchimp_signatures_is_enough() -> None:
    genuine = request(mailchimp(SECRET, BODY), BODY)
    old = genuine.headers["x-mailchimp-signature"].replace(",", f",v1={'0' * 64},")

    assert verify(MAILCHIMP, with_header(genuine, "x-mailchimp-signature", old), [SECRET], NOW)


@pytest.mark.parametrize(
    "text", ["t={t}", "v1={v}", "t={t},t={t},v1={v}", "t={t},v2={v}", "t=,v1={v}", "", ",,,"]
)
def test_an_incomplete_mailchimp_signature_is_refused(text: str) -> None:
    genuine = mailchimp(SECRET, BODY)["x-mailchimp-signature"]
    sent, signature = genuine.removeprefix("t=").split(",v1=")

    with pytest.raises((BadSignature, BadTimestamp)):
        verify(
            MAILCHIMP,
            request({"x-mailchimp-signature": text.format(t=sent, v=signature)}, BODY),
            [SECRET],
            NOW,
        )


def test_an_older_mailchimp_hook_proves_its_sender_only() -> None:
    unsigned = replace(request({}, BODY), query={"secret": SECRET.decode()})

    assert verify(MAILCHIMP, unsigned, [b"other", SECRET], NOW) is False


def test_a_secret_in_the_url_does_not_mend_a_wrong_signature() -> None:
    both = replace(request({"x-mailchimp-signature": "t=1,v1=00"}, BODY), query={"secret": SECRET.decode()})

    with pytest.raises(BadTimestamp):
        verify(MAILCHIMP, both, [SECRET], NOW)


@pytest.mark.parametrize("text", ["", "wrong", "é", "\udcff", SECRET.decode()[:-1], SECRET.decode() + " "])
def test_a_wrong_secret_in_the_query_is_a_bad_signature(text: str) -> None:
    with pytest.raises(BadSignature):
        verify(MAILCHIMP, replace(request({}, BODY), query={"secret": text}), [SECRET], NOW)


def test_a_wrong_secret_in_the_path_is_an_address_that_does_not_exist() -> None:
    with pytest.raises(NotFound):
        verify(MAILCHIMP, replace(request({}, BODY), token="wrong"), [SECRET], NOW)


def test_a_secret_in_the_path_proves_the_sender() -> None:
    assert verify(MAILCHIMP, replace(request({}, BODY), token=SECRET.decode()), [SECRET], NOW) is False
