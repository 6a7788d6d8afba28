"""What is found at a Mailchimp account: everything that the mapping names and that is not as it has to be."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from connector.model.finding import Severity
from connector.sandbox import Sandbox
from tests.platforms.inspection.asking import AUDIENCE, DOUBLE_OPTIN, Asked, only, post, wrong

ERROR, WARNING, UNKNOWN = Severity.ERROR, Severity.WARNING, Severity.UNKNOWN
CONSENT = "defaults: {consent: {email: %s}}\n"
ASKED = {"defaults.yaml": CONSENT % "newsletter.subscribed"}


@pytest.fixture
def asked(sandbox: Sandbox, tmp_path: Path) -> Asked:
    return Asked(sandbox, tmp_path)


def test_nothing_is_found_in_an_account_that_has_everything(asked: Asked, sandbox: Sandbox) -> None:
    found = asked.mailchimp(
        "mailchimp.update_member: {fields: {LANGUAGE: nl, SCORE: '{{ order.total }}', BIRTHDAY: '05-17'}}",
        "mailchimp.tag: {add: [a]}",
        "mailchimp.tag: {remove: [a]}",
        "mailchimp.send_event: {name: quiz_taken}",
        "mailchimp.start_automation: {automation: a1, email: e1}",
        files=ASKED,
    )

    assert [str(one) for one in wrong(found) if one.code != "L211"] == []
    assert {one["method"] for one in sandbox.state()["calls"]} == {"GET"}


@pytest.mark.parametrize(
    ("action", "code", "remedy"),
    [
        ("update_member: {fields: {FNAM: x}}", "L210", 'did you mean "FNAME"?'),
        ("update_member: {fields: {SCORE: '{{ order.placed_at }}'}}", "L211", "write another value"),
        ("update_member: {fields: {LANGUAGE: fr}}", "L212", "choices are: nl, en, de"),
    ],
)
def test_a_merge_field_that_is_not_there_or_takes_something_else_is_an_error(
    asked: Asked, action: str, code: str, remedy: str
) -> None:
    severity, found, where, told = only(asked.mailchimp(f"mailchimp.{action}", files=ASKED))

    assert (severity, found, where) == (ERROR, code, "a.yaml:4")
    assert told.startswith(remedy)


def test_a_tag_that_nobody_has_and_nothing_gives_is_a_warning_where_it_is_taken_away(asked: Asked) -> None:
    found = asked.mailchimp(
        "mailchimp.tag: {add: [customer]}", "mailchimp.tag: {remove: [custommer]}", files=ASKED
    )

    assert only(found) == (WARNING, "L220", "a.yaml:5", 'did you mean "customer"?')


def test_a_journey_cannot_be_looked_at_and_that_is_said(asked: Asked) -> None:
    found = asked.mailchimp("mailchimp.start_journey: {journey: 1234, step: 5678}", files=ASKED)

    assert only(found)[:3] == (UNKNOWN, "L230", "a.yaml:4")


def test_an_automation_that_is_not_there_or_off_is_an_error(asked: Asked, sandbox: Sandbox) -> None:
    gone = {"status": 404, "content_type": "application/problem+json", "body": {"title": "Not Found"}}
    sandbox.script({"path": "/3.0/automations/gone"}, [gone])
    sandbox.script(
        {"path": "/3.0/automations/off"}, [{"status": 200, "body": {"id": "off", "status": "paused"}}]
    )
    sandbox.script({"path": "/3.0/automations/on/emails"}, [gone])

    found = asked.mailchimp(
        *(f"mailchimp.start_automation: {{automation: {one}, email: e1}}" for one in ("gone", "off", "on")),
        files=ASKED,
    )

    assert [(one.severity, one.code, one.where) for one in wrong(found)] == [
        (ERROR, "L240", "a.yaml:4"),
        (ERROR, "L242", "a.yaml:5"),
        (ERROR, "L241", "a.yaml:6"),
    ]


@pytest.mark.parametrize(
    ("audience", "consent", "expected"),
    [
        (AUDIENCE, "newsletter.confirmed", ["L206"]),
        (AUDIENCE, "newsletter.subscribed", []),
        (DOUBLE_OPTIN, "newsletter.confirmed", []),
        (DOUBLE_OPTIN, "newsletter.subscribed", ["L206"]),
    ],
)
def test_consent_has_to_be_the_same_here_and_there(
    asked: Asked, audience: str, consent: str, expected: list[str]
) -> None:
    files = {"defaults.yaml": CONSENT % consent}

    found = replace(asked, audience=audience).mailchimp("mailchimp.tag: {add: [a]}", files=files)

    assert [one.code for one in wrong(found)] == expected


def test_an_audience_that_is_not_there_is_an_error(asked: Asked) -> None:
    found = replace(asked, audience="nowhere").mailchimp("mailchimp.tag: {add: [a]}", files=ASKED)

    assert only(found)[:3] == (ERROR, "L200", "connections.yaml:3")


@pytest.mark.parametrize(
    ("store", "expected"),
    [
        (None, [(WARNING, "L250")]),
        ({"list_id": DOUBLE_OPTIN}, [(ERROR, "L251")]),
        ({"list_id": AUDIENCE, "is_syncing": True}, [(WARNING, "L252")]),
        ({"list_id": AUDIENCE}, []),
    ],
)
def test_the_store_has_to_be_one_of_this_audience(
    asked: Asked, sandbox: Sandbox, store: dict[str, object] | None, expected: list[tuple[Severity, str]]
) -> None:
    if store is not None:
        body = {"id": "shop", "name": "Shop", "currency_code": "EUR", **store}
        post(sandbox, "/3.0/ecommerce/stores", body)
    connected = (
        f"connections:\n  mailchimp: {{platform: mailchimp, token: $K, audience: {AUDIENCE}, store: shop}}\n"
    )

    found = asked.mailchimp("mailchimp.tag: {add: [a]}", files={"connections.yaml": connected, **ASKED})

    assert [(one.severity, one.code) for one in wrong(found)] == expected


def test_a_key_that_is_refused_is_the_only_thing_told(asked: Asked, sandbox: Sandbox) -> None:
    refusal = {"title": "API Key Invalid", "status": 401, "detail": "Your API key may be invalid."}
    sandbox.script({"path": "/3.0"}, [{"status": 401, "body": refusal}], times=None)

    found = asked.mailchimp("mailchimp.update_member: {fields: {FNAM: x}}", files=ASKED)

    assert only(found)[:3] == (ERROR, "L101", "connections.yaml:3")


def test_what_cannot_be_asked_for_now_keeps_nothing_else_from_being_told(
    asked: Asked, sandbox: Sandbox
) -> None:
    sandbox.script({"path": f"/3.0/lists/{AUDIENCE}/merge-fields"}, [{"status": 502}])

    found = wrong(
        asked.mailchimp(
            "mailchimp.update_member: {fields: {FNAM: x}}", "mailchimp.tag: {remove: [a]}", files=ASKED
        )
    )

    assert [(one.severity, one.code) for one in found] == [(UNKNOWN, "L102"), (WARNING, "L220")]
