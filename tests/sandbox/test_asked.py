"""What a sandbox tells who asks: e-mail events, forms, meetings and campaigns, also as the SDKs ask."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
import urllib3

Call = Callable[..., urllib3.BaseHTTPResponse]
EVENTS = "/email/public/v1/events"
QUOTE = "0f1b8a52-6c1e-4e0c-9a1b-5a3f0a6d7c01"
SUBMIT = f"/submissions/v3/integration/secure/submit/24680135/{QUOTE}"
SUBMISSIONS = f"/form-integrations/v1/submissions/forms/{QUOTE}"


def happens(call: Call, number: int, kind: str = "CLICK") -> None:
    event = {"id": f"e{number}", "created": 1000 + number, "type": kind, "recipient": "eva@example.com"}
    assert call("POST", EVENTS, json={**event, "url": "https://shop.example/"}).status == 204


def test_email_events_come_newest_first_page_by_page(call: Call) -> None:
    for number in range(3):
        happens(call, number)
    happens(call, 9, "OPEN")

    first = call("GET", f"{EVENTS}?eventType=CLICK&limit=2").json()
    second = call("GET", f"{EVENTS}?eventType=CLICK&limit=2&offset={first['offset']}").json()

    assert [[one["id"] for one in page["events"]] for page in (first, second)] == [["e2", "e1"], ["e0"]]
    assert (first["hasMore"], second["hasMore"]) == (True, False)
    assert first["events"][0]["url"] == "https://shop.example/"


def test_email_events_are_those_between_two_moments_both_included(call: Call) -> None:
    for number in range(4):
        happens(call, number)

    found = call("GET", f"{EVENTS}?startTimestamp=1001&endTimestamp=1002").json()["events"]

    assert [one["id"] for one in found] == ["e2", "e1"]


def test_an_offset_that_nobody_gave_is_refused(call: Call) -> None:
    assert call("GET", f"{EVENTS}?offset=7").status == 400


def test_forms_are_listed_for_the_sdk(portal: Any) -> None:
    found = portal.marketing.forms.forms_api.get_page(limit=1)

    assert [one.id for one in found.results] == [QUOTE]
    assert found.paging.next.after == "1"


def test_submissions_come_newest_first(call: Call) -> None:
    for at in (1000, 3000, 2000):
        filled = [{"name": "email", "value": f"p{at}@example.com"}]
        assert call("POST", SUBMIT, json={"fields": filled, "submittedAt": at}).status == 200

    page = call("GET", f"{SUBMISSIONS}?limit=2").json()

    assert [one["submittedAt"] for one in page["results"]] == [3000, 2000]
    assert page["paging"]["next"]["after"] == "2"


@pytest.mark.parametrize("path", [SUBMISSIONS.replace(QUOTE, "gone"), "/3.0/reports/gone/email-activity"])
def test_what_is_not_there_is_not_found(call: Call, path: str) -> None:
    assert call("GET", path).status == 404


def test_a_search_goes_no_further_than_ten_thousand(portal: Any, call: Call) -> None:
    question = {"propertyName": "hs_lastmodifieddate", "operator": "GTE", "value": "0"}
    body = {"filterGroups": [{"filters": [question]}], "sorts": [{"propertyName": "hs_lastmodifieddate"}]}

    near = call("POST", "/crm/v3/objects/calls/search", json={**body, "limit": 200, "after": "9800"})
    far = call("POST", "/crm/v3/objects/calls/search", json={**body, "limit": 200, "after": "9801"})

    assert (near.status, far.status) == (200, 400)


def test_the_activity_of_a_campaign_is_what_happened_since(chimp: Any, call: Call) -> None:
    sent = chimp.campaigns.create({"type": "regular", "recipients": {"list_id": "57afe96172"}})["id"]
    chimp.campaigns.send(sent)
    for hour in (9, 11):
        act = {
            "email_address": "eva@example.com",
            "action": "open",
            "timestamp": f"2026-11-22T{hour:02}:00:00Z",
        }
        assert call("POST", f"/3.0/reports/{sent}/email-activity", json=act).status == 204

    found = chimp.reports.get_email_activity_for_campaign(sent, since="2026-11-22T10:00:00+00:00")
    reports = chimp.reports.get_all_campaign_reports(since_send_time="2026-01-01T00:00:00+00:00")

    [eva] = found["emails"]
    assert [one["timestamp"] for one in eva["activity"]] == ["2026-11-22T11:00:00+00:00"]
    assert [one["id"] for one in reports["reports"]] == [sent]
