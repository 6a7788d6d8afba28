"""Deals and tickets in HubSpot."""

from __future__ import annotations

from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest

from connector.errors import Rejected, Transient, Unknown
from connector.model.values import Value
from connector.platforms.base import Call, Done
from connector.platforms.hubspot.adapter import HubSpot
from connector.sandbox import Sandbox
from tests.platforms.hubspot.portal import has_deal
from tests.platforms.hubspot.wish import DECIDED, EVA, do, wish

DEALS, TICKETS = "/crm/v3/objects/deals", "/crm/v3/objects/tickets"


def deal(**arguments: Value) -> Call:
    return wish("create_deal", {"name": "Order 1001", "stage": "contractsent", **arguments})


def change(email: str | None = EVA, **arguments: Value) -> Call:
    return wish("update_deal", dict(arguments), email=email)


def ticket(**arguments: Value) -> Call:
    return wish("create_ticket", {"subject": "A broken cup", **arguments})


def held(sandbox: Sandbox, kind: str = "deals") -> list[dict[str, Any]]:
    return [one["properties"] for one in sandbox.state()["hubspot"][kind].values()]


def test_a_deal_has_everything_that_was_said(hubspot: HubSpot, sandbox: Sandbox) -> None:
    closes = DECIDED + timedelta(days=30)
    wanted = deal(
        amount=Decimal("80.50"), closes=closes, fields={"dealtype": "newbusiness", "pipeline": None}
    )

    outcome = do(hubspot, wanted)[0]

    assert isinstance(outcome, Done)
    assert outcome.reference in sandbox.state()["hubspot"]["deals"]
    assert (
        held(sandbox)[0].items()
        >= {
            "dealname": "Order 1001",
            "dealstage": "contractsent",
            "pipeline": "default",
            "amount": "80.50",
            "closedate": "2026-12-22T10:00:00.000Z",
            "dealtype": "newbusiness",
            "hubspot_owner_id": "64492917",
        }.items()
    )


def test_a_ticket_has_everything_that_was_said(hubspot: HubSpot, sandbox: Sandbox) -> None:
    do(hubspot, ticket(body="It came in two", priority="high", owner="support@example.com"))

    assert (
        held(sandbox, "tickets")[0].items()
        >= {
            "subject": "A broken cup",
            "content": "It came in two",
            "hs_pipeline": "0",
            "hs_pipeline_stage": "1",
            "hs_ticket_priority": "HIGH",
            "hubspot_owner_id": "64492918",
        }.items()
    )


@pytest.mark.parametrize(("path", "wanted"), [(DEALS, deal()), (TICKETS, ticket())], ids=["deal", "ticket"])
def test_what_was_made_without_an_answer_is_found(
    hubspot: HubSpot, sandbox: Sandbox, path: str, wanted: Call
) -> None:
    sandbox.script({"path": path}, [{"apply": True, "drop": True}])
    lost = do(hubspot, wanted)[0]

    found = hubspot.look_up(wanted)

    assert isinstance(lost, Unknown)
    assert found is not None
    assert found.reference in sandbox.state()["hubspot"][path.rpartition("/")[2]]


@pytest.mark.parametrize(
    ("made", "sought"),
    [(deal(), deal(name="Order 1002")), (ticket(), ticket(subject="A broken saucer"))],
    ids=["deal", "ticket"],
)
def test_another_name_is_another_record(hubspot: HubSpot, made: Call, sought: Call) -> None:
    do(hubspot, made)

    assert hubspot.look_up(sought) is None


def test_a_deal_from_before_the_decision_is_another_one(hubspot: HubSpot, sandbox: Sandbox) -> None:
    do(hubspot, deal())
    old = held(sandbox)[0] | {"createdate": (DECIDED - timedelta(days=1)).isoformat()}
    found = {"results": [{"id": "52", "properties": old}]}
    sandbox.script({"path": f"{DEALS}/batch/read"}, [{"status": 200, "body": found}])

    assert hubspot.look_up(deal()) is None


def test_the_newest_deal_of_the_name_is_changed(hubspot: HubSpot, sandbox: Sandbox) -> None:
    older, newer = (has_deal(sandbox, "Quote 7") for _ in range(2))
    found = {"results": [_deal(newer, "2026-11-02T09:00:00Z"), _deal(older, "2026-11-01T09:00:00Z")]}
    sandbox.script({"path": f"{DEALS}/batch/read"}, [{"status": 200, "body": found}])

    outcome = do(hubspot, change(name="Quote 7", stage="closedwon", fields={"amount": 90}))[0]

    state = sandbox.state()["hubspot"]["deals"]
    assert outcome == Done()
    assert state[str(older)]["properties"]["dealstage"] == "contractsent"
    assert state[str(newer)]["properties"].items() >= {"dealstage": "closedwon", "amount": "90"}.items()


def _deal(id_: str | None, at: str) -> dict[str, Any]:
    return {"id": id_, "createdAt": at, "properties": {"dealname": "Quote 7"}}


def test_a_deal_is_changed_by_its_number_without_any_contact(hubspot: HubSpot, sandbox: Sandbox) -> None:
    number = has_deal(sandbox)

    outcome = do(hubspot, change(None, deal=number, amount="12.50"))[0]

    assert outcome == Done()
    assert held(sandbox)[0]["amount"] == "12.50"


def test_only_what_is_missing_changes_nothing(hubspot: HubSpot, sandbox: Sandbox) -> None:
    has_deal(sandbox)

    assert do(hubspot, change(name="Quote 7", fields={"amount": None}))[0] == Done()
    assert [call for call in sandbox.state()["calls"] if call["method"] == "PATCH"] == []


def test_an_owner_among_the_fields_goes_before_the_connections(hubspot: HubSpot, sandbox: Sandbox) -> None:
    do(hubspot, deal(fields={"hubspot_owner_id": "64492918"}))

    assert held(sandbox)[0]["hubspot_owner_id"] == "64492918"


def test_a_deal_that_the_contact_does_not_have_is_refused(hubspot: HubSpot, sandbox: Sandbox) -> None:
    has_deal(sandbox, "Another")

    outcome = do(hubspot, change(name="Quote 7", stage="closedwon"))[0]

    assert isinstance(outcome, Rejected)
    assert outcome.words == "the contact has no deal Quote 7 at HubSpot"


def test_a_stage_that_hubspot_keeps_is_not_changed(hubspot: HubSpot, sandbox: Sandbox) -> None:
    number = has_deal(sandbox)
    kept = {"id": number, "properties": {"dealstage": "contractsent"}}
    sandbox.script({"method": "PATCH", "path": DEALS}, [{"status": 200, "body": kept}])

    outcome = do(hubspot, change(name="Quote 7", stage="closedwon"))[0]

    assert isinstance(outcome, Rejected)
    assert outcome.words == "HubSpot keeps dealstage at contractsent instead of closedwon"


def test_a_loss_before_the_change_is_no_doubt(hubspot: HubSpot, sandbox: Sandbox) -> None:
    has_deal(sandbox)
    sandbox.script({"path": f"{DEALS}/batch/read"}, [{"drop": True}])

    assert isinstance(do(hubspot, change(name="Quote 7", stage="closedwon"))[0], Transient)


@pytest.mark.parametrize(
    "arguments",
    [
        {"stage": "closedwon"},
        {"name": "Quote 7", "deal": 3, "stage": "closedwon"},
        {"name": "Quote 7"},
        {"deal": 0, "stage": "closedwon"},
        {"name": "Quote 7", "amount": "a lot"},
    ],
)
def test_a_change_that_says_too_little_or_too_much_is_refused(
    hubspot: HubSpot, sandbox: Sandbox, arguments: dict[str, Value]
) -> None:
    assert isinstance(do(hubspot, wish("update_deal", arguments))[0], Rejected)
    assert sandbox.state()["calls"] == []


@pytest.mark.parametrize("closes", ["in spring", datetime(2026, 12, 1)])  # noqa: DTZ001 - a time without a zone is what is refused
def test_a_deal_closes_at_a_moment(hubspot: HubSpot, closes: Value) -> None:
    outcome = do(hubspot, deal(closes=closes))[0]

    assert isinstance(outcome, Rejected)
    assert "closes" in outcome.words


def test_an_owner_who_left_is_asked_for_again(hubspot: HubSpot, sandbox: Sandbox) -> None:
    do(hubspot, deal())
    left = {"status": 400, "body": {"message": "Owner does not exist", "category": "VALIDATION_ERROR"}}
    sandbox.script({"path": DEALS}, [left])

    do(hubspot, deal())
    do(hubspot, deal())

    asked = [call for call in sandbox.state()["calls"] if call["path"] == "/crm/v3/owners/"]
    assert len(asked) == 2
