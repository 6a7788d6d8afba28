"""Tasks for colleagues in HubSpot, and looking whether one was made."""

from __future__ import annotations

from datetime import datetime, timedelta, timezone
from typing import Any

import pytest

from connector.errors import DispatchError, Rejected, Transient, Unauthorized, Unknown
from connector.model.values import Value
from connector.platforms.base import Call, Done
from connector.platforms.hubspot.adapter import HubSpot
from connector.sandbox import Sandbox
from tests.platforms.hubspot.wish import DECIDED, EVA, do, wish

DUE = datetime(2026, 12, 1, 9, 0, 0, 123456, tzinfo=timezone(timedelta(hours=1)))
TASKS = "/crm/v3/objects/tasks"
LINKS = "/crm/v4/objects/contacts/51/associations/tasks"


def task(email: str | None = EVA, platform_id: str | None = None, /, **arguments: Value) -> Call:
    given: dict[str, Value] = {"title": "Call Eva", "due": DUE, **arguments}
    return wish("create_task", given, email=email, platform_id=platform_id)


def tasks(sandbox: Sandbox) -> list[dict[str, Any]]:
    return list(sandbox.state()["hubspot"]["tasks"].values())


def test_a_task_is_on_the_contact_with_everything_that_was_said(hubspot: HubSpot, sandbox: Sandbox) -> None:
    outcome = do(hubspot, task(body="Cart of 80 euro", priority="high", type="call"))[0]

    made = tasks(sandbox)[0]
    assert outcome == Done(reference=made["id"], platform_id=made["associations"]["contacts"][0])
    assert (
        made["properties"].items()
        >= {
            "hs_task_subject": "Call Eva",
            "hs_task_body": "Cart of 80 euro",
            "hs_timestamp": "2026-12-01T08:00:00.123Z",
            "hs_task_status": "NOT_STARTED",
            "hs_task_priority": "HIGH",
            "hs_task_type": "CALL",
        }.items()
    )


def test_a_contact_whose_id_is_known_is_not_asked_for(hubspot: HubSpot, sandbox: Sandbox) -> None:
    made = do(hubspot, task())[0]
    assert isinstance(made, Done)
    before = len(sandbox.state()["calls"])

    do(hubspot, task(None, made.platform_id))

    assert [call["path"] for call in sandbox.state()["calls"][before:]] == [f"{TASKS}/batch/create"]


def test_a_contact_that_hubspot_knows_is_not_written(hubspot: HubSpot, sandbox: Sandbox) -> None:
    do(hubspot, task())

    do(hubspot, task(title="Call again"))

    upserts = [call for call in sandbox.state()["calls"] if call["path"].endswith("/upsert")]
    assert len(upserts) == 1


def test_the_owner_is_found_once_and_the_connections_is_the_default(
    hubspot: HubSpot, sandbox: Sandbox
) -> None:
    do(hubspot, task())
    do(hubspot, task(title="Another", owner="Sales@Example.com"))

    owners = {made["properties"]["hubspot_owner_id"] for made in tasks(sandbox)}
    asked = [call for call in sandbox.state()["calls"] if call["path"] == "/crm/v3/owners/"]
    assert (len(owners), len(asked)) == (1, 1)


def test_an_unknown_owner_is_refused_before_anything_is_made(hubspot: HubSpot, sandbox: Sandbox) -> None:
    outcome = do(hubspot, task(owner="nobody@example.com"))[0]

    assert isinstance(outcome, Rejected)
    assert outcome.words == "HubSpot has no owner nobody@example.com"
    assert sandbox.state()["hubspot"]["contacts"] == {}


def test_an_owner_who_left_is_asked_for_again(hubspot: HubSpot, sandbox: Sandbox) -> None:
    do(hubspot, task())
    left = {"status": 400, "body": {"message": "Owner does not exist", "category": "VALIDATION_ERROR"}}
    sandbox.script({"path": "/crm/v3/objects/tasks"}, [left])

    do(hubspot, task(title="Refused"))
    do(hubspot, task(title="Asked again"))

    asked = [call for call in sandbox.state()["calls"] if call["path"] == "/crm/v3/owners/"]
    assert len(asked) == 2


@pytest.mark.parametrize(
    "arguments",
    [
        {"title": ""},
        {"due": "tomorrow"},
        {"due": datetime(2026, 12, 1)},  # noqa: DTZ001 - a time without a zone is what is refused
        {"due": None},
        {"owner": "sales"},
        {"priority": "urgent"},
        {"type": "letter"},
    ],
)
def test_arguments_that_hubspot_cannot_take_are_refused(
    hubspot: HubSpot, arguments: dict[str, Value]
) -> None:
    outcome = do(hubspot, task(**arguments))[0]

    assert isinstance(outcome, Rejected)
    assert next(iter(arguments)) in outcome.words


@pytest.mark.parametrize("path", ["/crm/v3/owners", "/crm/v3/objects/contacts"])
@pytest.mark.parametrize(
    "answer",
    [
        {"drop": True},
        {"status": 502, "body": "x"},
        {"status": 200, "body": "<html>", "content_type": "text/html"},
    ],
    ids=["dropped", "broken", "html"],
)
def test_a_loss_before_the_call_that_counts_is_no_doubt(
    hubspot: HubSpot, sandbox: Sandbox, path: str, answer: dict[str, Any]
) -> None:
    sandbox.script({"path": path}, [answer])

    assert isinstance(do(hubspot, task())[0], Transient)
    assert tasks(sandbox) == []


def test_the_task_of_a_lost_answer_is_found(hubspot: HubSpot, sandbox: Sandbox) -> None:
    sandbox.script({"path": "/crm/v3/objects/tasks"}, [{"apply": True, "drop": True}])
    assert isinstance(do(hubspot, task())[0], Unknown)

    found = hubspot.look_up(task())

    assert found is not None
    assert found.reference == tasks(sandbox)[0]["id"]


@pytest.mark.parametrize("change", [{"title": "Call Jan"}, {"due": DUE + timedelta(milliseconds=1)}])
def test_another_title_or_time_is_another_task(hubspot: HubSpot, change: dict[str, Value]) -> None:
    do(hubspot, task())

    assert hubspot.look_up(task(**change)) is None


def test_less_than_a_millisecond_is_no_difference(hubspot: HubSpot) -> None:
    do(hubspot, task())

    assert hubspot.look_up(task(due=DUE + timedelta(microseconds=400))) is not None


def test_a_task_from_before_the_decision_is_another_one(hubspot: HubSpot, sandbox: Sandbox) -> None:
    do(hubspot, task())
    old = tasks(sandbox)[0]["properties"] | {"hs_createdate": (DECIDED - timedelta(days=1)).isoformat()}
    found = {"results": [{"id": "52", "properties": old}]}
    sandbox.script({"path": "/crm/v3/objects/tasks/batch/read"}, [{"status": 200, "body": found}])

    assert hubspot.look_up(task()) is None


def test_a_contact_that_hubspot_does_not_know_has_no_task(hubspot: HubSpot) -> None:
    assert hubspot.look_up(task()) is None
    assert hubspot.look_up(task(None, "999")) is None


def test_all_pages_of_a_contacts_tasks_are_read(hubspot: HubSpot, sandbox: Sandbox) -> None:
    do(hubspot, task())
    made = tasks(sandbox)[0]["id"]
    first = {"results": [{"toObjectId": 1}], "paging": {"next": {"after": "1"}}}
    pages = [
        {"status": 200, "body": first},
        {"status": 200, "body": {"results": [{"toObjectId": int(made)}]}},
    ]
    sandbox.script({"path": LINKS}, pages)

    assert hubspot.look_up(task()) == Done(made, "51")


@pytest.mark.parametrize(
    ("answer", "kind"),
    [
        ({"drop": True}, Transient),
        ({"status": 500}, Transient),
        ({"status": 200, "body": "{}"}, Transient),
        ({"status": 200, "body": "<html>", "content_type": "text/html"}, Transient),
        ({"status": 401}, Unauthorized),
    ],
)
@pytest.mark.parametrize("path", [LINKS, "/crm/v3/objects/tasks/batch/read", "/crm/v3/objects/contacts"])
def test_a_look_without_an_answer_says_nothing(
    hubspot: HubSpot, sandbox: Sandbox, path: str, answer: dict[str, Any], kind: type[DispatchError]
) -> None:
    do(hubspot, task())
    sandbox.script({"path": path}, [answer])

    with pytest.raises(kind):
        hubspot.look_up(task())


def test_the_due_time_is_a_moment_for_the_engine(hubspot: HubSpot) -> None:
    spec = next(one for one in hubspot.specs if one.name == "create_task")

    assert spec.moments == {"due"}
