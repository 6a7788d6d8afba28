"""A WooCommerce shop's webhooks, by its REST API.

Answers are those of WooCommerce's class-wc-rest-webhooks-v1-controller.php and its version 2. The real one
takes HTTP Basic over https only, and posts a ping to a new webhook.
"""

from __future__ import annotations

from base64 import b64decode
from binascii import Error as NotBase64
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from pydantic import ValidationError

from connector.sandbox.exchange import Answer, Body, Json, Refused, Request, as_json
from connector.sandbox.routing import Route, Router

ROOT = "/wp-json/wc/v3/webhooks"
REVOKED = "ck_revoked"
TOPICS = frozenset(
    f"{resource}.{event}"
    for resource in ("coupon", "customer", "order", "product")
    for event in ("created", "updated", "deleted", "restored")
) - {"customer.restored"}


class WebhookBody(Body):
    """A webhook as a body writes it; what is missing stays as it is."""

    name: str = ""
    topic: str = ""
    delivery_url: str = ""
    secret: str = ""
    status: str = ""


@dataclass
class Webhook:
    """A webhook of the shop; its secret is never shown."""

    id: int
    said: dict[str, str]
    secret: str
    created_at: datetime

    def shown(self) -> Json:
        """The webhook as the API shows it."""
        resource, _, event = self.said["topic"].partition(".")
        at = self.created_at.strftime("%Y-%m-%dT%H:%M:%S")
        dates = {"date_created": at, "date_created_gmt": at, "date_modified": at, "date_modified_gmt": at}
        return {"id": self.id, **self.said, "resource": resource, "event": event, "hooks": [], **dates}


@dataclass
class WooCommerce:
    """A shop without any webhook. Every key (`ck_…`) but the revoked one may do all."""

    held: dict[int, Webhook] = field(default_factory=dict)

    def __post_init__(self) -> None:
        routes: list[Route] = [
            ("GET", ROOT, self._all),
            ("POST", ROOT, self._create),
            ("PUT", f"{ROOT}/{{id}}", self._change),
        ]
        self._router = Router(routes)

    def answer(self, request: Request) -> Answer:
        """What the shop says to this call."""
        try:
            if not _key(request.headers.get("authorization", "")).startswith("ck_"):
                raise _refused(401, "woocommerce_rest_cannot_view", "Sorry, you cannot list resources.")
            answer = self._router.answer(request)
        except ValidationError:
            return _document(_refused(400, "rest_invalid_json", "Invalid JSON body passed."))
        except Refused as refusal:
            return _document(refusal)
        words = "No route was found matching the URL and request method."
        return answer or _document(_refused(404, "rest_no_route", words))

    def state(self) -> list[Json]:
        """Every webhook with its secret."""
        return [one.shown() | {"secret": one.secret} for one in self.held.values()]

    def _all(self, request: Request) -> Answer:
        size, page = request.number("per_page", 10, 100), request.number("page", 1, 10**6)
        found = [one.shown() for one in reversed(self.held.values())]
        return as_json(200, found[(page - 1) * size : page * size])

    def _create(self, request: Request) -> Answer:
        wanted = request.read(WebhookBody)
        _check(wanted)
        said = {"name": wanted.name or "Webhook", "status": "active", "topic": wanted.topic}
        made = Webhook(len(self.held) + 1, said | {"delivery_url": wanted.delivery_url}, "", request.at)
        made.secret = wanted.secret or "made-by-the-shop"
        self.held[made.id] = made
        return as_json(201, made.shown())

    def _change(self, request: Request, id_: str) -> Answer:
        found = self.held.get(int(id_)) if id_.isdecimal() else None
        if found is None:
            raise _refused(400, "woocommerce_rest_shop_webhook_invalid_id", "ID is invalid.")
        wanted: dict[str, Any] = request.read(WebhookBody).model_dump(exclude={"secret"})
        found.said |= {name: value for name, value in wanted.items() if value}
        return as_json(200, found.shown())


def _check(wanted: WebhookBody) -> None:
    if wanted.topic.lower() not in TOPICS:
        words = "Webhook topic is required and must be valid."
        raise _refused(400, "woocommerce_rest_shop_webhook_invalid_topic", words)
    if not wanted.delivery_url.startswith(("https://", "http://")):
        words = "Webhook delivery URL must be a valid URL starting with http:// or https://."
        raise _refused(400, "woocommerce_rest_shop_webhook_invalid_delivery_url", words)


def _key(authorization: str) -> str:
    scheme, _, credentials = authorization.partition(" ")
    try:
        key = b64decode(credentials, validate=True).decode(errors="replace").partition(":")[0]
    except NotBase64:
        return ""
    return key if scheme.lower() == "basic" and key != REVOKED else ""


def _refused(status: int, code: str, words: str) -> Refused:
    return Refused(status, {"code": code, "message": words, "data": {"status": status}})


def _document(refusal: Refused) -> Answer:
    return as_json(refusal.status, refusal.document)
