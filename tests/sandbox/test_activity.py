"""Mailchimp's tags, events, notes, journeys, audiences and merge fields, by its own client."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest
import requests
import urllib3
from mailchimp_marketing.api_client import ApiClientError

from connector.sandbox import Sandbox

Call = Callable[..., urllib3.BaseHTTPResponse]
LIST = "57afe96172"
EVA = "eva@example.com"
MEMBER = f"/3.0/lists/{LIST}/members/{EVA}"
TRIGGER = "/3.0/customer-journeys/journeys/55/steps/66/actions/trigger"


@pytest.fixture
def eva(chimp: Any) -> str:
    """The id of a member."""
    body = {"email_address": EVA, "status_if_new": "subscribed"}
    id_: str = chimp.lists.set_list_member(LIST, EVA, body)["id"]
    return id_


def test_tags_that_are_not_named_stay(chimp: Any, sandbox: Sandbox, eva: str) -> None:
    change = chimp.lists.update_list_member_tags
    change(LIST, eva, {"tags": [{"name": "VIP", "status": "active"}, {"name": "Cold", "status": "active"}]})

    answer = change(LIST, eva, {"tags": [{"name": "Cold", "status": "inactive"}], "is_syncing": False})

    assert isinstance(answer, requests.Response)
    assert answer.status_code == 204
    assert [tag["name"] for tag in chimp.lists.get_list_member_tags(LIST, eva)["tags"]] == ["VIP"]
    assert sandbox.state()["mailchimp"]["members"][EVA]["tags"] == ["VIP"]


def test_a_tag_is_found_by_how_it_begins(chimp: Any, eva: str) -> None:
    names = ["Warm lead", "Warm", "Cold"]
    tags = [{"name": name, "status": "active"} for name in names]
    chimp.lists.update_list_member_tags(LIST, eva, {"tags": tags})

    found = chimp.lists.tag_search(LIST, name="warm")["tags"]

    assert [tag["name"] for tag in found] == ["Warm lead", "Warm"]


@pytest.mark.parametrize("part", ["tags", "events", "notes"])
def test_nobody_gets_nothing(chimp: Any, call: Call, part: str) -> None:
    bodies = {"tags": {"tags": []}, "events": {"name": "cart"}, "notes": {"note": "x"}}

    answer = call("POST", f"{MEMBER}/{part}", json=bodies[part])

    assert (answer.status, answer.json()["title"]) == (404, "Resource Not Found")


@pytest.mark.parametrize(
    ("part", "body"),
    [
        ("tags", {"tags": [{"name": "VIP", "status": "maybe"}]}),
        ("events", {"name": "x"}),
        ("events", {"name": "x" * 31}),
        ("events", {"name": "cart", "occurred_at": "2026-11-22T09:00:00"}),
        ("events", {"name": "cart", "properties": {"lines": []}}),
        ("notes", {}),
    ],
)
def test_a_body_that_does_not_fit_is_refused(call: Call, eva: str, part: str, body: object) -> None:
    answer = call("POST", f"{MEMBER}/{part}", json=body)

    assert (answer.status, answer.json()["title"]) == (400, "Invalid Resource")


def test_events_come_back_newest_first_in_whole_seconds(chimp: Any, eva: str) -> None:
    send = chimp.lists.create_list_member_event
    send(LIST, eva, {"name": "cart", "occurred_at": "2026-11-22T10:00:00.750+01:00"})
    send(LIST, eva, {"name": "order", "properties": {"n": "1"}, "occurred_at": "2026-11-22T11:00:00+00:00"})

    answer = chimp.lists.get_list_member_events(LIST, eva)

    assert answer["total_items"] == 2
    assert answer["events"] == [
        {"occurred_at": "2026-11-22T11:00:00+00:00", "name": "order", "properties": {"n": "1"}},
        {"occurred_at": "2026-11-22T09:00:00+00:00", "name": "cart", "properties": {}},
    ]


def test_the_same_event_twice_is_two_events(chimp: Any, sandbox: Sandbox, eva: str) -> None:
    event = {"name": "cart", "occurred_at": "2026-11-22T10:00:00+00:00"}

    for _ in range(2):
        chimp.lists.create_list_member_event(LIST, eva, event)

    assert [one["name"] for one in sandbox.state()["mailchimp"]["events"]] == ["cart", "cart"]


def test_a_page_of_events_begins_where_it_is_told(chimp: Any, eva: str) -> None:
    for minute in range(12):
        at = f"2026-11-22T10:{minute:02}:00+00:00"
        chimp.lists.create_list_member_event(LIST, eva, {"name": "cart", "occurred_at": at})

    first = chimp.lists.get_list_member_events(LIST, eva)
    second = chimp.lists.get_list_member_events(LIST, eva, count=10, offset=10)

    assert (len(first["events"]), len(second["events"]), second["total_items"]) == (10, 2, 12)


def test_a_note_is_kept(chimp: Any, sandbox: Sandbox, eva: str) -> None:
    made = chimp.lists.create_list_member_note(LIST, eva, {"note": "Likes gin"})

    assert chimp.lists.get_list_member_notes(LIST, eva)["notes"] == [made]
    assert sandbox.state()["mailchimp"]["members"][EVA]["notes"] == ["Likes gin"]


def test_a_journey_begins_for_a_subscribed_member(chimp: Any, sandbox: Sandbox, eva: str) -> None:
    answer = chimp.customerJourneys.trigger(55, 66, {"email_address": EVA})

    assert answer.status_code == 204
    (begun,) = sandbox.state()["mailchimp"]["journeys"]
    assert (begun["journey_id"], begun["step_id"], begun["email_address"]) == (55, 66, EVA)


@pytest.mark.parametrize("status", ["unsubscribed", "transactional", "pending", "cleaned"])
def test_no_journey_begins_for_somebody_who_gets_no_marketing(chimp: Any, call: Call, status: str) -> None:
    chimp.lists.add_list_member(LIST, {"email_address": EVA, "status": status})

    answer = call("POST", TRIGGER, json={"email_address": EVA})

    assert answer.status == 400


def test_no_journey_begins_for_a_stranger(chimp: Any) -> None:
    with pytest.raises(ApiClientError) as caught:
        chimp.customerJourneys.trigger(55, 66, {"email_address": EVA})

    assert json.loads(caught.value.text)["status"] == 404


def test_an_audience_says_whether_it_asks_by_mail(chimp: Any) -> None:
    assert chimp.lists.get_list(LIST)["double_optin"] is False
    assert chimp.lists.get_list("a6b5da1054")["double_optin"] is True

    chimp.lists.update_list(LIST, {"double_optin": True})

    assert chimp.lists.get_list(LIST)["double_optin"] is True


def test_all_audiences_and_members_are_listed(chimp: Any, eva: str) -> None:
    assert [one["id"] for one in chimp.lists.get_all_lists()["lists"]] == [LIST, "a6b5da1054"]
    assert [one["id"] for one in chimp.lists.get_list_members_info(LIST)["members"]] == [eva]
    assert chimp.lists.get_list_members_info(LIST, status="cleaned")["members"] == []


def test_a_merge_field_takes_values_once_it_was_made(chimp: Any, eva: str) -> None:
    chimp.lists.add_list_merge_field(LIST, {"tag": "SHOPID", "name": "Shop id", "type": "text"})

    member = chimp.lists.update_list_member(LIST, eva, {"merge_fields": {"SHOPID": "7"}})

    assert member["merge_fields"]["SHOPID"] == "7"
    assert "SHOPID" in [
        one["tag"] for one in chimp.lists.get_list_merge_fields(LIST, count=1000)["merge_fields"]
    ]


@pytest.mark.parametrize("tag", ["FNAME", "MUCHTOOLONGTAG"])
def test_a_merge_tag_is_new_and_short(call: Call, tag: str) -> None:
    answer = call("POST", f"/3.0/lists/{LIST}/merge-fields", json={"tag": tag, "name": "X", "type": "text"})

    assert answer.status == 400


def test_ping_and_root_say_who_is_asking(chimp: Any) -> None:
    assert chimp.ping.get() == {"health_status": "Everything's Chimpy!"}
    assert {"account_id", "login_id", "role"} <= set(chimp.root.get_root())
