"""Whether a request comes from whom it claims: one verifier for each scheme that a source can declare.

The schemes, and where they are described:

- `hmac-sha256`: base64 or hex of HMAC-SHA256 over the raw body in a header of its own (Shopify's "Verify
  webhook deliveries"; WooCommerce's `class-wc-webhook.php`).
- `standard-webhooks`: the Standard Webhooks specification 1.0.0; `v1` only.
- `hubspot-v3`: HubSpot's "Validating requests"; the older unkeyed hashes are refused.
- `mailchimp`: Mailchimp's "Webhooks" guide (signed since 2026); older hooks carry the secret in their URL.
- `token`: a shared secret in a header, the query or the path. `none`: nothing is asked.

Everything is compared as bytes in constant time, and in the written form: a signature that decodes to
the right digest but is written otherwise is not the sender's.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from connector.errors import BadSignature, BadTimestamp, NotFound, SignatureMissing, Unavailable
from connector.mapping.source import Verify

_DIGITS = re.compile(r"[0-9]{1,16}", re.ASCII)
_HUBSPOT_ESCAPES = re.compile(r"%(3A|2F|3F|40|21|24|27|28|29|2A|2C|3B)", re.IGNORECASE)
_SHORTEST_KEY = 24
"""Bytes; the specification of Standard Webhooks asks for 24 to 64."""


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


def verify(rule: Verify, request: Signed, secrets: Sequence[bytes], now: datetime) -> bool:
    """Pass if the request is authentic under any of `secrets`; say whether its very bytes are proven.

    False means that only the sender is known (`token`, a secret in the URL) or nothing at all (`none`).
    Raises SignatureMissing, BadSignature, BadTimestamp or NotFound where the sender is at fault, and
    Unavailable where we are: no secret, one that is no key, or no public address to check against.
    """
    usable = [secret for secret in secrets if secret]
    if rule.scheme != "none" and not usable:
        raise Unavailable("The connection's secret is not set up here.", retry_after=60)
    match rule.scheme:
        case "none":
            return False
        case "token":
            return _token(rule, request, usable)
        case "hmac-sha256":
            return _hmac_sha256(rule, request, usable)
        case "standard-webhooks":
            return _standard_webhooks(rule, request, usable, now)
        case "hubspot-v3":
            return _hubspot_v3(rule, request, usable, now)
        case "mailchimp":
            return _mailchimp(rule, request, usable, now)


def _hmac_sha256(rule: Verify, request: Signed, secrets: Iterable[bytes]) -> bool:
    given = _required(request, rule.header)
    if not given.startswith(rule.prefix):
        raise BadSignature
    digests = (_digest(secret, request.body) for secret in secrets)
    write = _as_base64 if rule.encoding == "base64" else _as_hex
    return _matched([_bytes(given.removeprefix(rule.prefix))], map(write, digests))


def _standard_webhooks(rule: Verify, request: Signed, secrets: Iterable[bytes], now: datetime) -> bool:
    given = _required(request, "webhook-signature").split(" ")
    sent_at = request.headers.get("webhook-timestamp", "")
    _check_time(sent_at, 1, rule.tolerance, now)
    if not all(one.count(",") == 1 for one in given) or not request.headers.get("webhook-id"):
        raise BadSignature
    content = b".".join((_bytes(request.headers["webhook-id"]), _bytes(sent_at), request.body))
    expected = (b"v1," + _as_base64(_digest(key, content)) for key in _standard_keys(secrets))
    return _matched(map(_bytes, given), expected)


def _hubspot_v3(rule: Verify, request: Signed, secrets: Iterable[bytes], now: datetime) -> bool:
    given = _required(request, "x-hubspot-signature-v3")
    sent_at = request.headers.get("x-hubspot-request-timestamp", "")
    _check_time(sent_at, 1000, rule.tolerance, now)
    if request.url is None:
        raise Unavailable("Our own public address is not set up here.", retry_after=60)
    called = _HUBSPOT_ESCAPES.sub(lambda found: chr(int(found[1], 16)), request.url)
    content = _bytes(request.method + called) + request.body + _bytes(sent_at)
    return _matched([_bytes(given)], (_as_base64(_digest(secret, content)) for secret in secrets))


def _mailchimp(rule: Verify, request: Signed, secrets: Iterable[bytes], now: datetime) -> bool:
    header = request.headers.get("x-mailchimp-signature")
    if header is None:
        return _secret_in_url(request, rule.query or "secret", secrets)
    pairs = [part.strip(" ").partition("=") for part in header.split(",")]
    times = [value for name, _, value in pairs if name == "t"]
    if len(times) > 1:
        raise BadSignature
    sent_at = times[0] if times else ""
    _check_time(sent_at, 1, rule.tolerance, now)
    content = _bytes(sent_at) + b"." + request.body
    given = [_bytes(value) for name, _, value in pairs if name == "v1"]
    return _matched(given, (_as_hex(_digest(secret, content)) for secret in secrets))


def _token(rule: Verify, request: Signed, secrets: Iterable[bytes]) -> bool:
    given = request.headers.get(rule.header.lower()) if rule.header else None
    if given is None:
        return _secret_in_url(request, rule.query, secrets)
    if not given.startswith(rule.prefix):
        raise BadSignature
    _matched([_bytes(given.removeprefix(rule.prefix))], secrets)
    return False


def _secret_in_url(request: Signed, parameter: str | None, secrets: Iterable[bytes]) -> bool:
    """Check the secret in the path or the query; a wrong path is an address that does not exist."""
    asked = request.query.get(parameter) if parameter else None
    given = asked if request.token is None else request.token
    if given is None:
        raise SignatureMissing("The request carries neither a signature nor a secret.")
    try:
        _matched([given.encode("utf-8", "replace")], secrets)
    except BadSignature:
        raise (BadSignature if request.token is None else NotFound) from None
    return False


def _required(request: Signed, header: str | None) -> str:
    if header is None:
        raise Unavailable("The source does not say which header carries the signature.", retry_after=60)
    given = request.headers.get(header.lower())
    if given is None:
        raise SignatureMissing("The request carries no signature.")
    return given


def _matched(given: Iterable[bytes], expected: Iterable[bytes]) -> bool:
    """True, or BadSignature. Every pair is compared, so the time tells nothing about which one came close."""
    candidates = list(given)
    if not sum(hmac.compare_digest(right, one) for right in expected for one in candidates):
        raise BadSignature
    return True


def _check_time(text: str, units: int, tolerance: timedelta, now: datetime) -> None:
    """Refuse a signed time, in `units` a second since 1970, that is not within `tolerance` of `now`."""
    if not _DIGITS.fullmatch(text):
        raise BadTimestamp("The signed time is missing or no time.")
    age = now.timestamp() - int(text) / units
    if age > tolerance.total_seconds():
        raise BadTimestamp("The signed time is too long ago.", code="timestamp_stale")
    if -age > tolerance.total_seconds():
        raise BadTimestamp("The signed time lies in the future.")


def _standard_keys(secrets: Iterable[bytes]) -> list[bytes]:
    """The keys that the secrets stand for: `whsec_…` is base64; a plain one is itself, or base64 as well."""
    keys: list[bytes] = []
    for secret in secrets:
        decoded = _decoded(secret.removeprefix(b"whsec_"))
        if secret.startswith(b"whsec_"):
            keys += [decoded] if decoded else []
        else:
            keys += [secret, decoded] if len(decoded) >= _SHORTEST_KEY else [secret]
    if not keys:
        raise Unavailable("The connection's secret is not base64 behind `whsec_`.", retry_after=60)
    return keys


def _decoded(text: bytes) -> bytes:
    """What the base64 text stands for, nothing where it is none."""
    try:
        return base64.b64decode(text, validate=True)
    except binascii.Error:
        return b""


def _digest(key: bytes, content: bytes) -> bytes:
    return hmac.new(key, content, hashlib.sha256).digest()


def _as_base64(digest: bytes) -> bytes:
    return base64.b64encode(digest)


def _as_hex(digest: bytes) -> bytes:
    return digest.hex().encode()


def _bytes(header: str) -> bytes:
    """The bytes of a header as they came: WSGI gives one character a byte."""
    return header.encode("latin-1", "replace")
