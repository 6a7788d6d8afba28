"""Mailchimp's calls about many members, by its own client."""

from __future__ import annotations

from typing import Any

import pytest

from connector.sandbox import Sandbox
from tests.sandbox.test_members import EVA, LIST, problem, put

ADAM = "adam@example.com"


def write(chimp: Any, *members: dict[str, Any], may_change: bool = False) -> Any:
    return chimp.lists.batch_list_members(LIST, {"members": members, "update_existing": may_change})


def tag(chimp: Any, sandbox: Sandbox, **people: list[str]) -> Any:
    number = chimp.lists.tag_search(LIST, name="vip")["tags"][0]["id"]
    return chimp.lists.batch_segment_members(people, LIST, number)


def test_who_is_new_is_added_and_who_is_there_is_refused_unchanged(chimp: Any, sandbox: Sandbox) -> None:
    put(chimp, status_if_new="transactional")

    told = write(
        chimp,
        {"email_address": EVA, "status": "subscribed"},
        {"email_address": ADAM, "status": "subscribed", "merge_fields": {"FNAME": "Adam"}},
    )

    assert [one["email_address"] for one in told["new_members"]] == [ADAM]
    assert (told["total_created"], told["total_updated"], told["error_count"]) == (1, 0, 1)
    assert [(one["email_address"], one["error_code"]) for one in told["errors"]] == [
        (EVA, "ERROR_CONTACT_EXISTS")
    ]
    assert sandbox.state()["mailchimp"]["members"][EVA]["status"] == "transactional"


def test_a_change_gives_the_status_that_it_says_and_else_leaves_it(chimp: Any) -> None:
    put(chimp, status_if_new="transactional")

    kept = write(chimp, {"email_address": EVA, "merge_fields": {"FNAME": "Eva"}}, may_change=True)
    given = write(chimp, {"email_address": EVA, "status": "subscribed"}, may_change=True)

    assert [one["status"] for one in kept["updated_members"]] == ["transactional"]
    assert [one["status"] for one in given["updated_members"]] == ["subscribed"]


@pytest.mark.parametrize(
    ("member", "field", "words"),
    [
        ({"email_address": ADAM}, "status", "should not be blank"),
        ({"email_address": "fake@example.com", "status": "subscribed"}, "", "looks fake or invalid"),
        (
            {"email_address": ADAM, "status": "subscribed", "merge_fields": {"SCORE": "many"}},
            "SCORE",
            "enter a number",
        ),
    ],
)
def test_who_cannot_be_written_is_told_and_spoils_nobody(
    chimp: Any, member: dict[str, Any], field: str, words: str
) -> None:
    told = write(chimp, member, {"email_address": EVA, "status": "subscribed"})

    assert [one["email_address"] for one in told["new_members"]] == [EVA]
    assert told["errors"][0]["field"] == field
    assert words in told["errors"][0]["error"] + told["errors"][0]["field_message"]


def test_the_same_person_twice_is_an_error(chimp: Any) -> None:
    twice = {"email_address": EVA, "status": "subscribed"}

    assert write(chimp, twice, twice)["error_count"] == 1


def test_more_than_500_at_once_are_refused(chimp: Any) -> None:
    many = [{"email_address": f"p{number}@example.com", "status": "subscribed"} for number in range(501)]

    assert problem(lambda: write(chimp, *many))["status"] == 400


def test_a_tag_is_given_and_taken_in_bulk_and_only_a_change_is_told(chimp: Any, sandbox: Sandbox) -> None:
    for email in (EVA, ADAM):
        put(chimp, email, status_if_new="subscribed")
    chimp.lists.update_list_member_tags(LIST, ADAM, {"tags": [{"name": "vip", "status": "active"}]})

    given = tag(chimp, sandbox, members_to_add=[EVA, ADAM, "nobody@example.com"])
    taken = tag(chimp, sandbox, members_to_remove=[ADAM])

    assert [one["email_address"] for one in given["members_added"]] == [EVA]
    assert given["errors"][0]["email_addresses"] == ["nobody@example.com"]
    assert [one["email_address"] for one in taken["members_removed"]] == [ADAM]
    held = chimp.lists.get_segment_members_list(LIST, "1")
    assert [one["email_address"] for one in held["members"]] == [EVA]


def test_a_number_that_is_no_tag_is_not_found(chimp: Any) -> None:
    body = {"members_to_add": [EVA]}

    assert problem(lambda: chimp.lists.batch_segment_members(body, LIST, "99"))["status"] == 404
