"""Whatever an account answers to a look, it ends in findings: never in an error, never in all being right."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from connector.model.finding import Severity
from connector.sandbox import Sandbox
from tests.platforms.inspection.asking import AUDIENCE, Asked, wrong

ODD: tuple[Any, ...] = (
    {},
    [],
    {"results": 5},
    {"results": [1, None, {"name": 5, "options": 7}, {"name": "lifecyclestage", "options": [3]}]},
    {"results": [{"name": "lifecyclestage", "modificationMetadata": 3, "type": 4, "options": [{}]}]},
    {"list": 4, "results": {}, "merge_fields": {}, "tags": 3, "subscriptionDefinitions": "x"},
    {"list": [], "merge_fields": [1, {"tag": "FNAME", "options": 3}], "tags": [1, {"name": 2}]},
    {"results": [{"id": "default", "stages": [1, {"id": []}]}], "scopes": [1, {}]},
    "<html>Sorry</html>",
)
HUBSPOT = (
    "hubspot.update_contact: {fields: {lifecyclestage: customer}}",
    "hubspot.tag: {add: [a]}",
    "hubspot.add_to_list: {list: VIP}",
    "hubspot.start_workflow: {workflow: 4444}",
    "hubspot.start_sequence: {sequence: 5555, sender: sales@example.com, user: 2222}",
    "hubspot.create_deal: {name: d, stage: closedwon, pipeline: default}",
    "hubspot.send_event: {name: pe1_quiz, properties: {score: 3}}",
    "hubspot.unsubscribe: {subscription: 77}",
)
MAILCHIMP = (
    "mailchimp.update_member: {fields: {FNAME: a}}",
    "mailchimp.tag: {remove: [a]}",
    "mailchimp.start_automation: {automation: a1, email: e1}",
)


@pytest.mark.parametrize("body", ODD, ids=lambda body: str(body)[:40])
@pytest.mark.parametrize("is_partial", [False, True])
def test_hubspot_may_answer_whatever_it_likes(
    sandbox: Sandbox, tmp_path: Path, body: Any, *, is_partial: bool
) -> None:
    status = 207 if is_partial else 200
    for path in ("/crm", "/automation", "/events", "/communication-preferences", "/oauth"):
        sandbox.script({"path": path}, [{"status": status, "body": body}], times=None)

    found = wrong(Asked(sandbox, tmp_path).hubspot(*HUBSPOT))

    assert {one.severity for one in found} & {Severity.ERROR, Severity.UNKNOWN}


@pytest.mark.parametrize("body", ODD, ids=lambda body: str(body)[:40])
def test_mailchimp_may_answer_whatever_it_likes(sandbox: Sandbox, tmp_path: Path, body: Any) -> None:
    for path in (f"/3.0/lists/{AUDIENCE}/", "/3.0/automations", "/3.0/ecommerce"):
        sandbox.script({"path": path}, [{"status": 200, "body": body}], times=None)

    found = wrong(Asked(sandbox, tmp_path).mailchimp(*MAILCHIMP))

    assert {one.severity for one in found} & {Severity.ERROR, Severity.UNKNOWN}


@pytest.mark.parametrize("body", ODD, ids=lambda body: str(body)[:40])
def test_an_account_that_says_nothing_of_itself_is_not_in_order(
    sandbox: Sandbox, tmp_path: Path, body: Any
) -> None:
    sandbox.script({"path": "/"}, [{"status": 200, "body": body}], times=None)
    asked = Asked(sandbox, tmp_path)

    found = [*wrong(asked.hubspot(*HUBSPOT)), *wrong(asked.mailchimp(*MAILCHIMP))]

    assert [one.code for one in found] == ["L100", "L100"]
