"""A shop whose platforms tell it of changes, its own among them."""

from __future__ import annotations

from datetime import timedelta
from itertools import count
from pathlib import Path
from urllib.parse import urlencode

from connector.model.decision import Answer
from connector.sandbox import Sandbox
from tests.runtime.shop import Shop

EVA = "eva@example.com"

CONNECTIONS = """\
connections:
  hubspot:
    platform: hubspot
    source: hubspot
    token: $HUBSPOT_TOKEN
    secret: $HUBSPOT_CLIENT_SECRET
    owner: sales@example.com
    url: $HUBSPOT_URL
  mailchimp:
    platform: mailchimp
    source: mailchimp
    token: $MAILCHIMP_API_KEY
    audience: $MAILCHIMP_AUDIENCE
    secret: $MAILCHIMP_WEBHOOK_SECRET
    url: $MAILCHIMP_URL
  website: {source: json, secret: $WEBSITE_SECRET}
"""

TRIGGERS = """\
triggers:
  write:
    on: file.downloaded
    do:
      - hubspot.update_contact: {fields: {lifecyclestage: lead, message: true, numemployees: 3}}
  tag:
    on: form.submitted
    do:
      - hubspot.tag: {add: [reader]}
  deal:
    on: meeting.booked
    do:
      - hubspot.update_deal: {name: Boat, stage: closedwon, fields: {dealtype: existing}}
  profile:
    on: [newsletter.confirmed, page.viewed]
    do:
      - mailchimp.update_member: {fields: {FNAME: Eva}}
  goodbye:
    on: question.asked
    do:
      - mailchimp.unsubscribe: {}
  heard:
    on: [contact.changed, deal.changed, deal.won, newsletter.unsubscribed]
    do:
      - hubspot.add_note: {text: "{{ event.name }}"}
"""

_NUMBERS = count(1)


def made(
    database_url: str, sandbox: Sandbox, folder: Path, triggers: str = TRIGGERS, app_id: int | None = None
) -> Shop:
    """The shop; without `app_id` nobody tells it which app is its own."""
    connections = CONNECTIONS
    if app_id is not None:
        connections = connections.replace("owner:", f"app_id: {app_id}\n    owner:")
    (folder / "shop.yaml").write_text(connections + triggers, "utf-8")
    return Shop(database_url, sandbox, folder)


def does(shop: Shop, event: str, **rest: object) -> None:
    """Eva does something, and Loods what follows."""
    shop.says(event, EVA, **rest)
    shop.turns()


def hubspot_id(shop: Shop) -> str:
    """Eva's number at HubSpot."""
    found = shop.contact(EVA).id_at("contact", "hubspot")
    assert found is not None
    return found


def hubspot_tells(shop: Shop, name: str, value: str, about: str = "", **more: object) -> None:
    """HubSpot tells that a property of Eva has changed; `more` are other members."""
    change = {
        "eventId": next(_NUMBERS),
        "subscriptionId": 2,
        "portalId": 3,
        "occurredAt": int(shop.clock().timestamp() * 1000),
        "subscriptionType": "contact.propertyChange",
        "attemptNumber": 0,
        "objectId": int(about or hubspot_id(shop)),
        "propertyName": name,
        "propertyValue": value,
        "changeSource": "CRM_UI",
        "sourceId": "userId:1",
    }
    shop.posts("hubspot", [{**change, **more}])
    shop.turns()


def mailchimp_tells(shop: Shop, kind: str, after: timedelta = timedelta(0), **merges: str) -> None:
    """Mailchimp tells something of Eva as a member, which happened so long after now."""
    body = {
        "type": kind,
        "fired_at": (shop.clock() + after).strftime("%Y-%m-%d %H:%M:%S"),
        "data[id]": "8a25ff1d98",
        "data[list_id]": "57afe96172",
        "data[email]": EVA,
        **{f"data[merges][{name}]": value for name, value in merges.items()},
    }
    shop.posts("mailchimp", urlencode(body).encode())
    shop.turns()


def answers(shop: Shop) -> list[tuple[str, Answer]]:
    """What the rules said to what the platforms told."""
    entries = [one for one in shop.history(EVA) if one.event.source in {"hubspot", "mailchimp"}]
    return [
        (one.event.name, trace.answer)
        for one in entries
        for trace in one.trace
        if trace.rule in {"event", "trigger:heard"}
    ]
