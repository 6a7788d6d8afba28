"""What is posted, and what has to come of it by the mapping in `tests/faults/mapping`."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final, NamedTuple

from connector import bootstrap
from connector.demo.signing import sign

SECRET: Final = "c2VjcmV0LW9mLXRoZS1raWxsLXRlc3QtMzItYnl0ZXM="
CUSTOMERS: Final = 40
"""Orders are of so many people in turn, so that a contact's actions form a line."""

BATCH: Final = 3
"""Changes that one request of HubSpot holds."""


class Act(NamedTuple):
    """Something that is to happen at a platform once: the action's name, and what tells it from others."""

    name: str
    subject: str


@dataclass(frozen=True, slots=True)
class Post:
    """One webhook: `name` is unique, `events` are the names of those in it, `acts` what follows from them.

    `is_resent`: its sender comes again until it is acknowledged (WooCommerce never does).
    """

    name: str
    scheme: str
    body: bytes
    events: tuple[str, ...]
    acts: tuple[Act, ...]
    is_resent: bool = True

    @property
    def connection(self) -> str:
        """To which connection it goes."""
        return self.name.partition(":")[0]

    def headers(self, public_url: str) -> dict[str, str]:
        """As its sender signs it now."""
        url = f"{public_url}/webhooks/{self.connection}"
        signed = sign(self.scheme, SECRET, self.body, url, f"msg_{self.name}", bootstrap.clock())
        topic = {"X-WC-Webhook-Topic": "order.updated"} if self.scheme == "woocommerce" else {}
        return {"Content-Type": "application/json", **topic, **signed}


def order(number: int) -> dict[str, Any]:
    """A paid order of WooCommerce, as of now."""
    at = bootstrap.clock().strftime("%Y-%m-%dT%H:%M:%S")
    return {
        "id": number,
        "number": str(number),
        "status": "processing",
        "currency": "EUR",
        "total": "10.00",
        "customer_id": 0,
        "date_created_gmt": at,
        "date_modified_gmt": at,
        "date_paid_gmt": at,
        "billing": {"first_name": "Eva", "email": f"eva{number % CUSTOMERS}@example.com"},
        "line_items": [],
        "refunds": [],
    }


def paid(number: int) -> Post:
    """A paid order: two tasks, one after the other."""
    acts = (Act("create_task", f"Thank for {number}"), Act("create_task", f"Pack {number}"))
    events = ("order.placed", "order.paid")
    return Post(f"webshop:{number}", "woocommerce", _json(order(number)), events, acts, is_resent=False)


def reader(number: int) -> Post:
    """Somebody new confirms the newsletter: an event and a journey, one after the other."""
    email = f"reader{number}@example.com"
    said = {"event": "newsletter.confirmed", "id": number, "occurred_at": bootstrap.clock().isoformat()}
    body = _json({**said, "contact": {"email": email}})
    acts = (Act("send_event", email), Act("start_journey", email))
    return Post(f"website:{number}", "json", body, ("newsletter.confirmed",), acts)


def leads(number: int, contact: int) -> Post:
    """A batch of HubSpot: its changes are about one contact, and each means a task."""
    changes = [_change(number, place, contact, bootstrap.clock()) for place in range(BATCH)]
    acts = tuple(Act("create_task", f"Ask {number}-{place}") for place in range(BATCH))
    return Post(f"hubspot:{number}", "hubspot", _json(changes), ("contact.changed",) * BATCH, acts)


def name_of(connection: str, body: bytes) -> str:
    """The name of the post that came in as this body."""
    content = json.loads(body)
    number = content[0]["eventId"] // BATCH if connection == "hubspot" else content["id"]
    return f"{connection}:{number}"


def posting(contact: Callable[[str], int]) -> Callable[[int], Post]:
    """What is posted as the n-th; `contact` makes one in HubSpot, of whose changes it tells.

    A batch is about somebody new: what HubSpot tells of one contact again and again looks like a circle.
    """

    def nth(number: int) -> Post:
        match number % 5:
            case 0:
                return leads(number, contact(f"lead{number}@example.com"))
            case 1 | 2:
                return reader(number)
            case _:
                return paid(number)

    return nth


def _change(number: int, place: int, contact: int, at: datetime) -> dict[str, Any]:
    return {
        "eventId": number * BATCH + place,
        "subscriptionId": 5,
        "portalId": 62515,
        "appId": 1160452,
        "occurredAt": int(at.timestamp() * 1000) + place,
        "subscriptionType": "contact.propertyChange",
        "attemptNumber": 0,
        "objectId": contact,
        "propertyName": "hs_lead_status",
        "propertyValue": f"{number}-{place}",
        "changeSource": "CRM_UI",
        "sourceId": "userId:1",
    }


def _json(content: Any) -> bytes:
    return json.dumps(content).encode()
