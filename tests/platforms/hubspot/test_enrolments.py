"""Workflows, sequences and lists in HubSpot."""

from __future__ import annotations

from typing import Any

import pytest

from connector.errors import DispatchError, Rejected, Unknown
from connector.model.action import Kind
from connector.model.values import Value
from connector.platforms.base import Call, Done
from connector.platforms.hubspot.adapter import HubSpot
from connector.sandbox import Sandbox
from tests.platforms.hubspot.wish import EVA, do, wish

SEQUENCE: dict[str, Value] = {"sequence": 3333, "sender": "sales@example.com", "user": 2222}


def enrolled(sandbox: Sandbox) -> list[dict[str, Any]]:
    return list(sandbox.state()["hubspot"]["enrollments"])


def add(name: str, platform_id: str | None = None) -> Call:
    return wish("add_to_list", {"list": name}, platform_id=platform_id)


def test_a_workflow_takes_an_address_with_any_sign(hubspot: HubSpot, sandbox: Sandbox) -> None:
    outcome = do(hubspot, wish("start_workflow", {"workflow": "4444"}, email="eva+a/b@example.com"))[0]

    assert isinstance(outcome, Done)
    assert sandbox.state()["calls"][-1]["path"].endswith("/eva%2Ba%2Fb%40example.com")


def test_a_workflow_takes_nobody_without_an_address(hubspot: HubSpot, sandbox: Sandbox) -> None:
    outcome = do(hubspot, wish("start_workflow", {"workflow": 4444}, email=None, platform_id="51"))[0]

    assert isinstance(outcome, Rejected)
    assert sandbox.state()["calls"] == []


def test_only_204_says_that_a_workflow_took_the_contact(hubspot: HubSpot, sandbox: Sandbox) -> None:
    sandbox.script({"path": "/automation"}, [{"status": 200, "body": {"id": "1"}}])

    assert isinstance(do(hubspot, wish("start_workflow", {"workflow": 4444}))[0], Unknown)


def test_what_reaches_customers_is_marketing(hubspot: HubSpot) -> None:
    marketing = {one.name for one in hubspot.specs if one.kind is Kind.MARKETING}

    assert marketing == {"start_workflow", "start_sequence", "send_event"}


def test_a_sequence_is_sent_from_the_sender_as_the_user(hubspot: HubSpot, sandbox: Sandbox) -> None:
    outcome = do(hubspot, wish("start_sequence", SEQUENCE))[0]

    call = sandbox.state()["calls"][-1]
    assert isinstance(outcome, Done)
    assert call["query"] == {"userId": ["2222"]}
    assert call["body"].items() >= {"sequenceId": "3333", "senderEmail": "sales@example.com"}.items()


def test_another_sequence_is_not_taken_for_it(hubspot: HubSpot) -> None:
    do(hubspot, wish("start_sequence", SEQUENCE))

    assert hubspot.look_up(wish("start_sequence", SEQUENCE | {"sequence": 4})) is None


def test_an_enrolment_from_before_the_decision_is_not_taken_for_it(
    hubspot: HubSpot, sandbox: Sandbox
) -> None:
    do(hubspot, wish("start_sequence", SEQUENCE))
    old = {"id": "9", "sequenceId": "3333", "enrolledAt": "2026-11-01T00:00:00Z"}
    sandbox.script({"method": "GET", "path": "/automation"}, [{"status": 200, "body": old}])

    assert hubspot.look_up(wish("start_sequence", SEQUENCE)) is None


def test_a_contact_who_was_never_enrolled_is_in_no_sequence(hubspot: HubSpot) -> None:
    do(hubspot, wish("update_contact", {"fields": {"firstname": "Eva"}}))

    assert hubspot.look_up(wish("start_sequence", SEQUENCE)) is None
    assert hubspot.look_up(wish("start_sequence", SEQUENCE, email="new@example.com")) is None


INSTEAD: dict[str, Value] = SEQUENCE | {"or_task": "Write to them yourself"}
ENROLMENTS = {"method": "POST", "path": "/automation/v4/sequences/enrollments"}
NO_INBOX = {"status": 400, "body": {"message": "no connected inbox", "category": "VALIDATION_ERROR"}}


def tasks(sandbox: Sandbox) -> list[dict[str, Any]]:
    return [one["properties"] for one in sandbox.state()["hubspot"]["tasks"].values()]


def test_a_sender_whom_hubspot_refuses_gets_a_task_where_one_is_asked_for(
    hubspot: HubSpot, sandbox: Sandbox
) -> None:
    sandbox.script(ENROLMENTS, [NO_INBOX], times=2)

    refused = do(hubspot, wish("start_sequence", SEQUENCE))[0]
    outcome = do(hubspot, wish("start_sequence", INSTEAD | {"sender": "support@example.com"}))[0]

    (task,) = tasks(sandbox)
    assert isinstance(refused, Rejected)
    assert isinstance(outcome, Done)
    assert (task["hs_task_subject"], task["hubspot_owner_id"]) == ("Write to them yourself", "64492918")
    assert "no connected inbox" in task["hs_task_body"]


def test_whoever_hubspot_enrols_needs_no_task(hubspot: HubSpot, sandbox: Sandbox) -> None:
    assert isinstance(do(hubspot, wish("start_sequence", INSTEAD))[0], Done)
    assert tasks(sandbox) == []


def test_a_sender_who_owns_nothing_leaves_the_task_to_the_connections_owner(
    hubspot: HubSpot, sandbox: Sandbox
) -> None:
    sandbox.script(ENROLMENTS, [NO_INBOX])

    do(hubspot, wish("start_sequence", INSTEAD | {"sender": "news@example.com"}))

    assert [one["hubspot_owner_id"] for one in tasks(sandbox)] == ["64492917"]


def test_a_task_instead_whose_answer_is_lost_is_found(hubspot: HubSpot, sandbox: Sandbox) -> None:
    sandbox.script(ENROLMENTS, [NO_INBOX])
    sandbox.script({"path": "/crm/v3/objects/tasks"}, [{"apply": True, "drop": True}])

    lost = do(hubspot, wish("start_sequence", INSTEAD))[0]

    assert isinstance(lost, Unknown)
    assert hubspot.look_up(wish("start_sequence", INSTEAD)) is not None
    assert hubspot.look_up(wish("start_sequence", SEQUENCE)) is None


@pytest.mark.parametrize("answer", [{"drop": True}, {"status": 500}, {"status": 429}, {"status": 401}])
def test_only_a_refusal_for_good_makes_a_task_instead(
    hubspot: HubSpot, sandbox: Sandbox, answer: dict[str, Any]
) -> None:
    sandbox.script(ENROLMENTS, [answer])

    assert isinstance(do(hubspot, wish("start_sequence", INSTEAD))[0], DispatchError)
    assert tasks(sandbox) == []


def test_a_list_is_found_by_name_once(hubspot: HubSpot, sandbox: Sandbox) -> None:
    do(hubspot, add("VIP"))
    do(hubspot, add("VIP"))

    asked = [call for call in sandbox.state()["calls"] if call["path"].endswith("/name/VIP")]
    members = [one["members"] for one in sandbox.state()["hubspot"]["lists"].values() if one["name"] == "VIP"]
    assert (len(asked), [len(ids) for ids in members]) == (1, [1])


def test_a_list_that_does_not_exist_is_refused(hubspot: HubSpot) -> None:
    assert isinstance(do(hubspot, add("No such list"))[0], Rejected)
    assert isinstance(do(hubspot, add("99999"))[0], Rejected)


def test_a_list_that_was_made_anew_is_found_again(hubspot: HubSpot, sandbox: Sandbox) -> None:
    do(hubspot, add("VIP"))
    gone = {"status": 404, "body": {"message": "List does not exist", "category": "OBJECT_NOT_FOUND"}}
    sandbox.script({"method": "PUT"}, [gone])

    assert isinstance(do(hubspot, add("VIP"))[0], Rejected)
    assert isinstance(do(hubspot, add("VIP"))[0], Done)
    asked = [call for call in sandbox.state()["calls"] if call["path"].endswith("/name/VIP")]
    assert len(asked) == 2


def test_a_contact_that_the_list_misses_is_refused(hubspot: HubSpot) -> None:
    outcome = do(hubspot, add("VIP", platform_id="99999"))[0]

    assert isinstance(outcome, Rejected)
    assert "99999" in outcome.words


def test_a_contact_that_the_answer_does_not_name_may_be_on_the_list(
    hubspot: HubSpot, sandbox: Sandbox
) -> None:
    other = {"status": 200, "body": {"recordsIdsAdded": ["1"]}}
    sandbox.script({"method": "PUT"}, [other])

    assert isinstance(do(hubspot, add("VIP"))[0], Unknown)


def test_the_successors_spelling_of_the_answer_is_read_too(hubspot: HubSpot, sandbox: Sandbox) -> None:
    do(hubspot, wish("update_contact", {"fields": {"firstname": "Eva"}}, email=EVA))
    named = {"status": 200, "body": {"recordIdsAdded": [51], "recordIdsMissing": []}}
    sandbox.script({"method": "PUT"}, [named])

    assert do(hubspot, add("VIP"))[0] == Done(platform_id="51")
