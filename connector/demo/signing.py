"""Signs webhooks as their senders do, so that the demo goes through the front door."""

from __future__ import annotations

import base64
import hashlib
import hmac
from datetime import datetime


def sign(scheme: str, secret: str, body: bytes, url: str, delivery: str, now: datetime) -> dict[str, str]:
    """The headers by which a sender of this scheme proves that `body` is its own."""
    match scheme:
        case "woocommerce":
            return {"X-WC-Webhook-Signature": _base64(secret.encode(), body)}
        case "shopify":
            return {"X-Shopify-Hmac-Sha256": _base64(secret.encode(), body)}
        case "mailchimp":
            at = str(int(now.timestamp()))
            return {"X-Mailchimp-Signature": f"t={at},v1={_hex(secret.encode(), at.encode() + b'.' + body)}"}
        case "hubspot":
            at = str(int(now.timestamp() * 1000))
            signed = b"POST" + url.encode() + body + at.encode()
            return {
                "X-HubSpot-Signature-v3": _base64(secret.encode(), signed),
                "X-HubSpot-Request-Timestamp": at,
            }
        case "json":
            at = str(int(now.timestamp()))
            signed = f"{delivery}.{at}.".encode() + body
            key = base64.b64decode(secret.removeprefix("whsec_"))
            return {
                "webhook-id": delivery,
                "webhook-timestamp": at,
                "webhook-signature": f"v1,{_base64(key, signed)}",
            }
        case _:
            raise ValueError(f"nobody signs as {scheme!r}")


def _base64(secret: bytes, signed: bytes) -> str:
    return base64.b64encode(hmac.new(secret, signed, hashlib.sha256).digest()).decode()


def _hex(secret: bytes, signed: bytes) -> str:
    return hmac.new(secret, signed, hashlib.sha256).hexdigest()
