"""What companies and deals held before rules wrote something there is put back by HubSpot's own history."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import pytest

from connector import bootstrap
from connector.errors import Rejected
from connector.model.values import Value
from connector.platforms.base import Done
from connector.platforms.hubspot.adapter import HubSpot
from connector.platforms.hubspot.putting_back import LONG
from connector.platforms.undoing import PUT_BACK
from connector.sandbox import Sandbox
from tests.platforms.hubspot.portal import has_company, has_deal
from tests.platforms.hubspot.wish import do, wish

BEFORE = datetime(2026, 1, 1, tzinfo=UTC)


@pytest.fixture
def hubspot(sandbox: Sandbox) -> Iterator[HubSpot]:
    made = HubSpot("pat-test", base_url=sandbox.hubspot_url)
    yield made
    made.close()


def wrote(*values: Value, since: datetime = BEFORE) -> dict[str, Value]:
    """What rules have written of a property, and since when."""
    return {"values": list(values), "since": since}


def held(sandbox: Sandbox, kind: str, *names: str) -> list[str]:
    """What the only record of a kind holds."""
    [found] = sandbox.state()["hubspot"][kind].values()
    properties: dict[str, Any] = found["properties"]
    return [properties.get(name) or "" for name in names]


def test_a_company_gets_back_what_it_held_its_stage_too(hubspot: HubSpot, sandbox: Sandbox) -> None:
    has_company(sandbox, "Potters")
    do(hubspot, wish("update_company", {"fields": {"lifecyclestage": "lead"}}))
    changed = {"name": "Acme", "lifecyclestage": "customer"}
    do(hubspot, wish("update_company", {"fields": dict(changed)}))

    wanted = {"name": wrote("Acme"), "lifecyclestage": wrote("customer")}
    [outcome] = do(hubspot, wish(PUT_BACK, {"of": "company", "fields": dict(wanted)}))

    assert outcome == Done()
    assert isinstance(outcome, Done)
    assert outcome.became == {"company.name": ("Potters",), "company.lifecyclestage": ("", "lead")}
    assert held(sandbox, "companies", "name", "lifecyclestage") == ["Potters", "lead"]


def test_a_deal_gets_back_its_stage_and_loses_what_it_had_not(hubspot: HubSpot, sandbox: Sandbox) -> None:
    has_deal(sandbox)
    do(hubspot, wish("update_deal", {"name": "Quote 7", "stage": "closedwon", "amount": 12}))

    fields: dict[str, Value] = {"dealstage": wrote("closedwon"), "amount": wrote(12)}
    [outcome] = do(hubspot, wish(PUT_BACK, {"of": "deal", "name": "Quote 7", "fields": fields}))

    assert isinstance(outcome, Done)
    assert held(sandbox, "deals", "dealstage", "amount") == ["contractsent", ""]


def test_what_was_written_before_that_moment_is_not_ours(hubspot: HubSpot, sandbox: Sandbox) -> None:
    has_company(sandbox, "Acme")
    later = datetime(2100, 1, 1, tzinfo=UTC)

    wanted: dict[str, Value] = {"name": wrote("Acme", since=later)}
    [outcome] = do(hubspot, wish(PUT_BACK, {"of": "company", "fields": wanted}))

    assert outcome == Done(note="name is not as it was written any more, and stays as it is")
    assert held(sandbox, "companies", "name") == ["Acme"]


def test_where_all_of_a_long_history_is_ours_nothing_is_emptied(hubspot: HubSpot, sandbox: Sandbox) -> None:
    """What was there before may have fallen out of it."""
    has_company(sandbox, "Acme")
    of_company = {"method": "GET", "path": "/crm/v3/objects/companies/"}
    at = "2026-11-22T12:00:00.000Z"
    versions = [{"value": str(number), "timestamp": at} for number in range(LONG)]
    told = {"id": "51", "properties": {}, "propertiesWithHistory": {"name": versions}}
    sandbox.script(of_company, [{"status": 200, "body": told}])

    wanted: dict[str, Value] = {"name": wrote(*map(str, range(LONG)))}
    [outcome] = do(hubspot, wish(PUT_BACK, {"of": "company", "fields": wanted}))

    assert outcome == Done(
        note="name was written so often that HubSpot may not tell what it was before, and stays as it is"
    )
    assert held(sandbox, "companies", "name") == ["Acme"]


def test_a_company_that_is_not_there_is_refused(hubspot: HubSpot) -> None:
    wanted: dict[str, Value] = {"name": wrote("Acme")}

    [outcome] = do(hubspot, wish(PUT_BACK, {"of": "company", "fields": wanted}))

    assert isinstance(outcome, Rejected)


def test_no_mapping_can_name_it() -> None:
    assert PUT_BACK not in {one.name for one in bootstrap.specs()}
