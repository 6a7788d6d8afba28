"""A Mailchimp account: its audiences, their members and what happens to them.

Paths, statuses and documents are those of Mailchimp's Marketing API 3.0 and its client 3.0.80. One thing is
simpler: everybody who is unsubscribed or cleaned counts as having left by themselves, so that the API can
subscribe none of them again, while Mailchimp allows it for those whom the account itself had unsubscribed.
"""

from __future__ import annotations

import json
import re
from base64 import b64decode
from binascii import Error as NotBase64
from datetime import datetime
from importlib.resources import files

from pydantic import ValidationError

from connector.sandbox.exchange import Answer, Json, Refused, Request, as_json
from connector.sandbox.limits import Limits
from connector.sandbox.mailchimp import problems
from connector.sandbox.mailchimp.activity import Activity, seconds
from connector.sandbox.mailchimp.audiences import Audience, Audiences, Member, seeded
from connector.sandbox.mailchimp.automations import Automations
from connector.sandbox.mailchimp.batches import Batches
from connector.sandbox.mailchimp.campaigns import Campaigns
from connector.sandbox.mailchimp.fields import chosen
from connector.sandbox.mailchimp.members import Members
from connector.sandbox.mailchimp.stores import Stores
from connector.sandbox.mailchimp.trade import Trade
from connector.sandbox.mailchimp.webhooks import Webhooks
from connector.sandbox.routing import Router

REVOKED = "revoked-us21"
_FORM = re.compile(r".+-[a-z]{2}\d{1,3}", re.ASCII)
"""A key ends in the data centre of its account (mailchimp.com/developer, Marketing API, Fundamentals); an
OAuth token, which comes as Bearer, does not."""


class Mailchimp:
    """An account as it is before anybody used it."""

    def __init__(self, limits: Limits, now: datetime) -> None:
        seed = json.loads(files("connector.sandbox").joinpath("mailchimp.json").read_text(encoding="utf-8"))
        self._held: dict[str, Audience] = {one["id"]: seeded(one) for one in seed["audiences"]}
        audiences = Audiences(self._held)
        self._activity = Activity(audiences, self._held)
        self._automations = Automations(self._held)
        self._stores = Stores(audiences, self._held)
        members = Members(audiences)
        people = (audiences, members, Batches(audiences, members), self._activity, self._automations)
        self._webhooks = Webhooks(audiences)
        self._campaigns = Campaigns(self._held)
        rooms = (*people, self._stores, Trade(self._stores), self._webhooks, self._campaigns)
        own = [("GET", "/3.0", self._root), ("GET", "/3.0/ping", self._ping)]
        self._router = Router([*own, *(route for room in rooms for route in room.routes())])
        self._limit = limits.mailchimp_connections
        self._since = now

    def answer(self, request: Request, under_way: int) -> Answer:
        """What Mailchimp says to this call while `under_way` calls, this one included, are."""
        try:
            self._admit(request, under_way)
            answer = self._router.answer(request)
            if answer is None:
                raise problems.not_found()
        except ValidationError as error:
            return _refusal(problems.unreadable(error))
        except Refused as refusal:
            return _refusal(refusal)
        return chosen(request, answer)

    def state(self) -> Json:
        """What the account holds; members by e-mail address in lower case, over all audiences."""
        people = [
            (audience, member) for audience in self._held.values() for member in audience.members.values()
        ]
        return {
            "audiences": {audience.id: audience.shown() for audience in self._held.values()},
            "members": {
                member.email.lower(): _held(audience, member) for audience, member in reversed(people)
            },
            "events": [
                event | {"email_address": member.email} for _, member in people for event in member.events
            ],
            "journeys": self._activity.journeys,
            "queued": self._automations.queued,
            "stores": {id_: store.state() for id_, store in self._stores.held.items()},
            "webhooks": self._webhooks.state(),
        }

    def _admit(self, request: Request, under_way: int) -> None:
        authorization = request.headers.get("authorization", "")
        key = _key(authorization)
        if not key:
            raise problems.key_missing()
        is_malformed = authorization.lower().startswith("basic") and not _FORM.fullmatch(key)
        if key == REVOKED or is_malformed:
            raise problems.key_invalid()
        if self._limit is not None and under_way > self._limit:
            raise problems.too_many_connections(self._limit)

    def _ping(self, request: Request) -> Answer:
        return as_json(200, {"health_status": "Everything's Chimpy!"})

    def _root(self, request: Request) -> Answer:
        account = {
            "account_id": "8d3a3db4d97663a9074efcc16",
            "login_id": "20260101",
            "account_name": "Loods sandbox",
            "email": "owner@example.com",
            "role": "owner",
            "member_since": seconds(self._since),
            "total_subscribers": sum(
                audience.shown()["stats"]["member_count"] for audience in self._held.values()
            ),
        }
        return as_json(200, account)


def _key(authorization: str) -> str:
    """The key of a Basic header, whatever its user, or a Bearer token; empty where there is neither."""
    scheme, _, credentials = authorization.partition(" ")
    if scheme.lower() == "bearer":
        return credentials
    if scheme.lower() != "basic":
        return ""
    try:
        return b64decode(credentials, validate=True).decode(errors="replace").partition(":")[2]
    except NotBase64:
        return ""


def _held(audience: Audience, member: Member) -> Json:
    return {
        "id": member.id,
        "list_id": audience.id,
        "email_address": member.email,
        "status": member.status,
        "merge_fields": member.merge_fields,
        "tags": list(member.tags),
        "notes": [note["note"] for note in member.notes],
        **member.facts,
    }


def _refusal(refusal: Refused) -> Answer:
    return as_json(refusal.status, refusal.document, problems.CONTENT_TYPE)
