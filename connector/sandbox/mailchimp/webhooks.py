"""The webhooks of Mailchimp's audiences.

Answers are those of mailchimp.com/developer, Marketing API, list webhooks: the signing secret stands in the
answer to the call that makes one, and nowhere else. Two of one address are refused, also where only their
query differs. The real one asks the address with a GET before it takes it; this one does not.
"""

from __future__ import annotations

from collections.abc import Mapping
from hashlib import sha256

from pydantic import Field

from connector.sandbox.exchange import Answer, Body, Json, Request, as_json
from connector.sandbox.mailchimp.audiences import Audiences
from connector.sandbox.mailchimp.problems import invalid, not_found
from connector.sandbox.routing import Route

EVENTS = ("subscribe", "unsubscribe", "profile", "cleaned", "upemail", "campaign")
SOURCES = ("user", "admin", "api")
_TWICE = "Sorry, you can't set up multiple WebHooks for one URL"


class WebhookBody(Body):
    """A webhook as a body writes it; what is missing stays as it is."""

    url: str | None = None
    events: dict[str, bool] = Field(default_factory=dict)
    sources: dict[str, bool] = Field(default_factory=dict)


class Webhooks:
    """The webhooks of each audience, by their ids."""

    def __init__(self, audiences: Audiences) -> None:
        self._audiences = audiences
        self.held: dict[str, dict[str, Json]] = {}

    def routes(self) -> list[Route]:
        """The calls about the webhooks of an audience."""
        root = "/3.0/lists/{list}/webhooks"
        return [
            ("GET", root, self._all),
            ("POST", root, self._create),
            ("PATCH", f"{root}/{{id}}", self._change),
        ]

    def state(self) -> Mapping[str, list[Json]]:
        """The webhooks by audience."""
        return {audience: list(held.values()) for audience, held in self.held.items()}

    def _of(self, audience: str) -> dict[str, Json]:
        return self.held.setdefault(self._audiences.find(audience).id, {})

    def _all(self, request: Request, audience: str) -> Answer:
        held = self._of(audience)
        shown = {"webhooks": list(held.values()), "list_id": audience, "total_items": len(held)}
        return as_json(200, shown)

    def _create(self, request: Request, audience: str) -> Answer:
        wanted, held = request.read(WebhookBody), self._of(audience)
        url = wanted.url or ""
        if not url.startswith(("https://", "http://")):
            raise invalid(errors=[("url", "This value is not a valid URL.")])
        if any(_path(one["url"]) == _path(url) for one in held.values()):
            raise invalid(errors=[("url", _TWICE)])
        id_ = f"{len(held) + 1:010x}"
        held[id_] = {"id": id_, "url": url, "list_id": audience, "signing_enabled": True}
        held[id_] |= {
            "events": dict.fromkeys(EVENTS, False) | wanted.events,
            "sources": dict.fromkeys(SOURCES, False) | wanted.sources,
        }
        secret = sha256(f"{audience} {id_}".encode()).hexdigest()[:32]
        return as_json(200, held[id_] | {"signing_secret": secret})

    def _change(self, request: Request, audience: str, id_: str) -> Answer:
        wanted, found = request.read(WebhookBody), self._of(audience).get(id_)
        if found is None:
            raise not_found()
        found["url"] = wanted.url or found["url"]
        found["events"] |= wanted.events
        found["sources"] |= wanted.sources
        return as_json(200, found)


def _path(url: str) -> str:
    return url.partition("?")[0].rstrip("/")
