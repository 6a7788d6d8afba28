"""Shopify: the webhooks of a shop by its GraphQL Admin API (shopify.dev/docs/api/admin-graphql).

An app sees its own webhooks only, and they are signed with the app's client secret. Topics that are duties
by law (`customers/redact`) cannot be subscribed to by the API: they stand in the app's own configuration
(shopify.dev/docs/apps/build/compliance/privacy-law-compliance).
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any, Final
from urllib.parse import urlencode

from connector.errors import DispatchError, Rejected, Transient, Unauthorized
from connector.platforms.proof import check, json_object, unproven
from connector.platforms.setting_up import Made, State, Step, Wanted
from connector.platforms.shops.hooks import Hook, steps
from connector.platforms.transport import Answer, Transport, classify

VERSION: Final = "2026-10"
"""The field `uri` is in it; each version is served for a year, and then the oldest that is still served."""
PAGE: Final = 100
MOST_PAGES: Final = 20
BY_LAW: Final = frozenset({"customers/redact", "customers/data_request", "shop/redact"})
TOPICS: Final = (
    "orders/create", "orders/updated", "orders/paid", "orders/cancelled", "orders/fulfilled",
    "orders/partially_fulfilled", "refunds/create", "fulfillments/create", "fulfillments/update",
    "carts/create", "carts/update", "checkouts/create", "checkouts/update", "customers/create",
    "customers/update", "customers_email_marketing_consent/update", "customers_marketing_consent/update",
    "customers/redact",
)  # fmt: skip
"""The topics among which a `*` of a source file chooses (shopify.dev/docs/api/webhooks)."""

_LIST: Final = """query ($first: Int!, $after: String) {
  webhookSubscriptions(first: $first, after: $after) {
    nodes { id topic uri } pageInfo { hasNextPage endCursor }
  }
}"""
_MAKE: Final = """mutation ($topic: WebhookSubscriptionTopic!, $hook: WebhookSubscriptionInput!) {
  webhookSubscriptionCreate(topic: $topic, webhookSubscription: $hook) {
    webhookSubscription { id topic uri } userErrors { field message }
  }
}"""
_CHANGE: Final = """mutation ($id: ID!, $hook: WebhookSubscriptionInput!) {
  webhookSubscriptionUpdate(id: $id, webhookSubscription: $hook) {
    webhookSubscription { id topic uri } userErrors { field message }
  }
}"""


class Shopify:
    """One shop, by its address (`https://NAME.myshopify.com`) and the app's credentials.

    `key` is an access token (`shpat_…`) of an app that was made in the shop's admin, or the client id of
    one of the Dev Dashboard: then `secret` is its client secret, and a token for a day is asked for by both
    (shopify.dev, Client credentials grant).
    """

    def __init__(self, url: str, key: str, secret: str | None, *, deadline: float = 30.0) -> None:
        headers = {"Accept": "application/json", "User-Agent": "loods"}
        self._transport = Transport(url, headers=headers, deadline=deadline, allow_plain=True)
        self._key, self._secret = key, secret
        self._token = key if key.startswith("shpat_") else None

    def plan(self, wanted: Wanted) -> list[Step]:
        """A step for each topic. Raises a DispatchError."""
        askable = [one for one in wanted.topics if one not in BY_LAW]
        asked = replace(wanted, topics=askable)
        body, names = {"uri": wanted.address, "format": "JSON"}, {_as_enum(one): one for one in askable}
        found = [_hook(one, names) for one in self._found()]
        return [*steps(found, asked, body), *_by_law(wanted)]

    def carry_out(self, step: Step) -> Made:
        """Make the webhook, or change it. Raises a DispatchError."""
        hook = {name: value for name, value in step.body.items() if name != "topic"}
        if step.id:
            done = self._changed("webhookSubscriptionUpdate", _CHANGE, {"id": step.id, "hook": hook})
        else:
            asked = {"topic": _as_enum(step.body["topic"]), "hook": hook}
            done = self._changed("webhookSubscriptionCreate", _MAKE, asked)
        return Made(str(done["id"]))

    def close(self) -> None:
        """Give up the connection."""
        self._transport.close()

    def _found(self) -> Iterator[Mapping[str, Any]]:
        after = None
        for _ in range(MOST_PAGES):
            answer, asked = self._asked(_LIST, {"first": PAGE, "after": after})
            match asked.get("webhookSubscriptions"):
                case {"nodes": list(nodes), "pageInfo": dict(page)}:
                    yield from (one for one in nodes if isinstance(one, dict))
                case _:
                    raise unproven(answer, "no list of webhooks")
            if not page.get("hasNextPage"):
                return
            after = page.get("endCursor")

    def _changed(self, name: str, query: str, variables: Mapping[str, Any]) -> Mapping[str, Any]:
        answer, asked = self._asked(query, variables)
        match asked.get(name):
            case {"userErrors": [dict(first), *_]}:
                raise Rejected(str(first.get("message")), status=answer.status)
            case {"webhookSubscription": {"id": str(), "uri": str(uri)} as made} if uri == _uri(variables):
                return dict(made)
            case _:
                raise unproven(answer, "no webhook")

    def _asked(self, query: str, variables: Mapping[str, Any]) -> tuple[Answer, Mapping[str, Any]]:
        body = json.dumps({"query": query, "variables": variables}).encode()
        headers = {"Content-Type": "application/json", "X-Shopify-Access-Token": self._access()}
        path = f"/admin/api/{VERSION}/graphql.json"
        answer = self._transport.request("POST", path, body=body, headers=headers)
        check(answer, classify(answer), (200,), once=True)
        found = json_object(answer)
        if isinstance(errors := found.get("errors"), list) and errors:
            raise _refused(errors[0])
        if not isinstance(asked := found.get("data"), dict):
            raise unproven(answer, "no data")
        return answer, asked

    def _access(self) -> str:
        if self._token is None:
            asked = {"client_id": self._key, "client_secret": self._secret or ""}
            body = urlencode({**asked, "grant_type": "client_credentials"}).encode()
            headers = {"Content-Type": "application/x-www-form-urlencoded"}
            answer = self._transport.request("POST", "/admin/oauth/access_token", body=body, headers=headers)
            check(answer, _of_token(answer), (200,), once=False)
            if not isinstance(token := json_object(answer).get("access_token"), str):
                raise unproven(answer, "no token")
            self._token = token
        return self._token


def _of_token(answer: Answer) -> DispatchError | None:
    """Whoever the app's credentials do not prove is answered 400 (RFC 6749, 5.2)."""
    refused = classify(answer)
    return Unauthorized(answer.words, status=answer.status) if isinstance(refused, Rejected) else refused


def _refused(error: object) -> DispatchError:
    """An error of GraphQL: its code is below `extensions` (shopify.dev, GraphQL Admin API, status codes)."""
    said = error if isinstance(error, dict) else {}
    code = str((said.get("extensions") or {}).get("code", ""))
    words = str(said.get("message") or code or "Shopify refuses it and does not say why")
    match code:
        case "THROTTLED" | "INTERNAL_SERVER_ERROR":
            return Transient(words, status=200, code=code.lower())
        case "ACCESS_DENIED":
            return Unauthorized(words, status=200, code=code.lower())
        case _:
            return Rejected(words, status=200, code=code.lower())


def _by_law(wanted: Wanted) -> list[Step]:
    told = f"enter {wanted.address} in the app's configuration, as an address for compliance webhooks"
    return [Step(State.BY_HAND, f"webhook {one}", told) for one in wanted.topics if one in BY_LAW]


def _hook(found: Mapping[str, Any], names: Mapping[str, str]) -> Hook:
    """`names` has the wanted topics by the enum's names; what nobody wants keeps that."""
    topic = str(found.get("topic"))
    return Hook(str(found.get("id")), names.get(topic, topic), str(found.get("uri")))


def _uri(variables: Mapping[str, Any]) -> str:
    return str(variables["hook"]["uri"])


def _as_enum(topic: str) -> str:
    """`orders/create` is ORDERS_CREATE there."""
    return topic.replace("/", "_").upper()
