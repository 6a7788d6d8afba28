"""Signatures by a secret that both sides have."""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
import re
from collections.abc import Iterable
from datetime import datetime
from typing import Final

from connector.errors import BadSignature, Unavailable
from connector.mapping.source import Verify
from webhooks.content import content_of
from webhooks.credentials import in_url
from webhooks.signed import (
    Signed,
    as_base64,
    as_bytes,
    as_hex,
    check_time,
    matched,
    required,
    sha256_mac,
    without,
)

_HUBSPOT_ESCAPES: Final = re.compile(r"%(3A|2F|3F|40|21|24|27|28|29|2A|2C|3B)", re.IGNORECASE)
_SHORTEST_KEY: Final = 24
"""Bytes; the specification of Standard Webhooks asks for 24 to 64."""


def keyed_hash(rule: Verify, request: Signed, secrets: Iterable[bytes], now: datetime) -> bool:
    """The HMAC that the rule describes. Raises as `verify` does."""
    given = without(rule.prefix, required(request, rule.header))
    content = content_of(rule, request, now)
    algorithm = rule.scheme.removeprefix("hmac-")
    digests = (hmac.new(secret, content, algorithm).digest() for secret in secrets)
    return matched([given], map(as_base64 if rule.encoding == "base64" else as_hex, digests))


def shopware(rule: Verify, request: Signed, secrets: Iterable[bytes], now: datetime) -> bool:
    """Shopware's signature of an app's webhooks, by the secret that the shop gave the app."""
    given = as_bytes(required(request, "shopware-shop-signature"))
    return matched([given], (as_hex(sha256_mac(secret, request.body)) for secret in secrets))


def standard_webhooks(rule: Verify, request: Signed, secrets: Iterable[bytes], now: datetime) -> bool:
    """A signature over id, time and body; any one of several is enough."""
    given = required(request, "webhook-signature").split(" ")
    sent_at = request.headers.get("webhook-timestamp", "")
    check_time(sent_at, 1, rule.tolerance, now)
    if not all(one.count(",") == 1 for one in given) or not request.headers.get("webhook-id"):
        raise BadSignature
    content = b".".join((as_bytes(request.headers["webhook-id"]), as_bytes(sent_at), request.body))
    expected = (b"v1," + as_base64(sha256_mac(key, content)) for key in _standard_keys(secrets))
    return matched(map(as_bytes, given), expected)


def hubspot_v3(rule: Verify, request: Signed, secrets: Iterable[bytes], now: datetime) -> bool:
    """A signature over method, address, body and time."""
    given = required(request, "x-hubspot-signature-v3")
    sent_at = request.headers.get("x-hubspot-request-timestamp", "")
    check_time(sent_at, 1000, rule.tolerance, now)
    called = _HUBSPOT_ESCAPES.sub(lambda found: chr(int(found[1], 16)), request.called)
    content = as_bytes(request.method + called) + request.body + as_bytes(sent_at)
    return matched([as_bytes(given)], (as_base64(sha256_mac(secret, content)) for secret in secrets))


def hubspot_v2(rule: Verify, request: Signed, secrets: Iterable[bytes], now: datetime) -> bool:
    """A plain SHA-256 of secret, method, address and body, in hex: what a workflow's webhook step sends.

    Weaker than version 3, and for that step only. No time is signed, so whoever has seen a request can repeat
    it for ever. And the hash has no key: to a body that was seen bytes can be added under a signature that
    fits (length extension). So only the sender counts as known, and what cannot be read is not kept.
    """
    given = required(request, "x-hubspot-signature")
    rest = as_bytes(request.method + request.called) + request.body
    matched([as_bytes(given)], (as_hex(hashlib.sha256(secret + rest).digest()) for secret in secrets))
    return False


def mailchimp(rule: Verify, request: Signed, secrets: Iterable[bytes], now: datetime) -> bool:
    """A signature over time and body; without any, the secret in the address of an older hook."""
    header = request.headers.get("x-mailchimp-signature")
    if header is None:
        return in_url(request, rule.query or "secret", secrets)
    pairs = [part.strip(" ").partition("=") for part in header.split(",")]
    times = [value for name, _, value in pairs if name == "t"]
    if len(times) > 1:
        raise BadSignature
    sent_at = times[0] if times else ""
    check_time(sent_at, 1, rule.tolerance, now)
    content = as_bytes(sent_at) + b"." + request.body
    given = [as_bytes(value) for name, _, value in pairs if name == "v1"]
    return matched(given, (as_hex(sha256_mac(secret, content)) for secret in secrets))


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
