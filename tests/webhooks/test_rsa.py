"""Signatures by a private key. The key was made for these tests, and the first signature by OpenSSL:
`openssl dgst -sha256 -sign`."""

from __future__ import annotations

import base64
import contextlib
import hashlib
from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from connector.errors import BadSignature, BadTimestamp, SignatureMissing, Unavailable
from connector.mapping.source import Piece, Verify
from tests.webhooks.signing import NOW, request, vector, with_header
from webhooks.rsa import read_key
from webhooks.verify import Signed, verify

PUBLIC = b"""\
-----BEGIN PUBLIC KEY-----
MIIBIjANBgkqhkiG9w0BAQEFAAOCAQ8AMIIBCgKCAQEAmIWudI6F93n5jomGqdnj
bhU1X8hRCoMT0dnIw+3MxZKaBtWD/7bfTwAHt7Xq5wiyVxiAWqui9lxPxyoDKpJ7
AkZb9P58BYF8s8O4BpDKzV2ILEM6pnKFsHRfiGH4NVpZECNEgO4Vsb0sxyc8yAhR
uo1ofQY6TVommaAZMoAv7+aiVfPz3K8Ye60udzNh6x0I5COKZi84q0IHjjPURtj8
9XlBIYnR+xL6lR0ghSLBOdVtOgE4fXMYG2Xjt5PgYgNg+JVYhBmIF0jKSQtVTZrM
BH8GBPNww2ZCnTn7IYGReK38PKi0KEoHy83XZD1kVnVJXxkFez7bdUlakfzSModf
3wIDAQAB
-----END PUBLIC KEY-----
"""
PRIVATE_EXPONENT = int(
    "3155f4a37142b655773afb135b37c6d061fddcd8c016256630d8408fd80907d3af0d0cdde0c6779f674417d1b9853813"
    "f00655e67e647d4a48e80497f79a603dd12287b215cdf61faf4a5ce98ac67efd8541c41161abe3c0bb33f7bab0fe1916"
    "7c18dc5cd426a252adfc519de09a884d4ed680b296035568ed029383f961083952f9393a9c6a32eec57b083c6694d872"
    "768ad3a6baa8238d85ecc6cda978412e09cca26d3b1c65f061aa59a432a581fb2ff31c03f9b47f51113511fa92fcf77d"
    "148f7f0a3e04386de5b9a3dceff6d62e4fa9a52e2c941dd8bb10b30a11697cf211f092ba530178bc68131e5f5521841d"
    "7f08d5d3aadb197693cabb4a3b7cd901",
    16,
)
BODY = b'{"id": 7, "email": "eva@example.com"}'
BY_OPENSSL = (
    "Hv/zDxbdkDVuea3yKgvkno7AAnnsHOvnNJdzag6hcvx8EBI59FlmCycy4CpC0v/mXsIUjH2tejWdYViVYfmhhbhqXZKKnDn2"
    "uMc1exZ2QEvin0TEdJ8mHqsPAv+du4b52TCVWU7sxnf7yZljNhQa7gmDSotLzZ1xLU9IXs+6Vb3WSKgXQQkBoP/cMcqcP1Np"
    "qNVomTFAaz5VF08QPgOtt86Eyl4vrcy59o1IRaZAX844YPwprcBSSFpPG6SWLeC7TiMeKJgsghRHjsn+CeETp+McDIq70gQm"
    "y8FqIz93CnEM3foCR5lvdh08oMu2m1mah/b/iPcbxLmWxDyPVUcw6g=="
)
RULE = Verify("rsa-sha256", header="X-Signature", encoding="base64")
HASH_OF_SHA256 = bytes.fromhex("3031300d060960864801650304020105000420")


def padded(content: bytes, padding: int = 202) -> bytes:
    """The message as it is signed with 2048 bits: 256 bytes, all but 54 of them padding."""
    return b"\0\1" + b"\xff" * padding + b"\0" + HASH_OF_SHA256 + hashlib.sha256(content).digest()


def sign(message: bytes) -> bytes:
    modulus = read_key(PUBLIC).public_numbers().n
    return pow(int.from_bytes(message), PRIVATE_EXPONENT, modulus).to_bytes(256)


def posted(signature: bytes, body: bytes = BODY) -> Signed:
    return request({"x-signature": base64.b64encode(signature).decode()}, body)


def test_what_openssl_has_signed_is_genuine() -> None:
    assert verify(RULE, request({"x-signature": BY_OPENSSL}, BODY), [PUBLIC], NOW) is True


@pytest.mark.parametrize("seed", range(5))
def test_any_body_can_be_signed_and_no_other_has_its_signature(seed: int) -> None:
    body = vector(seed)[1]
    signature = sign(padded(body))

    assert verify(RULE, posted(signature, body), [PUBLIC], NOW) is True
    with pytest.raises(BadSignature):
        verify(RULE, posted(signature, body + b" "), [PUBLIC], NOW)


@pytest.mark.parametrize("bit", range(0, 2048, 97))
def test_a_flipped_bit_of_a_signature_is_refused(bit: int) -> None:
    flipped = int.from_bytes(sign(padded(BODY))) ^ (1 << bit)

    with pytest.raises(BadSignature):
        verify(RULE, posted(flipped.to_bytes(256)), [PUBLIC], NOW)


def test_a_signature_in_hex_is_one_where_the_source_says_so() -> None:
    given = request({"x-signature": sign(padded(BODY)).hex()}, BODY)

    assert verify(replace(RULE, encoding="hex"), given, [PUBLIC], NOW) is True
    with pytest.raises(BadSignature):
        verify(RULE, given, [PUBLIC], NOW)


@pytest.mark.parametrize(
    "text", ["", " ", "x", "é", "AAAA", BY_OPENSSL + "\n", " " + BY_OPENSSL, BY_OPENSSL[:-1]]
)
def test_a_signature_that_is_written_otherwise_is_refused(text: str) -> None:
    with pytest.raises(BadSignature):
        verify(RULE, request({"x-signature": text}, BODY), [PUBLIC], NOW)


@pytest.mark.parametrize(
    "message",
    [
        padded(BODY, padding=8) + bytes(194),
        padded(BODY)[:-32] + hashlib.sha256(b"").digest(),
        b"\0\2" + padded(BODY)[2:],
        hashlib.sha256(BODY).digest(),
    ],
    ids=["rubbish behind a short padding", "another hash", "another kind of padding", "no padding"],
)
def test_a_message_that_is_encoded_otherwise_is_refused(message: bytes) -> None:
    with pytest.raises(BadSignature):
        verify(RULE, posted(sign(message)), [PUBLIC], NOW)


def test_a_signature_beyond_the_modulus_is_refused() -> None:
    beyond = int.from_bytes(sign(padded(BODY))) + read_key(PUBLIC).public_numbers().n

    with pytest.raises(BadSignature):
        verify(RULE, posted(beyond.to_bytes(257)), [PUBLIC], NOW)


def test_a_missing_signature_has_a_code_of_its_own() -> None:
    with pytest.raises(SignatureMissing):
        verify(RULE, request({}, BODY), [PUBLIC], NOW)


def test_a_rotated_key_still_verifies() -> None:
    other = PUBLIC.replace(
        b"MIIBIjANBgkqhkiG9w0BAQEFAAOCAQ8AMIIBCgKCAQEAmIW", b"MIIBIjANBgkqhkiG9w0BAQEFAAOCAQ8AMIIBCgKCAQEAmIX"
    )

    assert verify(RULE, request({"x-signature": BY_OPENSSL}, BODY), [other, PUBLIC], NOW) is True
    with pytest.raises(BadSignature):
        verify(RULE, request({"x-signature": BY_OPENSSL}, BODY), [other], NOW)


def test_a_signed_time_is_bounded() -> None:
    rule = replace(RULE, signed=(Piece("timestamp"), Piece("body")), timestamp="X-Sent-At")
    old = str(int((NOW - timedelta(minutes=6)).timestamp()))
    stale = with_header(posted(sign(padded(old.encode() + BODY))), "x-sent-at", old)

    assert verify(replace(rule, tolerance=timedelta(hours=1)), stale, [PUBLIC], NOW) is True
    with pytest.raises(BadTimestamp):
        verify(rule, stale, [PUBLIC], NOW)


def test_adobe_commerce_signs_its_body_in_base64() -> None:
    """`signature-verification.md` of Adobe's commerce-extensibility: the key signs the base64 of the body."""
    rule = replace(RULE, signed=(Piece("body_base64"),))

    assert verify(rule, posted(sign(padded(base64.b64encode(BODY)))), [PUBLIC], NOW) is True


@pytest.mark.parametrize("line_end", [b"\\n", b"\r\n", b" "])
def test_a_key_may_have_lost_its_lines_in_the_environment(line_end: bytes) -> None:
    assert read_key(PUBLIC.replace(b"\n", line_end)) == read_key(PUBLIC)


def test_a_key_may_stand_by_itself() -> None:
    """As `openssl rsa -RSAPublicKey_out` writes it: without the name of its kind."""
    inner = base64.b64decode(b"".join(PUBLIC.splitlines()[1:-1]))[24:]
    pem = b"-----BEGIN RSA PUBLIC KEY-----\n" + base64.b64encode(inner) + b"\n-----END RSA PUBLIC KEY-----"

    assert read_key(pem) == read_key(PUBLIC)


def in_pem(der: bytes) -> bytes:
    return b"-----BEGIN PUBLIC KEY-----\n" + base64.b64encode(der) + b"\n-----END PUBLIC KEY-----"


def test_a_key_under_which_everything_signs_itself_is_none() -> None:
    der = base64.b64decode(b"".join(PUBLIC.splitlines()[1:-1]))
    assert der.endswith(b"\x02\x03\x01\x00\x01")

    with pytest.raises(Unavailable):
        read_key(in_pem(der[:-3] + b"\x00\x00\x01"))


@given(st.binary(max_size=400), st.binary(max_size=40))
def test_no_bytes_break_the_reading_of_a_key(der: bytes, begin: bytes) -> None:
    for odd in (der, b"\x30" + der, b"\x30\x82" + begin + b"\x02" + der):
        with contextlib.suppress(Unavailable):
            assert read_key(in_pem(odd)).key_size >= 2048


NO_KEYS = [
    b"a-secret-of-at-least-24-bytes",
    b"-----BEGIN PUBLIC KEY-----\n-----END PUBLIC KEY-----",
    b"-----BEGIN PUBLIC KEY-----\nAAAA\n-----END PUBLIC KEY-----",
    PUBLIC.replace(b"PUBLIC", b"PRIVATE"),
    PUBLIC.replace(b"BgkqhkiG9w0BAQE", b"BgkqhkiG9w0BAQI"),
    b"-----BEGIN PUBLIC KEY-----\n" + b"".join(PUBLIC.splitlines()[1:3]) + b"\n-----END PUBLIC KEY-----",
    b"-----BEGIN RSA PUBLIC KEY-----\nMAYCAQ8CAQM=\n-----END RSA PUBLIC KEY-----",
]


@pytest.mark.parametrize("pem", NO_KEYS)
def test_a_secret_that_is_no_public_key_is_our_fault(pem: bytes) -> None:
    with pytest.raises(Unavailable):
        verify(RULE, request({"x-signature": BY_OPENSSL}, BODY), [pem], NOW)
