"""Senders of every kind: their bodies, their signatures, and what happens to their requests on the way."""

from __future__ import annotations

import base64
import hmac
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from hashlib import sha256, sha512
from random import Random
from typing import Final

from tests.faults.fuzz.bodies import form_body, hubspot_body, json_body, slipped
from tests.faults.fuzz.sent import PUBLIC_URL, SECRET, Sent
from tests.faults.fuzz.slips import SLIPS


@dataclass(frozen=True, slots=True)
class Sender:
    """How one kind of sender makes and signs its posts."""

    body: Callable[[Random], bytes]
    sign: Callable[[bytes, int], Mapping[str, str]]
    media: str = "application/json"
    topics: tuple[tuple[str, str], ...] = ()


def _mac(content: bytes, kind: str = "sha256") -> bytes:
    return hmac.new(SECRET.encode(), content, kind).digest()


def _base64(digest: bytes) -> str:
    return base64.b64encode(digest).decode()


def _hubspot(body: bytes, now: int) -> Mapping[str, str]:
    sent = str(now * 1000)
    covered = f"POST{PUBLIC_URL}/webhooks/hubspot".encode() + body + sent.encode()
    return {"X-HubSpot-Request-Timestamp": sent, "X-HubSpot-Signature-v3": _base64(_mac(covered))}


def _standard(body: bytes, now: int) -> Mapping[str, str]:
    message = f"msg_{sha256(body).hexdigest()[:20]}"
    key = base64.b64decode(SECRET.removeprefix("whsec_"))
    digest = hmac.new(key, f"{message}.{now}.".encode() + body, sha256).digest()
    return {
        "webhook-id": message,
        "webhook-timestamp": str(now),
        "webhook-signature": f"v1,{_base64(digest)}",
    }


def _mailchimp(body: bytes, now: int) -> Mapping[str, str]:
    return {"X-Mailchimp-Signature": f"t={now},v1={_mac(f'{now}.'.encode() + body).hex()}"}


def _stamped(body: bytes, now: int) -> Mapping[str, str]:
    digest = hmac.new(SECRET.encode(), f"{now}.".encode() + body, sha512).digest()
    return {"X-Sent-At": str(now), "X-Hash": _base64(digest)}


SENDERS: Final[Mapping[str, Sender]] = {
    "shopify": Sender(
        json_body,
        lambda body, now: {"X-Shopify-Hmac-Sha256": _base64(_mac(body))},
        topics=(("X-Shopify-Topic", "orders/create"), ("X-Shopify-Topic", "checkouts/update")),
    ),
    "woocommerce": Sender(
        json_body,
        lambda body, now: {"X-WC-Webhook-Signature": _base64(_mac(body))},
        topics=(("X-WC-Webhook-Topic", "order.created"), ("X-WC-Webhook-Topic", "customer.updated")),
    ),
    "hubspot": Sender(hubspot_body, _hubspot),
    "mailchimp": Sender(form_body, _mailchimp, "application/x-www-form-urlencoded"),
    "website": Sender(json_body, _standard),
    "partner": Sender(json_body, lambda body, now: {"X-Api-Token": SECRET}),
    "stamped": Sender(json_body, _stamped),
    "open": Sender(form_body, lambda body, now: {}, "application/x-www-form-urlencoded"),
}


def request(chance: Random, now: int) -> Sent:
    """The next request. Half of them are genuine, so that what follows the signature is reached."""
    name = chance.choice(tuple(SENDERS))
    sender = SENDERS[name]
    body = sender.body(chance)
    if chance.random() < 0.25:
        body = slipped(chance, body)
    topics = (chance.choice(sender.topics),) if sender.topics else ()
    said = {"Content-Type": sender.media, **dict(topics), **sender.sign(body, now)}
    headers = tuple((key.encode(), words.encode()) for key, words in said.items())
    made = Sent("POST", f"/webhooks/{name}", b"", headers, body, len(body))
    for _ in range(chance.choice((0, 0, 1, 2))):
        made = chance.choice(SLIPS)(chance, made)
    return made
