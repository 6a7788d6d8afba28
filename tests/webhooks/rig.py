"""A receiver with doors of every scheme, an inbox in memory, and a clock that stands still."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import ParamSpec

from werkzeug.test import Client, TestResponse

from connector.errors import StoreError
from connector.mapping.load import load_source
from connector.mapping.source import Source
from connector.model.delivery import Delivery
from connector.store.inbox import Received
from tests.webhooks.signing import NOW, hubspot, mailchimp, shopify, standard
from webhooks.door import Door
from webhooks.front import Front
from webhooks.pages import create_pages
from webhooks.receive import Receiver, Shelf
from webhooks.shedding import Room
from webhooks.wsgi import Wsgi

Given = ParamSpec("Given")
THREADS = ThreadPoolExecutor(2)

SECRET = b"a-secret-of-at-least-24-bytes"
PUBLIC_URL = "https://hooks.example.com"
JSON = "application/json"
FORM = "application/x-www-form-urlencoded"


@cache
def source(name: str) -> Source:
    """One of the sources of these tests."""
    file = Path(__file__).parent / "sources" / f"{name}.yaml"
    return load_source(file.read_text(encoding="utf-8"), file.name)


class Inbox:
    """Deliveries in memory, as the store keeps them: a repeat is the same connection and fingerprint."""

    def __init__(self) -> None:
        self.waiting: list[Delivery] = []
        self.failed: list[tuple[Delivery, str, str]] = []
        self.is_broken = False
        self._known: dict[tuple[str, str], str] = {}

    def receive(self, deliveries: Sequence[Delivery]) -> list[Received]:
        received = [self._note(delivery) for delivery in deliveries]
        self.waiting += [one for one, seen in zip(deliveries, received, strict=True) if seen.is_new]
        return received

    def keep_failed(self, delivery: Delivery, reason: str, path: str) -> list[Received]:
        received = self._note(delivery)
        self.failed += [(delivery, reason, path)] if received.is_new else []
        return [received]

    def _note(self, delivery: Delivery) -> Received:
        if self.is_broken:
            raise StoreError("the disk is full")
        key = (delivery.connection, delivery.fingerprint)
        is_new = key not in self._known
        return Received(self._known.setdefault(key, f"id-{len(self._known)}"), is_new)


def soon(store: Callable[Given, list[Received]]) -> Callable[Given, Future[list[Received]]]:
    """The same at once, as a store promises it."""

    def stored(*words: Given.args, **named: Given.kwargs) -> Future[list[Received]]:
        done: Future[list[Received]] = Future()
        try:
            done.set_result(store(*words, **named))
        except StoreError as error:
            done.set_exception(error)
        return done

    return stored


class Rig:
    """The application as bootstrap would make it, and what came of what was posted."""

    def __init__(self) -> None:
        self.doors = {name: self.door(name) for name in NAMES}
        self.inbox = Inbox()
        self.checks: Mapping[str, bool | str] = {"store": True, "processor": True}
        self.now: datetime = NOW
        self.is_clock_doubtful = False
        self.wakes = 0
        self.room = Room(time.monotonic, lambda: self.is_over_mark)
        self.is_over_mark = False
        shelf = Shelf(soon(self.inbox.receive), soon(self.inbox.keep_failed), self._wake)
        self.front = self.fronted(shelf)

    @property
    def app(self) -> Wsgi:
        return Wsgi(self.front)

    @property
    def client(self) -> Client:
        return Client(self.app)

    @property
    def counts(self) -> dict[tuple[str, str], int]:
        return self.front.receiver.counter.by_connection()

    def fronted(self, shelf: Shelf) -> Front:
        """The same house with other shelves."""
        receiver = Receiver(self.doors.get, shelf, lambda: self.now, self.room)
        return Front(receiver, create_pages(lambda: self.checks, receiver.counter), THREADS)

    def door(self, name: str, *secrets: bytes, is_missing_secret: bool = False) -> Door:
        known = secrets or ((SECRET,) if name != "open" else ())
        return Door(name, source(name), known, PUBLIC_URL, is_missing_secret, lambda: self.is_clock_doubtful)

    def post(
        self, path: str, body: bytes, headers: Mapping[str, str] | None = None, media_type: str | None = JSON
    ) -> TestResponse:
        said = dict(headers or {}) | ({"Content-Type": media_type} if media_type is not None else {})
        return self.client.post(f"/webhooks/{path}", data=body, headers=said)

    def _wake(self) -> None:
        self.wakes += 1


NAMES = ("shopify", "woocommerce", "hubspot", "mailchimp", "website", "partner", "open")


def genuine(name: str, body: bytes, secret: bytes = SECRET) -> dict[str, str]:
    """The headers with which the sender of this name would post the body now."""
    sign = SENDERS.get(name)
    return sign(secret, body) if sign else {}


def _shopify(secret: bytes, body: bytes) -> dict[str, str]:
    return shopify(secret, body) | {"X-Shopify-Topic": "orders/create", "X-Shopify-Event-Id": "e1"}


def _woocommerce(secret: bytes, body: bytes) -> dict[str, str]:
    signature = shopify(secret, body)["x-shopify-hmac-sha256"]
    return {"X-WC-Webhook-Topic": "order.created", "X-WC-Webhook-Signature": signature}


def _hubspot(secret: bytes, body: bytes) -> dict[str, str]:
    return hubspot(secret, body, url=f"{PUBLIC_URL}/webhooks/hubspot")


def _partner(secret: bytes, body: bytes) -> dict[str, str]:
    return {"X-Api-Token": secret.decode()}


SENDERS: dict[str, Callable[[bytes, bytes], dict[str, str]]] = {
    "shopify": _shopify,
    "woocommerce": _woocommerce,
    "hubspot": _hubspot,
    "mailchimp": mailchimp,
    "website": standard,
    "partner": _partner,
}
