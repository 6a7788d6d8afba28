"""Mailchimp's members, by its own client."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest
import urllib3
from mailchimp_marketing.api_client import ApiClientError

from connector.sandbox import Sandbox

LIST = "57afe96172"
STRICT_LIST = "a6b5da1054"
EVA = "eva@example.com"
EVA_ID = "2877f95c9320627830c6b680727d1712"
Call = Callable[..., urllib3.BaseHTTPResponse]


def put(chimp: Any, email: str = EVA, key: str = "", **values: Any) -> Any:
    return chimp.lists.set_list_member(LIST, key or email, {"email_address": email, **values})


def problem(call: Callable[[], Any]) -> Any:
    """Mailchimp's problem document; its client gives it as text."""
    with pytest.raises(ApiClientError) as caught:
        call()
    return json.loads(caught.value.text)


def test_a_new_member_comes_in_the_status_for_new_ones(chimp: Any, sandbox: Sandbox) -> None:
    member = put(chimp, key=EVA_ID, status_if_new="subscribed", merge_fields={"FNAME": "Eva"}, language="nl")

    assert (member["id"], member["status"]) == (EVA_ID, "subscribed")
    held = sandbox.state()["mailchimp"]["members"][EVA]
    assert held["merge_fields"] == {"FNAME": "Eva"}
    assert held["language"] == "nl"


def test_a_new_member_needs_a_status_for_new_ones(chimp: Any) -> None:
    refusal = problem(lambda: put(chimp))

    assert (refusal["status"], refusal["title"]) == (400, "Invalid Resource")
    assert refusal["errors"][0]["field"] == "status_if_new"


def test_the_status_for_new_ones_leaves_a_member_alone(chimp: Any) -> None:
    put(chimp, status_if_new="unsubscribed")

    member = put(chimp, status_if_new="subscribed", merge_fields={"LNAME": "Jansen"})

    assert member["status"] == "unsubscribed"
    assert member["merge_fields"]["LNAME"] == "Jansen"


def test_a_status_for_somebody_who_is_a_member_shows_in_the_calls(chimp: Any, sandbox: Sandbox) -> None:
    put(chimp, status_if_new="subscribed")

    chimp.lists.update_list_member(LIST, EVA_ID, {"status": "unsubscribed"})

    bodies = [call["body"] for call in sandbox.state()["calls"] if call["method"] == "PATCH"]
    assert bodies == [{"status": "unsubscribed"}]
    assert chimp.lists.get_list_member(LIST, EVA_ID)["status"] == "unsubscribed"


@pytest.mark.parametrize("status", ["unsubscribed", "cleaned"])
def test_whoever_left_cannot_be_subscribed(chimp: Any, status: str) -> None:
    put(chimp, status_if_new=status)

    refusal = problem(lambda: put(chimp, status="subscribed"))

    assert refusal["title"] == "Member In Compliance State"
    assert refusal["detail"] == (
        f"{EVA} is in a compliance state due to unsubscribe, bounce, or compliance review "
        "and cannot be subscribed."
    )


def test_whoever_left_may_be_asked_by_mail(chimp: Any) -> None:
    put(chimp, status_if_new="unsubscribed")

    assert put(chimp, status="pending")["status"] == "pending"


def test_a_question_by_mail_does_not_make_good_that_somebody_left(chimp: Any) -> None:
    put(chimp, status_if_new="unsubscribed")
    put(chimp, status="pending")

    refusal = problem(lambda: put(chimp, status="subscribed"))

    assert refusal["title"] == "Member In Compliance State"


def test_a_member_moves_to_another_address(chimp: Any, sandbox: Sandbox) -> None:
    put(chimp, status_if_new="subscribed", merge_fields={"FNAME": "Eva"})

    member = put(chimp, "eef@example.com", key=EVA_ID)

    assert member["merge_fields"]["FNAME"] == "Eva"
    assert list(sandbox.state()["mailchimp"]["members"]) == ["eef@example.com"]


def test_nobody_moves_to_the_address_of_another_member(chimp: Any) -> None:
    put(chimp, status_if_new="subscribed")
    put(chimp, "tom@example.com", status_if_new="subscribed")

    refusal = problem(lambda: put(chimp, "tom@example.com", key=EVA_ID))

    assert refusal["title"] == "Member Exists"


def test_an_archived_member_comes_back_as_a_new_one(chimp: Any) -> None:
    put(chimp, status_if_new="subscribed", merge_fields={"FNAME": "Eva"})
    chimp.lists.delete_list_member(LIST, EVA_ID)
    archived = chimp.lists.get_list_member(LIST, EVA_ID)

    member = put(chimp, status_if_new="transactional")

    assert (archived["status"], member["status"]) == ("archived", "transactional")
    assert member["merge_fields"]["FNAME"] == "Eva"


def test_archiving_does_not_make_good_that_somebody_left(chimp: Any) -> None:
    put(chimp, status_if_new="unsubscribed")
    chimp.lists.delete_list_member(LIST, EVA_ID)

    refusal = problem(lambda: put(chimp, status_if_new="subscribed"))

    assert refusal["title"] == "Member In Compliance State"


def test_whoever_was_deleted_for_good_cannot_be_imported(chimp: Any) -> None:
    put(chimp, status_if_new="subscribed")
    chimp.lists.delete_list_member_permanent(LIST, EVA_ID)

    refusal = problem(lambda: put(chimp, status_if_new="transactional"))

    assert refusal["title"] == "Forgotten Email Not Subscribed"
    assert refusal["detail"] == (
        f"{EVA} was permanently deleted and cannot be re-imported. "
        "The contact must re-subscribe to get back on the list."
    )


@pytest.mark.parametrize(
    ("email", "detail"),
    [
        (
            "eva@invalid.example",
            "eva@invalid.example looks fake or invalid, please enter a real email address.",
        ),
        ("fake@example.com", "fake@example.com looks fake or invalid, please enter a real email address."),
        (
            "busy@example.com",
            "busy@example.com has signed up to a lot of lists very recently; "
            "we're not allowing more signups for now",
        ),
        ("no address", "Please provide a valid email address."),
    ],
)
def test_an_address_that_mailchimp_doubts_is_refused(call: Call, email: str, detail: str) -> None:
    body = {"email_address": email, "status": "subscribed"}

    answer = call("POST", f"/3.0/lists/{LIST}/members", json=body)

    assert (answer.status, answer.json()["title"]) == (400, "Invalid Resource")
    assert answer.json()["detail"] == detail


def test_a_problem_has_its_own_media_type_and_all_members(call: Call) -> None:
    answer = call("GET", f"/3.0/lists/{LIST}/members/{EVA_ID}")

    assert answer.status == 404
    assert answer.headers["Content-Type"] == "application/problem+json; charset=utf-8"
    assert set(answer.json()) == {"type", "title", "status", "detail", "instance"}


def test_adding_somebody_who_is_there_is_refused(chimp: Any) -> None:
    add = chimp.lists.add_list_member
    add(LIST, {"email_address": EVA, "status": "subscribed"})

    refusal = problem(lambda: add(LIST, {"email_address": EVA, "status": "subscribed"}))

    assert refusal["title"] == "Member Exists"


def test_a_hash_of_another_address_is_refused(chimp: Any) -> None:
    refusal = problem(lambda: put(chimp, "tom@example.com", key=EVA_ID, status_if_new="subscribed"))

    assert refusal["status"] == 400


def test_a_list_that_does_not_exist_is_not_found(chimp: Any) -> None:
    refusal = problem(lambda: chimp.lists.get_list("nope"))

    assert (refusal["status"], refusal["title"]) == (404, "Resource Not Found")


def test_an_unknown_merge_field_is_ignored(chimp: Any) -> None:
    member = put(chimp, status_if_new="subscribed", merge_fields={"SHOESIZE": "43"})

    assert "SHOESIZE" not in member["merge_fields"]


@pytest.mark.parametrize(
    ("tag", "value"),
    [
        ("BIRTHDAY", "1990-05-13"),
        ("SCORE", "many"),
        ("LASTORDER", "yesterday"),
        ("LANGUAGE", "fr"),
        ("ADDRESS", {"addr1": "Kade 1", "city": "Delft"}),
        ("FNAME", ["Eva"]),
    ],
)
def test_a_merge_field_of_the_wrong_form_is_refused(chimp: Any, tag: str, value: object) -> None:
    refusal = problem(lambda: put(chimp, status_if_new="subscribed", merge_fields={tag: value}))

    assert refusal["detail"] == "Your merge fields were invalid."
    assert [one["field"] for one in refusal["errors"]] == [tag]


@pytest.mark.parametrize(
    ("tag", "value"),
    [
        ("BIRTHDAY", "05/13"),
        ("SCORE", 12),
        ("LASTORDER", "2026-11-22"),
        ("LANGUAGE", "nl"),
        ("ADDRESS", {"addr1": "Kade 1", "city": "Delft", "state": "ZH", "zip": "2611 AA"}),
        ("FNAME", ""),
    ],
)
def test_a_merge_field_of_the_right_form_is_kept(chimp: Any, tag: str, value: object) -> None:
    member = put(chimp, status_if_new="subscribed", merge_fields={tag: value})

    assert member["merge_fields"][tag] == value


def test_a_text_is_cut_to_255_bytes(chimp: Any) -> None:
    member = put(chimp, status_if_new="subscribed", merge_fields={"FNAME": "é" * 200})

    assert member["merge_fields"]["FNAME"] == "é" * 127


def test_a_required_merge_field_may_be_skipped_only_on_request(chimp: Any) -> None:
    body = {"email_address": EVA, "status_if_new": "subscribed"}

    refusal = problem(lambda: chimp.lists.set_list_member(STRICT_LIST, EVA_ID, body))
    member = chimp.lists.set_list_member(STRICT_LIST, EVA_ID, body, skip_merge_validation=True)

    assert refusal["errors"] == [{"field": "COMPANY", "message": "Please enter a value"}]
    assert member["status"] == "subscribed"


def test_only_the_fields_asked_for_come_back(chimp: Any) -> None:
    put(chimp, status_if_new="subscribed", merge_fields={"FNAME": "Eva"})

    member = chimp.lists.get_list_member(LIST, EVA_ID, fields=["id", "merge_fields.FNAME"])

    assert member == {"id": EVA_ID, "merge_fields": {"FNAME": "Eva"}}


@pytest.mark.parametrize(
    ("authorization", "title"),
    [
        ("", "API Key Missing"),
        ("Bearer revoked-us21", "API Key Invalid"),
        ("Basic bG9vZHM6aw==", "API Key Invalid"),
        ("Basic !", "API Key Missing"),
    ],
)
def test_unknown_credentials_are_refused(call: Call, authorization: str, title: str) -> None:
    answer = call("GET", "/3.0/ping", headers={"Authorization": authorization})

    assert (answer.status, answer.json()["title"]) == (401, title)


@pytest.mark.parametrize(("body", "title"), [("{", "JSON Parse Error"), ("[]", "Invalid Resource")])
def test_a_body_that_does_not_fit_is_refused(call: Call, body: str, title: str) -> None:
    answer = call("PUT", f"/3.0/lists/{LIST}/members/{EVA_ID}", body=body)

    assert (answer.status, answer.json()["title"]) == (400, title)


def test_who_was_changed_last_is_listed_first(chimp: Any) -> None:
    for email in ("ada@example.com", "bob@example.com", EVA):
        put(chimp, email, status_if_new="subscribed")
    put(chimp, "bob@example.com", status_if_new="subscribed")
    put(chimp, "ada@example.com", status_if_new="subscribed", merge_fields={"FNAME": "Ada"})
    chimp.lists.delete_list_member_permanent(LIST, EVA)
    asked = {"sort_field": "last_changed", "fields": ["members.email_address"]}

    newest = chimp.lists.get_list_members_info(LIST, sort_dir="DESC", **asked)
    oldest = chimp.lists.get_list_members_info(LIST, **asked)

    assert [one["email_address"] for one in newest["members"]] == ["ada@example.com", "bob@example.com"]
    assert [one["email_address"] for one in oldest["members"]] == ["bob@example.com", "ada@example.com"]


def test_members_are_counted_beyond_the_page_where_that_is_asked(chimp: Any) -> None:
    for email in ("ada@example.com", "bob@example.com", EVA):
        put(chimp, email, status_if_new="subscribed")

    whole = chimp.lists.get_list_members_info(LIST, count=1, offset=1)
    part = chimp.lists.get_list_members_info(LIST, count=1, fields=["members.id"])

    assert [one["email_address"] for one in whole["members"]] == ["bob@example.com"]
    assert whole["total_items"] == 3
    assert part.keys() == {"members"}
