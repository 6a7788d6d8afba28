"""Custom events, leaving lists, and leaving HubSpot's e-mail."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from connector.errors import Rejected, Unknown
from connector.model.values import Value
from connector.platforms.base import Call, Done
from connector.platforms.hubspot.adapter import HubSpot
from connector.sandbox import Sandbox
from tests.platforms.hubspot.portal import has
from tests.platforms.hubspot.wish import do, wish

QUIZ = "pe24680135_quiz_taken"
STATUSES = "/communication-preferences/v4/statuses/eva%40example.com"
ALL = f"{STATUSES}/unsubscribe-all"


def event(key: str = "key", **properties: Value) -> Call:
    call = wish("send_event", {"name": QUIZ, "properties": properties})
    return replace(call, action=replace(call.action, key=key))


def off(sandbox: Sandbox) -> dict[str, Any]:
    found: dict[str, Any] = sandbox.state()["hubspot"]["unsubscribed"]
    return found


def test_an_event_is_about_the_contact_and_of_the_moment_of_the_decision(
    hubspot: HubSpot, sandbox: Sandbox
) -> None:
    outcome = do(hubspot, event(score=7, passed=True, remark=None))[0]

    contact = next(iter(sandbox.state()["hubspot"]["contacts"]))
    sent = sandbox.state()["hubspot"]["events"][0]
    assert outcome == Done(platform_id=contact)
    assert sent.pop("uuid")
    assert sent == {
        "eventName": QUIZ,
        "objectId": contact,
        "occurredAt": "2026-11-22T10:00:00.000Z",
        "properties": {"score": "7", "passed": "true"},
    }


def test_one_action_is_one_event_and_two_are_two(hubspot: HubSpot, sandbox: Sandbox) -> None:
    do(hubspot, event("first"))
    do(hubspot, event("first"))
    do(hubspot, event("second"))

    assert len(sandbox.state()["hubspot"]["events"]) == 2


def test_only_204_says_that_hubspot_took_the_event(hubspot: HubSpot, sandbox: Sandbox) -> None:
    sandbox.script({"path": "/events"}, [{"status": 200, "body": {"status": "ok"}}])

    assert isinstance(do(hubspot, event())[0], Unknown)


def test_a_contact_leaves_a_list_by_its_name(hubspot: HubSpot, sandbox: Sandbox) -> None:
    has(sandbox, "add_to_list", {"list": "VIP"})

    outcome = do(hubspot, wish("remove_from_list", {"list": "VIP"}))[0]

    assert isinstance(outcome, Done)
    assert sandbox.state()["hubspot"]["lists"]["123"]["members"] == []


def test_who_is_not_on_the_list_stays_off(hubspot: HubSpot, sandbox: Sandbox) -> None:
    has(sandbox, "update_contact", {"fields": {"firstname": "Eva"}})

    assert isinstance(do(hubspot, wish("remove_from_list", {"list": "123"}))[0], Done)


def test_whom_hubspot_does_not_know_is_on_no_list_and_is_not_made(hubspot: HubSpot, sandbox: Sandbox) -> None:
    outcome = do(hubspot, wish("remove_from_list", {"list": "123"}))[0]

    assert outcome == Done()
    assert sandbox.state()["hubspot"]["contacts"] == {}


@pytest.mark.parametrize("name", ["125", "Active customers", "Nobody"])
def test_a_list_that_nobody_can_be_taken_off_is_refused(
    hubspot: HubSpot, sandbox: Sandbox, name: str
) -> None:
    has(sandbox, "update_contact", {"fields": {"firstname": "Eva"}})

    assert isinstance(do(hubspot, wish("remove_from_list", {"list": name}))[0], Rejected)


def test_an_address_leaves_one_subscription_and_no_contact_is_made(
    hubspot: HubSpot, sandbox: Sandbox
) -> None:
    outcome = do(hubspot, wish("unsubscribe", {"subscription": 77}))[0]

    assert outcome == Done(has_left=False)
    assert off(sandbox) == {"eva@example.com": [77]}
    assert sandbox.state()["hubspot"]["contacts"] == {}


def test_an_address_leaves_all_of_it(hubspot: HubSpot, sandbox: Sandbox) -> None:
    outcomes = [do(hubspot, wish("unsubscribe", {}))[0] for _ in range(2)]

    assert outcomes == [Done(has_left=True)] * 2
    assert off(sandbox) == {"eva@example.com": ["all"]}


def test_all_of_it_is_read_back(hubspot: HubSpot, sandbox: Sandbox) -> None:
    friendly = {"status": 200, "body": {"status": "COMPLETE", "results": []}}
    sandbox.script({"method": "POST", "path": ALL}, [friendly])

    assert isinstance(do(hubspot, wish("unsubscribe", {}))[0], Unknown)
    assert off(sandbox) == {}


@pytest.mark.parametrize(
    "result",
    [{"subscriptionId": 77, "status": "SUBSCRIBED"}, {"subscriptionId": 78, "status": "UNSUBSCRIBED"}, {}],
)
def test_another_status_or_subscription_is_no_proof(
    hubspot: HubSpot, sandbox: Sandbox, result: dict[str, Any]
) -> None:
    sandbox.script({"path": STATUSES}, [{"status": 200, "body": {"results": [result]}}])

    assert isinstance(do(hubspot, wish("unsubscribe", {"subscription": 77}))[0], Unknown)


def test_a_subscription_that_does_not_exist_is_refused(hubspot: HubSpot, sandbox: Sandbox) -> None:
    outcome = do(hubspot, wish("unsubscribe", {"subscription": 1}))[0]

    assert isinstance(outcome, Rejected)
    assert outcome.words == "HTTP 400: Subscription 1 does not exist"
