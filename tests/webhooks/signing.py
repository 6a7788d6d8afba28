"""Genuine requests of every scheme, signed as the platforms' documentation says, without our own code."""

from __future__ import annotations

import base64
import hashlib
import hmac
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from random import Random

from connector.mapping.source import Piece, Verify
from webhooks.verify import Signed

NOW = datetime(2026, 11, 22, 9, 30, tzinfo=UTC)
URL = "https://hooks.example.com/webhooks/crm"

SHOPIFY = Verify("hmac-sha256", header="X-Shopify-Hmac-Sha256", encoding="base64")
GENERIC_HEX = Verify("hmac-sha256", header="X-Signature", encoding="hex", prefix="sha256=")
STANDARD = Verify("standard-webhooks")
HUBSPOT = Verify("hubspot-v3")
MAILCHIMP = Verify("mailchimp")
SHOPWARE = Verify("shopware")
STAMPED = Verify(
    "hmac-sha512",
    header="X-Hash",
    encoding="base64",
    signed=(Piece("timestamp"), Piece("text", "."), Piece("body")),
    timestamp="X-Sent-At",
)
SHA1 = Verify("hmac-sha1", header="X-Hub-Signature", prefix="sha1=")


def mac(secret: bytes, content: bytes) -> bytes:
    return hmac.new(secret, content, hashlib.sha256).digest()


def shopify(secret: bytes, body: bytes, at: datetime = NOW) -> dict[str, str]:
    return {"x-shopify-hmac-sha256": base64.b64encode(mac(secret, body)).decode()}


def generic_hex(secret: bytes, body: bytes, at: datetime = NOW) -> dict[str, str]:
    return {"x-signature": "sha256=" + mac(secret, body).hex()}


def standard(secret: bytes, body: bytes, at: datetime = NOW) -> dict[str, str]:
    sent = str(int(at.timestamp()))
    key = base64.b64decode(secret[6:]) if secret.startswith(b"whsec_") else secret
    signature = base64.b64encode(mac(key, b"msg_1." + sent.encode() + b"." + body)).decode()
    return {"webhook-id": "msg_1", "webhook-timestamp": sent, "webhook-signature": "v1," + signature}


def hubspot(secret: bytes, body: bytes, at: datetime = NOW, url: str = URL) -> dict[str, str]:
    sent = str(int(at.timestamp() * 1000))
    signature = base64.b64encode(mac(secret, b"POST" + url.encode() + body + sent.encode())).decode()
    return {"x-hubspot-request-timestamp": sent, "x-hubspot-signature-v3": signature}


def mailchimp(secret: bytes, body: bytes, at: datetime = NOW) -> dict[str, str]:
    sent = str(int(at.timestamp()))
    return {"x-mailchimp-signature": f"t={sent},v1={mac(secret, sent.encode() + b'.' + body).hex()}"}


def shopware(secret: bytes, body: bytes, at: datetime = NOW) -> dict[str, str]:
    return {"shopware-shop-signature": mac(secret, body).hex()}


def stamped(secret: bytes, body: bytes, at: datetime = NOW) -> dict[str, str]:
    sent = str(int(at.timestamp()))
    digest = hmac.new(secret, sent.encode() + b"." + body, hashlib.sha512).digest()
    return {"x-sent-at": sent, "x-hash": base64.b64encode(digest).decode()}


def sha1(secret: bytes, body: bytes, at: datetime = NOW) -> dict[str, str]:
    return {"x-hub-signature": "sha1=" + hmac.new(secret, body, hashlib.sha1).hexdigest()}


@dataclass(frozen=True, slots=True)
class Scheme:
    """A scheme with the header that carries its signature, and a genuine sender."""

    rule: Verify
    header: str
    sign: Callable[[bytes, bytes, datetime], dict[str, str]]

    def request(self, secret: bytes, body: bytes, at: datetime = NOW) -> Signed:
        return request(self.sign(secret, body, at), body)


SCHEMES = {
    "shopify": Scheme(SHOPIFY, "x-shopify-hmac-sha256", shopify),
    "generic-hex": Scheme(GENERIC_HEX, "x-signature", generic_hex),
    "standard-webhooks": Scheme(STANDARD, "webhook-signature", standard),
    "hubspot-v3": Scheme(HUBSPOT, "x-hubspot-signature-v3", hubspot),
    "mailchimp": Scheme(MAILCHIMP, "x-mailchimp-signature", mailchimp),
    "shopware": Scheme(SHOPWARE, "shopware-shop-signature", shopware),
    "stamped": Scheme(STAMPED, "x-hash", stamped),
    "hmac-sha1": Scheme(SHA1, "x-hub-signature", sha1),
}


def request(headers: Mapping[str, str], body: bytes = b"{}", url: str | None = URL) -> Signed:
    return Signed("POST", url, dict(headers), {}, body)


def with_header(signed: Signed, name: str, text: str) -> Signed:
    return replace(signed, headers={**signed.headers, name: text})


def without_header(signed: Signed, name: str) -> Signed:
    return replace(signed, headers={key: text for key, text in signed.headers.items() if key != name})


def vector(seed: int) -> tuple[bytes, bytes]:
    """A secret and a body, the same for the same seed."""
    source = Random(seed)
    secret = base64.b64encode(source.randbytes(24 + seed % 40))
    return (b"whsec_" + secret if seed % 2 else secret[:-1] + b"!"), source.randbytes(
        source.randrange(0, 4096)
    )


def flips(text: str) -> list[str]:
    """The text with each of its bits flipped in turn."""
    return [
        text[:place] + chr(ord(text[place]) ^ (1 << bit)) + text[place + 1 :]
        for place in range(len(text))
        for bit in range(8)
    ]
