"""What a source file can say is signed: the body among other things, and a time in either unit."""

from __future__ import annotations

import pytest

from connector.errors import BadSignature, BadTimestamp, Unavailable
from connector.mapping.source import Piece, Verify
from tests.webhooks.signing import NOW, URL, mac, request
from webhooks.verify import verify

SECRET = b"a-secret-of-at-least-24-bytes"
BODY = b'{"id": 7}'
SENT = int(NOW.timestamp())


def rule(*pieces: Piece, timestamp: str | None = None) -> Verify:
    return Verify("hmac-sha256", header="X-Signature", signed=pieces, timestamp=timestamp)


def test_method_address_and_another_header_can_be_signed() -> None:
    pieces = (Piece("method"), Piece("url"), Piece("header", "X-Shop"), Piece("text", "|"), Piece("body"))
    signature = mac(SECRET, b"POST" + URL.encode() + b"nl|" + BODY).hex()

    genuine = request({"x-signature": signature, "x-shop": "nl"}, BODY)
    elsewhere = request({"x-signature": signature, "x-shop": "be"}, BODY)

    assert verify(rule(*pieces), genuine, [SECRET], NOW) is True
    with pytest.raises(BadSignature):
        verify(rule(*pieces), elsewhere, [SECRET], NOW)


def test_a_signed_header_that_is_missing_is_a_bad_signature() -> None:
    with pytest.raises(BadSignature):
        verify(rule(Piece("header", "X-Shop"), Piece("body")), request({"x-signature": "00"}), [SECRET], NOW)


def test_an_address_that_we_do_not_know_is_our_fault() -> None:
    asked = rule(Piece("url"), Piece("body"))

    assert asked.needs_url
    with pytest.raises(Unavailable):
        verify(asked, request({"x-signature": "00"}, BODY, None), [SECRET], NOW)


@pytest.mark.parametrize("sent", [str(SENT), str(SENT * 1000), str(SENT * 1000 + 999)])
def test_a_time_may_count_seconds_or_milliseconds(sent: str) -> None:
    timed = rule(Piece("timestamp"), Piece("text", ":"), Piece("body"), timestamp="X-Time")
    signature = mac(SECRET, sent.encode() + b":" + BODY).hex()

    assert verify(timed, request({"x-signature": signature, "x-time": sent}, BODY), [SECRET], NOW) is True


@pytest.mark.parametrize("sent", [str(SENT - 301), str((SENT - 301) * 1000), str(SENT + 301), ""])
def test_an_old_a_future_and_a_missing_time_are_refused_in_either_unit(sent: str) -> None:
    timed = rule(Piece("timestamp"), Piece("body"), timestamp="X-Time")
    signature = mac(SECRET, sent.encode() + BODY).hex()

    with pytest.raises(BadTimestamp):
        verify(timed, request({"x-signature": signature, "x-time": sent}, BODY), [SECRET], NOW)
