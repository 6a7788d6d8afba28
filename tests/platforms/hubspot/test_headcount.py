"""How many contacts an account has, and how many of them are paid for, as HubSpot tells it."""

from __future__ import annotations

import pytest

from connector.errors import Transient
from connector.platforms.counting import Headcount
from connector.platforms.hubspot.adapter import HubSpot
from connector.platforms.hubspot.client import HubSpotClient
from connector.platforms.hubspot.headcount import HubSpotHeadcounter
from connector.sandbox import Sandbox
from tests.platforms.hubspot.wish import do, wish

SEARCH = "/crm/v3/objects/contacts/search"
MARKETABLE = "hs_marketable_status"


def counted(sandbox: Sandbox, api: str = "v3") -> Headcount:
    """What one look gives."""
    client = HubSpotClient("pat-test", base_url=sandbox.hubspot_url, deadline=10.0, api=api)
    counter = HubSpotHeadcounter(client)
    try:
        return counter.count()
    finally:
        counter.close()


def has_marketing_contacts(sandbox: Sandbox, total: int) -> None:
    """So many are found by their status, which nobody can write by the API."""
    asked = {"method": "POST", "path": SEARCH, "contains": MARKETABLE}
    sandbox.script(asked, [{"status": 200, "body": {"total": total, "results": []}}])


@pytest.mark.parametrize("api", ["v3", "2026-03"])
def test_every_contact_is_counted(sandbox: Sandbox, hubspot: HubSpot, api: str) -> None:
    for name in ("eva", "bob", "ann"):
        do(hubspot, wish("update_contact", {"fields": {"firstname": name}}, email=f"{name}@example.com"))

    assert counted(sandbox, api) == Headcount(3)


def test_marketing_contacts_are_counted_apart(sandbox: Sandbox) -> None:
    has_marketing_contacts(sandbox, 1200)

    assert counted(sandbox) == Headcount(0, marketing=1200)


def test_an_account_that_knows_no_marketing_contacts_has_none(sandbox: Sandbox) -> None:
    refused = {"status": 400, "body": {"status": "error", "category": "VALIDATION_ERROR", "message": "no"}}
    sandbox.script({"method": "POST", "path": SEARCH, "contains": MARKETABLE}, [refused])

    assert counted(sandbox) == Headcount(0)


@pytest.mark.parametrize(
    "answer",
    [
        {"status": 200, "body": {}},
        {"status": 200, "body": {"total": None}},
        {"status": 200, "body": "<html>", "content_type": "text/html"},
        {"status": 502},
        {"drop": True},
    ],
)
@pytest.mark.parametrize("about", ["", MARKETABLE])
def test_an_answer_that_tells_nothing_is_no_number(
    sandbox: Sandbox, answer: dict[str, object], about: str
) -> None:
    sandbox.script({"method": "POST", "path": SEARCH, "contains": about}, [answer])

    with pytest.raises(Transient):
        counted(sandbox)
