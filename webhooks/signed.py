"""A request as signatures see it, and what all schemes share: digests, comparing them, and signed times.

Everything is compared as bytes in constant time, and in the written form: a signature that decodes to
the right digest but is written otherwise is not the sender's.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from connector.errors import BadSignature, BadTimestamp, OutsideWindow, SignatureMissing, Unavailable

_DIGITS = re.compile(r"[0-9]{1,16}", re.ASCII)


@dataclass(frozen=True, slots=True)
class Signed:
    """A request as far as signatures cover it.

    Header names are lower-case; header values are text as WSGI gives it, one character a byte. `url` is the
    public address that the sender called, None where our configuration does not say it; `token` is what
    stands in the path behind the connection's name.
    """

    method: str
    url: str | None
    headers: Mapping[str, str]
    query: Mapping[str, str]
    body: bytes
    token: str | None = None

    @property
    def called(self) -> str:
        """The address that the sender called. Raises Unavailable where our configuration does not say it."""
        if self.url is None:
            raise Unavailable("Our own public address is not set up here.", retry_after=60)
        return self.url


def required(request: Signed, header: str | None) -> str:
    """The header that carries the signature. Raises SignatureMissing."""
    if header is None:
        raise Unavailable("The source does not say which header carries the signature.", retry_after=60)
    given = request.headers.get(header.lower())
    if given is None:
        raise SignatureMissing("The request carries no signature.")
    return given


def without(prefix: str, given: str) -> bytes:
    """The signature behind its prefix, as bytes. Raises BadSignature where it does not begin so."""
    if not given.startswith(prefix):
        raise BadSignature
    return as_bytes(given.removeprefix(prefix))


def matched(given: Iterable[bytes], expected: Iterable[bytes]) -> bool:
    """True, or BadSignature. Every pair is compared, so the time tells nothing about which one came close."""
    candidates = list(given)
    if not sum(hmac.compare_digest(right, one) for right in expected for one in candidates):
        raise BadSignature
    return True


def check_time(text: str, units: int, tolerance: timedelta, now: datetime) -> None:
    """Refuse a signed time, in `units` a second since 1970, that is not within `tolerance` of `now`.

    Raises OutsideWindow, and BadTimestamp for what is no time.
    """
    if not _DIGITS.fullmatch(text):
        raise BadTimestamp("The signed time is missing or no time.")
    age = now.timestamp() - int(text) / units
    if age > tolerance.total_seconds():
        raise OutsideWindow("The signed time is too long ago.", code="timestamp_stale")
    if -age > tolerance.total_seconds():
        raise OutsideWindow("The signed time lies in the future.")


def sha256_mac(key: bytes, content: bytes) -> bytes:
    """HMAC-SHA256."""
    return hmac.new(key, content, hashlib.sha256).digest()


def as_base64(digest: bytes) -> bytes:
    """The digest as base64, with its padding."""
    return base64.b64encode(digest)


def as_hex(digest: bytes) -> bytes:
    """The digest in small hexadecimal digits."""
    return digest.hex().encode()


def as_bytes(header: str) -> bytes:
    """The bytes of a header as they came: WSGI gives one character a byte."""
    return header.encode("latin-1", "replace")
