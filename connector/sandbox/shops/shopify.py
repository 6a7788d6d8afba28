"""A Shopify shop's webhooks of one app, by the GraphQL Admin API.

It does not read GraphQL: it knows the query and the two mutations about webhooks by their names, and
answers with the fields that there are (shopify.dev/docs/api/admin-graphql, webhookSubscriptions,
webhookSubscriptionCreate, webhookSubscriptionUpdate). The token is that of shopify.dev, Client credentials
grant.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qs

from pydantic import Field, ValidationError

from connector.sandbox.exchange import Answer, Body, Json, Refused, Request, as_json
from connector.sandbox.routing import Route, Router

TOKEN = "shpat_of-the-app"  # noqa: S105 - the sandbox's own, of no other use
REVOKED = "shpat_revoked"


class Asked(Body):
    """A query with its variables."""

    query: str
    variables: dict[str, Any] = Field(default_factory=dict)


@dataclass
class Shopify:
    """A shop whose app has no webhook yet. Every client id but `revoked` gets a token."""

    held: dict[str, Json] = field(default_factory=dict)

    def __post_init__(self) -> None:
        routes: list[Route] = [
            ("POST", "/admin/oauth/access_token", self._token),
            ("POST", "/admin/api/{version}/graphql.json", self._graphql),
        ]
        self._router = Router(routes)

    def answer(self, request: Request) -> Answer:
        """What the shop says to this call."""
        try:
            answer = self._router.answer(request)
        except ValidationError:
            return as_json(400, {"errors": {"query": "Required parameter missing or invalid"}})
        except Refused as refusal:
            return as_json(refusal.status, refusal.document)
        return answer or as_json(404, {"errors": "Not Found"})

    def state(self) -> list[Json]:
        """Every webhook of the app."""
        return list(self.held.values())

    def _token(self, request: Request) -> Answer:
        asked = parse_qs(request.body.decode())
        if asked.get("grant_type") != ["client_credentials"] or asked.get("client_id") == ["revoked"]:
            words = "App with the given credentials was not found"
            return as_json(400, {"error": "application_cannot_be_found", "error_description": words})
        return as_json(200, {"access_token": TOKEN, "scope": "read_orders", "expires_in": 86399})

    def _graphql(self, request: Request, version: str) -> Answer:
        token = request.headers.get("x-shopify-access-token", "")
        if not token.startswith("shpat_") or token == REVOKED:
            words = "[API] Invalid API key or access token (unrecognized login or wrong password)"
            raise Refused(401, {"errors": words})
        asked = request.read(Asked)
        names: dict[str, Callable[[Json], Json]] = {
            "webhookSubscriptionCreate": self._create,
            "webhookSubscriptionUpdate": self._update,
            "webhookSubscriptions": self._all,
        }
        name = next((one for one in names if one in asked.query), None)
        if name is None:
            return as_json(200, {"errors": [{"message": "Field doesn't exist on type 'QueryRoot'"}]})
        return as_json(200, {"data": {name: names[name](asked.variables)}})

    def _all(self, variables: Json) -> Json:
        ids = list(self.held)
        start = ids.index(variables["after"]) + 1 if variables.get("after") else 0
        page = ids[start : start + int(variables.get("first", 10))]
        more = {"hasNextPage": start + len(page) < len(ids), "endCursor": page[-1] if page else None}
        return {"nodes": [self.held[one] for one in page], "pageInfo": more}

    def _create(self, variables: Json) -> Json:
        topic, uri = variables["topic"], variables["hook"]["uri"]
        if any((one["topic"], one["uri"]) == (topic, uri) for one in self.held.values()):
            return _error("webhookSubscription.uri", "Address for this topic has already been taken")
        id_ = f"gid://shopify/WebhookSubscription/{len(self.held) + 1}"
        self.held[id_] = {"id": id_, "topic": topic, "uri": uri}
        return {"webhookSubscription": self.held[id_], "userErrors": []}

    def _update(self, variables: Json) -> Json:
        if variables["id"] not in self.held:
            return _error("id", "Webhook subscription does not exist")
        self.held[variables["id"]]["uri"] = variables["hook"]["uri"]
        return {"webhookSubscription": self.held[variables["id"]], "userErrors": []}


def _error(where: str, message: str) -> Json:
    return {"webhookSubscription": None, "userErrors": [{"field": where.split("."), "message": message}]}
