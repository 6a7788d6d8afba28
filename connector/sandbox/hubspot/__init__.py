"""A HubSpot portal: one account with contacts, what belongs to them, lists and what happens to them.

Paths, statuses and documents are those of HubSpot's v3 and v4 API and its client 12.0.0, which are served
by their dated paths too; where HubSpot's documentation is silent the modules say what was chosen.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import datetime, timedelta
from importlib.resources import files

from pydantic import ValidationError

from connector.sandbox.exchange import Answer, Json, Refused, Request, as_json, instant
from connector.sandbox.hubspot.account import Account
from connector.sandbox.hubspot.automation import Automation
from connector.sandbox.hubspot.book import ContactBook
from connector.sandbox.hubspot.contacts import Contacts
from connector.sandbox.hubspot.email_events import EmailEvents
from connector.sandbox.hubspot.engagements import Engagements
from connector.sandbox.hubspot.enrollments import Enrollments
from connector.sandbox.hubspot.forms import Forms
from connector.sandbox.hubspot.forms import seeded as seeded_form
from connector.sandbox.hubspot.kinds import ENGAGEMENTS, KINDS, Kind, standing
from connector.sandbox.hubspot.lists import ContactList, Lists
from connector.sandbox.hubspot.objects import Objects
from connector.sandbox.hubspot.owners import Owners
from connector.sandbox.hubspot.owners import seeded as seeded_owner
from connector.sandbox.hubspot.pipelines import Pipelines
from connector.sandbox.hubspot.properties import Property, seeded
from connector.sandbox.hubspot.records import Ids
from connector.sandbox.hubspot.refusals import not_found, too_many, unknown_credentials, unreadable
from connector.sandbox.hubspot.schema import Schema
from connector.sandbox.hubspot.search import Search
from connector.sandbox.hubspot.subscriptions import Subscriptions
from connector.sandbox.hubspot.versions import redated, undated
from connector.sandbox.limits import Limits, Window
from connector.sandbox.routing import Room, Router

REVOKED = "pat-revoked"

ENDLESS = 1_000_000
"""What the headers of a portal without limits say, so that nobody waits for its turn."""


class HubSpot:
    """A portal as it is before anybody used it."""

    def __init__(self, limits: Limits, now: datetime) -> None:
        seed = json.loads(files("connector.sandbox").joinpath("hubspot.json").read_text(encoding="utf-8"))
        ids = Ids()
        contacts = {one["name"]: seeded(one) for one in seed["contact_properties"]}
        schema = Schema({"contacts": contacts} | {kind.name: _properties(seed, kind) for kind in KINDS})
        self._book = ContactBook(contacts, ids)
        owners = Owners({one["id"]: seeded_owner(one, instant(now)) for one in seed["owners"]})
        self._objects = [
            Objects(kind, schema.known[kind.name], ids, self._book.held, owners.held) for kind in KINDS
        ]
        self._lists = Lists(self._book.held, ids, _lists(seed["lists"]))
        self._enrollments = Enrollments(self._book, owners, ids)
        self._subscriptions = Subscriptions(tuple(seed["subscriptions"]))
        search = Search(self._book.held, contacts)
        engagements = (Engagements(one) for one in self._objects if one.kind in ENGAGEMENTS)
        self._email_events = EmailEvents()
        self._forms = Forms({one["id"]: seeded_form(one, instant(now)) for one in seed["forms"]})
        polled: tuple[Room, ...] = (*engagements, self._email_events, self._forms)
        read = Pipelines(seed["pipelines"]), _automation(seed, owners, ids)
        acting: tuple[Room, ...] = (
            Contacts(self._book),
            *self._objects,
            self._lists,
            self._enrollments,
            self._subscriptions,
        )
        rooms = (*acting, *polled, search, owners, schema, Account(), *read)
        self._router = Router(route for room in rooms for route in room.routes())
        self._rolling = Window(limits.hubspot_per_ten_seconds, timedelta(seconds=10), ENDLESS)
        self._daily = Window(limits.hubspot_per_day, timedelta(days=1), ENDLESS)
        self._searches = Window(limits.hubspot_searches_per_second, timedelta(seconds=1), 5)

    def answer(self, request: Request) -> Answer:
        """What HubSpot says to this call."""
        try:
            self._admit(request)
            answer = self._router.answer(undated(request))
            if answer is None:
                raise not_found(f"No route for {request.method} {request.path}")
        except ValidationError as error:
            return _refusal(unreadable(error))
        except Refused as refusal:
            return _refusal(refusal)
        return self._with_limits(request, redated(request, answer))

    def state(self) -> Json:
        """What the portal holds."""
        return {
            "contacts": {id_: record.held() for id_, record in self._book.held.items()},
            **{
                one.kind.name: {id_: record.held() for id_, record in one.held.items()}
                for one in self._objects
            },
            "lists": self._lists.state(),
            "enrollments": self._enrollments.held,
            "events": self._enrollments.events,
            "unsubscribed": self._subscriptions.state(),
            "email_events": self._email_events.held,
            "submitted": self._forms.submitted,
        }

    def _admit(self, request: Request) -> None:
        scheme, _, token = request.headers.get("authorization", "").partition(" ")
        if scheme.lower() != "bearer" or not token.startswith("pat-") or token == REVOKED:
            raise unknown_credentials()
        if _is_search(request) and not self._searches.take(request.at):
            raise too_many("SECONDLY", "You have reached your secondly limit.")
        if not self._daily.take(request.at):
            raise too_many("DAILY", "You have reached your daily limit.")
        if not self._rolling.take(request.at):
            raise too_many("TEN_SECONDLY_ROLLING", "You have reached your ten_secondly_rolling limit.")

    def _with_limits(self, request: Request, answer: Answer) -> Answer:
        if _is_search(request):
            return answer
        headers = {
            "X-HubSpot-RateLimit-Max": str(self._rolling.size),
            "X-HubSpot-RateLimit-Remaining": str(self._rolling.left(request.at)),
            "X-HubSpot-RateLimit-Interval-Milliseconds": "10000",
            "X-HubSpot-RateLimit-Daily": str(self._daily.size),
            "X-HubSpot-RateLimit-Daily-Remaining": str(self._daily.left(request.at)),
        }
        return Answer(answer.status, answer.body, answer.content_type, headers)


def _properties(seed: Json, kind: Kind) -> dict[str, Property]:
    written = {one["name"]: seeded(one) for one in seed["properties"][kind.name]}
    return {**written, **standing(kind)}


def _automation(seed: Json, owners: Owners, ids: Ids) -> Automation:
    flows = {one["id"]: dict(one) for one in seed["flows"]}
    return Automation(flows, {one["id"]: one for one in seed["sequences"]}, {}, owners, ids)


def _lists(seed: Sequence[Json]) -> dict[str, ContactList]:
    return {one["listId"]: ContactList(one["listId"], one["name"], one["processingType"]) for one in seed}


def _is_search(request: Request) -> bool:
    return request.path.endswith("/search")


def _refusal(refusal: Refused) -> Answer:
    return as_json(refusal.status, refusal.document)
