"""Signatures by the sender's private RSA key over SHA-256 (RSASSA-PKCS1-v1_5), verified by its public key."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Iterable
from datetime import datetime
from typing import Final

from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import load_pem_public_key

from connector.errors import BadSignature, Unavailable
from connector.mapping.source import Verify
from webhooks.content import content_of
from webhooks.signed import Signed, as_base64, as_hex, required, without

_SHORTEST: Final = 2048
"""Bits; shorter keys have been broken, or may soon be."""


def signature(rule: Verify, request: Signed, keys: Iterable[bytes], now: datetime) -> bool:
    """True where one of the public keys has signed the request; else raises as `verify` does."""
    given = without(rule.prefix, required(request, rule.header))
    content = content_of(rule, request, now)
    known = [read_key(one) for one in keys]
    decoded = _decoded(given, rule.encoding)
    if not any(_has_signed(one, decoded, content) for one in known):
        raise BadSignature
    return True


def read_key(pem: bytes) -> RSAPublicKey:
    """The key in PEM; its lines may be parted by a written-out `\\n`, as in many environments.

    Raises Unavailable for what is no RSA key, or one below 2048 bits.
    """
    try:
        key = load_pem_public_key(pem.replace(b"\\n", b"\n"))
    except (ValueError, UnsupportedAlgorithm):
        key = None
    if not isinstance(key, RSAPublicKey) or key.key_size < _SHORTEST:
        detail = "The connection's secret is no public RSA key of 2048 bits or more in PEM."
        raise Unavailable(detail, retry_after=60)
    return key


def _has_signed(key: RSAPublicKey, given: bytes, content: bytes) -> bool:
    try:
        key.verify(given, content, PKCS1v15(), SHA256())
    except InvalidSignature:
        return False
    return True


def _decoded(given: bytes, encoding: str) -> bytes:
    """The signature's bytes. Raises BadSignature where it is not written as it has to be."""
    try:
        if encoding == "base64":
            decoded, write = base64.b64decode(given, validate=True), as_base64
        else:
            decoded, write = binascii.unhexlify(given), as_hex
    except (binascii.Error, ValueError):
        raise BadSignature from None
    if write(decoded) != given:
        raise BadSignature
    return decoded
