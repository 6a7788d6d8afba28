"""Orders of a Shopify shop as its webhooks tell them: 4 KB each, all different, and repeatable by their seed.

The fields are those that `shopify.yaml` reads, so the shipped mapping has something to decide: who bought,
whether it is paid, how much it was. Nothing is random beyond the seed and the number of the order.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from itertools import count
from typing import Final

SIZE: Final = 4096
"""Bytes of a body."""

_SLOT: Final = re.compile(rb"@([A-Z]+)@")


@dataclass(frozen=True, slots=True)
class Orders:
    """The orders of one shop: the same `seed` and number give the same order, placed `at` that time.

    `people` customers buy in turn; None makes each order a person of its own.
    """

    seed: int
    at: datetime
    people: int | None = None
    _pieces: tuple[bytes, ...] = field(init=False, repr=False)

    def __post_init__(self) -> None:
        moment = self.at.isoformat(timespec="seconds").encode()
        with_time = _template().replace(b"@TIME@", moment)
        missing = SIZE - len(with_time) + _slots(with_time)
        whole = with_time.replace(b"@NOTE@", (b"Please ring twice. " * 200)[:missing])
        object.__setattr__(self, "_pieces", tuple(_SLOT.split(whole)))

    def body(self, number: int) -> bytes:
        """The order of this number, `SIZE` bytes."""
        one = b"%03d%09d" % (self.seed % 1000, number)
        who = one if self.people is None else b"%03d%09d" % (self.seed % 1000, number % self.people)
        chance = hashlib.blake2b(one, digest_size=4).digest()
        words = {
            b"ID": b"8" + one,
            b"WHO": b"6" + who,
            b"NAME": b"%05d" % (number % 100_000),
            b"TOTAL": b"%03d.%02d" % (20 + int.from_bytes(chance[:2]) % 900, chance[2] % 100),
            b"TOKEN": one,
        }
        pieces = list(self._pieces)
        pieces[1::2] = [words[name] for name in pieces[1::2]]
        return b"".join(pieces)


@dataclass(frozen=True, slots=True)
class Requests:
    """The orders as signed HTTP requests to `path`; the same number gives the same bytes."""

    orders: Orders
    secret: bytes
    host: str = "localhost"
    path: str = "/webhooks/shopify"

    def since(self, first: int) -> Iterator[bytes]:
        """The whole requests, from the order of this number on, without end."""
        head = self._head()
        for number in count(first):
            body = self.orders.body(number)
            signature = base64.b64encode(hmac.digest(self.secret, body, "sha256"))
            event = b"%08x-%012x" % (self.orders.seed, number)
            yield b"".join((head, event, b"\r\nX-Shopify-Hmac-Sha256: ", signature, b"\r\n\r\n", body))

    def _head(self) -> bytes:
        return (
            f"POST {self.path} HTTP/1.1\r\nHost: {self.host}\r\nAccept: */*\r\n"
            "User-Agent: Shopify-Captain-Hook\r\nContent-Type: application/json\r\n"
            f"Content-Length: {SIZE}\r\nX-Shopify-Topic: orders/create\r\n"
            "X-Shopify-Shop-Domain: bench.myshopify.com\r\nX-Shopify-API-Version: 2026-10\r\n"
            f"X-Shopify-Triggered-At: {self.orders.at.isoformat()}\r\nX-Shopify-Event-Id: "
        ).encode()


def _slots(text: bytes) -> int:
    """How many bytes the slots, and the note, take away or add when they are filled."""
    widths = {b"ID": 13, b"WHO": 13, b"NAME": 5, b"TOTAL": 6, b"TOKEN": 12, b"NOTE": 0}
    return sum(len(name) + 2 - widths[name] for name in _SLOT.findall(text))


def _template() -> bytes:
    """An order with slots where orders differ."""
    order = {
        "id": "@ID@", "admin_graphql_api_id": "gid://shopify/Order/@ID@", "app_id": 580111,
        "browser_ip": "192.0.2.7", "buyer_accepts_marketing": True, "cancel_reason": None,
        "cancelled_at": None, "cart_token": "c@TOKEN@", "checkout_token": "k@TOKEN@", "confirmed": True,
        "created_at": "@TIME@", "currency": "EUR", "current_total_price": "@TOTAL@",
        "contact_email": "buyer@WHO@@example.com",
        "customer_locale": "nl-NL", "discount_codes": [], "email": "buyer@WHO@@example.com",
        "estimated_taxes": False, "financial_status": "paid", "fulfillment_status": None, "name": "#@NAME@",
        "note": "@NOTE@", "payment_gateway_names": ["ideal"], "phone": None, "presentment_currency": "EUR",
        "processed_at": "@TIME@", "refunds": [], "source_name": "web", "subtotal_price": "@TOTAL@",
        "taxes_included": True, "test": False, "token": "t@TOKEN@", "total_discounts": "0.00",
        "total_price": "@TOTAL@", "total_tax": "3.47", "updated_at": "@TIME@",
        "total_shipping_price_set": {"shop_money": {"amount": "4.95", "currency_code": "EUR"}},
        "billing_address": _address(), "shipping_address": _address(),
        "customer": {
            "id": "@WHO@", "email": "buyer@WHO@@example.com", "first_name": "Eva", "last_name": "de Vries",
            "created_at": "@TIME@", "updated_at": "@TIME@", "state": "disabled", "verified_email": True,
            "currency": "EUR", "tags": "", "default_address": _address(),
        },
        "line_items": [_item(number) for number in range(5)],
    }  # fmt: skip
    text = json.dumps(order, separators=(",", ":")).encode()
    return re.sub(rb'"id":"(@[A-Z]+@)"', rb'"id":\1', text)


def _address() -> dict[str, object]:
    return {
        "first_name": "Eva", "last_name": "de Vries", "address1": "Keizersgracht 12", "address2": None,
        "city": "Amsterdam", "zip": "1015 CX", "province": None, "country": "Netherlands",
        "country_code": "NL", "company": None, "latitude": 52.3791, "longitude": 4.8896,
    }  # fmt: skip


def _item(number: int) -> dict[str, object]:
    return {
        "id": 4_000_000 + number, "product_id": 7_000 + number, "variant_id": 44_000 + number,
        "sku": f"LAMP-{number}", "title": f"Lamp {number}", "vendor": "Loods", "quantity": 1 + number,
        "price": "12.50", "total_discount": "0.00", "grams": 800, "requires_shipping": True,
        "taxable": True, "gift_card": False, "fulfillment_status": None, "properties": [],
        "price_set": {"shop_money": {"amount": "12.50", "currency_code": "EUR"}},
    }  # fmt: skip
