"""HubSpot's tasks, by its own client."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from typing import Any

import pytest
import urllib3

from connector.sandbox import Sandbox

Call = Callable[..., urllib3.BaseHTTPResponse]
DUE = "2026-12-01T09:00:00.000Z"


@pytest.fixture
def eva(portal: Any) -> str:
    """The id of a contact."""
    id_: str = portal.crm.contacts.basic_api.create({"properties": {"email": "eva@example.com"}}).id
    return id_


def task(contact: str, values: Mapping[str, str] | None = None, kind: int = 204) -> dict[str, Any]:
    association = {"associationCategory": "HUBSPOT_DEFINED", "associationTypeId": kind}
    return {
        "properties": {"hs_timestamp": DUE, "hs_task_subject": "Call Eva", **(values or {})},
        "associations": [{"to": {"id": contact}, "types": [association]}],
    }


def test_a_task_is_made_for_a_contact(portal: Any, sandbox: Sandbox, eva: str) -> None:
    body = task(eva, {"hs_task_priority": "HIGH", "hs_task_type": "CALL", "hubspot_owner_id": "64492917"})

    made = portal.crm.objects.tasks.basic_api.create(body)

    held = sandbox.state()["hubspot"]["tasks"][made.id]
    assert held["associations"] == {"contacts": [eva]}
    assert held["properties"]["hs_task_subject"] == "Call Eva"
    assert held["properties"]["hubspot_owner_id"] == "64492917"


@pytest.mark.parametrize(
    "values",
    [
        {"hs_timestamp": ""},
        {"hs_timestamp": "tomorrow"},
        {"hs_task_priority": "URGENT"},
        {"hubspot_owner_id": "1"},
        {"colour": "red"},
    ],
)
def test_a_task_with_values_that_do_not_exist_is_refused(
    call: Call, eva: str, values: dict[str, str]
) -> None:
    answer = call("POST", "/crm/v3/objects/tasks", json=task(eva, values))

    assert answer.status == 400
    assert answer.json()["category"] == "VALIDATION_ERROR"


def test_a_task_for_nobody_is_refused_and_not_made(call: Call, sandbox: Sandbox) -> None:
    answer = call("POST", "/crm/v3/objects/tasks", json=task("999"))

    assert answer.status == 400
    assert sandbox.state()["hubspot"]["tasks"] == {}


def test_a_wrong_type_of_association_is_refused(call: Call, eva: str) -> None:
    answer = call("POST", "/crm/v3/objects/tasks", json=task(eva, kind=202))

    assert answer.status == 400


def test_the_tasks_of_a_contact_are_found_page_by_page(portal: Any, eva: str) -> None:
    create = portal.crm.objects.tasks.basic_api.create
    ids = [create(task(eva)).id for _ in range(3)]
    page = portal.crm.associations.v4.basic_api.get_page

    first = page("contacts", eva, "tasks", limit=2)
    second = page("contacts", eva, "tasks", limit=2, after=first.paging.next.after)

    assert [one.to_object_id for one in first.results + second.results] == ids
    assert second.paging is None
    assert first.results[0].association_types[0].type_id == 203


def test_tasks_are_read_in_a_batch(portal: Any, eva: str) -> None:
    made = portal.crm.objects.tasks.basic_api.create(task(eva))
    names = ["hs_task_subject", "hs_timestamp", "hs_createdate"]

    answer = portal.crm.objects.tasks.batch_api.read({"inputs": [{"id": made.id}], "properties": names})

    assert answer.results[0].properties["hs_task_subject"] == "Call Eva"
    assert answer.results[0].properties["hs_timestamp"] == DUE


def test_a_task_that_is_gone_is_missing_in_a_batch_and_not_found_alone(
    portal: Any, call: Call, eva: str
) -> None:
    id_ = portal.crm.objects.tasks.basic_api.create(task(eva)).id
    portal.crm.objects.tasks.basic_api.archive(id_)

    batch = call("POST", "/crm/v3/objects/tasks/batch/read", json={"inputs": [{"id": id_}], "properties": []})
    alone = call("GET", f"/crm/v3/objects/tasks/{id_}")

    assert (batch.status, batch.json()["numErrors"]) == (207, 1)
    assert (alone.status, json.loads(alone.data)["category"]) == (404, "OBJECT_NOT_FOUND")
