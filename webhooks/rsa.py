"""Signatures by the sender's private RSA key over SHA-256 (RSASSA-PKCS1-v1_5), verified by its public key.

To verify takes no secret: one power, and a comparison with the whole message as it has to be encoded (RFC
8017, section 8.2.2). Comparing all of it, and not reading what was decrypted, is what keeps forgeries under
small exponents out. So it needs no library of ciphers.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from connector.errors import BadSignature, Unavailable
from connector.mapping.source import Verify
from webhooks.content import content_of
from webhooks.signed import Signed, as_base64, as_hex, required, without

_SHA256_INFO: Final = bytes.fromhex("3031300d060960864801650304020105000420")
"""What stands before the hash: the name of SHA-256 in DER (RFC 8017, section 9.2, note 1)."""

_RSA: Final = bytes.fromhex("06092a864886f70d010101")
"""The name of RSA in DER, without which a public key is of another kind."""

_SHORTEST: Final = 2048
"""Bits; shorter keys have been broken, or may soon be."""

_SMALLEST: Final = 3
"""The least exponent (RFC 8017, section 3.1); under 1 everything is its own signature."""

_PEM: Final = re.compile(rb"-----BEGIN (RSA )?PUBLIC KEY-----([A-Za-z0-9+/=\s]+)-----END \1?PUBLIC KEY-----")
_INTEGER, _BITS, _SEQUENCE = 0x02, 0x03, 0x30


@dataclass(frozen=True, slots=True)
class PublicKey:
    """A modulus and an exponent."""

    modulus: int
    exponent: int

    def has_signed(self, signature: bytes, content: bytes) -> bool:
        """Whether the signature is this key's over the content."""
        size = (self.modulus.bit_length() + 7) // 8
        number = int.from_bytes(signature)
        if len(signature) != size or number >= self.modulus:
            return False
        told = _SHA256_INFO + hashlib.sha256(content).digest()
        expected = b"\x00\x01" + b"\xff" * (size - len(told) - 3) + b"\x00" + told
        return hmac.compare_digest(pow(number, self.exponent, self.modulus).to_bytes(size), expected)


def signature(rule: Verify, request: Signed, keys: Iterable[bytes], now: datetime) -> bool:
    """True where one of the public keys has signed the request; else raises as `verify` does."""
    given = without(rule.prefix, required(request, rule.header))
    content = content_of(rule, request, now)
    known = [read_key(one) for one in keys]
    decoded = _decoded(given, rule.encoding)
    if not any(one.has_signed(decoded, content) for one in known):
        raise BadSignature
    return True


def read_key(pem: bytes) -> PublicKey:
    """The key in PEM; its lines may be parted by a written-out `\\n`, as in many environments.

    Raises Unavailable for what is no RSA key, or one below 2048 bits.
    """
    found = _PEM.search(pem.replace(b"\\n", b"\n"))
    try:
        key = _key(base64.b64decode(b"".join(found[2].split()), validate=True)) if found else None
    except (binascii.Error, ValueError, IndexError):
        key = None
    if key is None or key.modulus.bit_length() < _SHORTEST or key.exponent < _SMALLEST:
        detail = "The connection's secret is no public RSA key of 2048 bits or more in PEM."
        raise Unavailable(detail, retry_after=60)
    return key


def _key(der: bytes) -> PublicKey:
    """The key in DER: by itself (RFC 8017, A.1.1), or with the name of its kind (RFC 5280, 4.1). Raises
    ValueError or IndexError."""
    outer, _ = _open(der, _SEQUENCE)
    if outer[0] == _SEQUENCE:
        kind, rest = _open(outer, _SEQUENCE)
        if not kind.startswith(_RSA):
            raise ValueError("a key of another kind")
        bits, _ = _open(rest, _BITS)
        outer, _ = _open(bits[1:], _SEQUENCE)
    modulus, rest = _open(outer, _INTEGER)
    exponent, _ = _open(rest, _INTEGER)
    return PublicKey(int.from_bytes(modulus), int.from_bytes(exponent))


def _open(der: bytes, tag: int) -> tuple[bytes, bytes]:
    """The content of the first value, which has this tag, and what follows it. Raises ValueError or
    IndexError."""
    if der[0] != tag:
        raise ValueError("another value than expected")
    size, begin = der[1], 2
    if size & 0x80:
        begin += size & 0x7F
        size = int.from_bytes(der[2:begin])
    if len(der) < begin + size:
        raise ValueError("cut off")
    return der[begin : begin + size], der[begin + size :]


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
