"""A HubSpot portal that holds something already: what an action is to change."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import Any
from urllib.request import Request, urlopen

from connector.model.values import Value
from connector.platforms.base import Done
from connector.platforms.hubspot.adapter import HubSpot
from connector.sandbox import Sandbox
from tests.platforms.hubspot.wish import DECIDED, EVA, do, wish

COMPANY_TO_CONTACT = 280
WRITTEN_SINCE = datetime(2026, 1, 1, tzinfo=UTC)
"""Since when a rule has written what is put back."""


def has(sandbox: Sandbox, name: str, arguments: dict[str, Value]) -> str | None:
    """Let the adapter do something for Eva; HubSpot's own name for it."""
    hubspot = HubSpot("pat-test", base_url=sandbox.hubspot_url)
    outcome = do(hubspot, wish(name, arguments))[0]
    hubspot.close()
    assert isinstance(outcome, Done)
    return outcome.reference


def has_task(sandbox: Sandbox, title: str = "Call about the cart") -> str | None:
    """An open task on Eva."""
    return has(sandbox, "create_task", {"title": title, "due": DECIDED})


def has_deal(sandbox: Sandbox, name: str = "Quote 7") -> str | None:
    """A deal of Eva's that is not won yet."""
    return has(sandbox, "create_deal", {"name": name, "stage": "contractsent"})


def has_company(sandbox: Sandbox, name: str = "Potters") -> str:
    """A company that Eva belongs to; the first one is her primary."""
    has(sandbox, "update_contact", {"fields": {"firstname": "Eva"}})
    held = sandbox.state()["hubspot"]["contacts"].values()
    eva = next(one["id"] for one in held if one["properties"]["email"] == EVA)
    tie = {"associationCategory": "HUBSPOT_DEFINED", "associationTypeId": COMPANY_TO_CONTACT}
    ties = [{"to": {"id": eva}, "types": [tie]}]
    made = _post(sandbox, "/crm/v3/objects/companies", {"properties": {"name": name}, "associations": ties})
    return str(made["id"])


def has_list(sandbox: Sandbox, name: str) -> None:
    """A static list of contacts."""
    _post(sandbox, "/crm/v3/lists", {"name": name, "objectTypeId": "0-1", "processingType": "MANUAL"})


def has_other_words(sandbox: Sandbox) -> None:
    """Eva, of whom a rule has written another company than she had."""
    for company in ("Potters", "Acme"):
        has(sandbox, "update_contact", {"fields": {"company": company}})


def _post(sandbox: Sandbox, path: str, body: Mapping[str, Any]) -> dict[str, Any]:
    headers = {"Authorization": "Bearer pat-test", "Content-Type": "application/json"}
    asked = Request(sandbox.url + path, json.dumps(body).encode(), headers, method="POST")
    with urlopen(asked) as answer:
        found: dict[str, Any] = json.load(answer)
    return found


PORTALS: Mapping[str, Callable[[Sandbox], object]] = {
    "update_company": has_company,
    "complete_task": has_task,
    "put_back": has_other_words,
    "update_deal": has_deal,
    "remove_from_list": lambda sandbox: has(sandbox, "add_to_list", {"list": "Newsletter"}),
}
"""By action, what it needs to find."""
