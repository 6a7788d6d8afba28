"""Accounts at HubSpot and Mailchimp at which people do things, and the poller that asks what they did."""

from __future__ import annotations

import json
from datetime import datetime, timedelta
from functools import partial
from typing import Any, Final
from urllib.request import Request, urlopen

from connector.bootstrap.doors import Doors
from connector.bootstrap.polling import feeds_of
from connector.model.delivery import Delivery
from connector.platforms.polling import milliseconds
from connector.runtime.live import Live
from connector.runtime.polling import Poller
from connector.store import cursors
from connector.store.cursors import Cursor
from connector.store.database import Store
from connector.store.lease import SureLease
from tests.runtime.shop import AUDIENCE, Shop

QUOTE: Final = "0f1b8a52-6c1e-4e0c-9a1b-5a3f0a6d7c01"
GUIDE: Final = "7c2d9b63-7d2f-4f1d-8b2c-6b4f1b7e8d02"
EVA: Final = "eva@example.com"


class Portal:
    """Whatever is done here happens at the platforms alone; `polls` is what brings it to us."""

    def __init__(self, shop: Shop) -> None:
        self.shop = shop
        self._events = 0

    def fills_in(self, email: str | None, at: datetime, form: str = QUOTE, **fields: str) -> None:
        """Somebody submits a form."""
        values = {**({"email": email} if email else {}), **fields}
        filled = [{"name": name, "value": value} for name, value in values.items()]
        path = f"/submissions/v3/integration/secure/submit/24680135/{form}"
        context = {"pageUri": "https://shop.example/quote"}
        self._posts(path, {"fields": filled, "context": context, "submittedAt": milliseconds(at)})

    def reads(self, email: str, at: datetime, what: str = "CLICK", **rest: Any) -> None:
        """Something becomes of an e-mail."""
        self._events += 1
        event = {"id": f"event-{self._events}", "created": milliseconds(at), "type": what, "recipient": email}
        self._posts("/email/public/v1/events", {**event, "emailCampaignId": 77, **rest})

    def has(self, email: str) -> str:
        """A contact; HubSpot's id of it."""
        return self._made("contacts", {"properties": {"email": email}})

    def meets(self, contact: str | None, starts: datetime, **properties: str) -> str:
        """A meeting is entered; its id."""
        times = {"hs_timestamp": starts, "hs_meeting_start_time": starts}
        ends = {"hs_meeting_end_time": starts + timedelta(hours=1)}
        said = {name: at.isoformat() for name, at in {**times, **ends}.items()}
        values = {**said, "hs_meeting_title": "Kitchen", "hs_meeting_outcome": "SCHEDULED", **properties}
        return self._made("meetings", {"properties": values, "associations": _tie(contact, 200)})

    def calls(self, contact: str, at: datetime, status: str = "COMPLETED") -> str:
        """A call is entered; its id."""
        values = {"hs_timestamp": at.isoformat(), "hs_call_title": "Price", "hs_call_status": status}
        return self._made("calls", {"properties": values, "associations": _tie(contact, 194)})

    def changes(self, meeting: str, **properties: str) -> None:
        """A colleague changes a meeting."""
        self._posts(f"/crm/v3/objects/meetings/{meeting}", {"properties": properties}, "PATCH")

    def sends(self, audience: str = AUDIENCE) -> str:
        """A campaign goes out at Mailchimp; its id."""
        body = {"type": "regular", "recipients": {"list_id": audience}}
        id_: str = json.loads(self._posts("/3.0/campaigns", body))["id"]
        self._posts(f"/3.0/campaigns/{id_}/actions/send", {})
        return id_

    def reaches(self, campaign: str, email: str) -> None:
        """It reaches somebody."""
        self._posts(f"/3.0/reports/{campaign}/sent-to", {"email_address": email})

    def acts(self, campaign: str, email: str, at: datetime, action: str = "click", url: str = "") -> None:
        """A recipient does something with a campaign."""
        act = {"email_address": email, "action": action, "timestamp": at.isoformat(), "url": url}
        self._posts(f"/3.0/reports/{campaign}/email-activity", act)

    def poller(self, store: Store | None = None, live: Live | None = None) -> Poller:
        """One that has just begun, as after a restart."""
        shop = self.shop
        doors = Doors(shop.clock.seconds, shop.clock.pause)
        feeds = partial(feeds_of, shop.settings, doors=doors)
        system = shop.system
        return Poller(
            store or system.store, live or system.live, feeds, shop.clock, system.processor.bell.ring
        )

    def polls(self, store: Store | None = None) -> None:
        """A turn, and then all that follows from it."""
        self.asks(store)
        self.shop.turns()

    def asks(self, store: Store | None = None, live: Live | None = None) -> None:
        """A turn alone."""
        lease = SureLease((store or self.shop.system.store).write)
        self.poller(store, live).turn({"hubspot": lease, "mailchimp": lease})

    def cursors(self) -> dict[str, Cursor]:
        """Where the feeds stand."""
        with self.shop.system.store.reading() as tx:
            found = [cursors.find(tx, *named) for named in cursors.asked(tx)]
        return {one.feed: one for one in found if one}

    def events(self, email: str = EVA) -> list[str]:
        """What happened to the person."""
        return [one.event.name for one in self.shop.history(email)]

    def brought(self) -> list[Delivery]:
        """All that came by asking."""
        rows = self.shop.deliveries()
        return [one.delivery for one in rows if one.delivery.topic.startswith("polled.")]

    def _made(self, kind: str, body: dict[str, Any]) -> str:
        id_: str = json.loads(self._posts(f"/crm/v3/objects/{kind}", body))["id"]
        return id_

    def _posts(self, path: str, body: dict[str, Any], method: str = "POST") -> bytes:
        token = "test-us21" if path.startswith("/3.0") else "pat-test"
        headers = {"Authorization": f"Bearer {token}", "Content-Type": "application/json"}
        url = self.shop.sandbox.hubspot_url + path
        with urlopen(Request(url, json.dumps(body).encode(), headers, method=method)) as answer:
            told: bytes = answer.read()
        return told


def _tie(contact: str | None, number: int) -> list[dict[str, Any]]:
    kind = {"associationCategory": "HUBSPOT_DEFINED", "associationTypeId": number}
    return [{"to": {"id": contact}, "types": [kind]}] if contact else []
