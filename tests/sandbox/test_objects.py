"""Companies, notes, deals, tickets and subscriptions of a HubSpot portal."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
import urllib3

from connector.sandbox import Sandbox

Call = Callable[..., urllib3.BaseHTTPResponse]
MINIMAL = {
    "tasks": {"hs_timestamp": "2026-12-01T09:00:00.000Z"},
    "notes": {"hs_timestamp": "2026-12-01T09:00:00.000Z"},
    "deals": {"dealname": "Order 1001", "dealstage": "closedwon"},
    "tickets": {"subject": "A broken cup", "hs_pipeline_stage": "1"},
    "companies": {"name": "Potters"},
}
TIES = {"tasks": 204, "notes": 202, "deals": 3, "tickets": 16, "companies": 280}
EMAIL = "/communication-preferences/v4/statuses/eva%40example.com"
kinds = pytest.mark.parametrize("kind", MINIMAL)


@pytest.fixture
def eva(portal: Any) -> str:
    """The id of a contact."""
    id_: str = portal.crm.contacts.basic_api.create({"properties": {"email": "eva@example.com"}}).id
    return id_


def tied(kind: str, contact: str) -> dict[str, Any]:
    association = {"associationCategory": "HUBSPOT_DEFINED", "associationTypeId": TIES[kind]}
    return {
        "properties": MINIMAL[kind],
        "associations": [{"to": {"id": contact}, "types": [association]}],
    }


@kinds
def test_a_record_is_made_changed_and_found_at_its_contact(
    portal: Any, sandbox: Sandbox, eva: str, kind: str
) -> None:
    objects, ties = portal.crm.objects.basic_api, portal.crm.associations.v4.basic_api
    made = objects.create(kind, tied(kind, eva))

    objects.update(kind, made.id, {"properties": {"hubspot_owner_id": "64492917"}})

    held = sandbox.state()["hubspot"][kind][made.id]
    assert held["properties"].items() >= (MINIMAL[kind] | {"hubspot_owner_id": "64492917"}).items()
    assert [one.to_object_id for one in ties.get_page("contacts", eva, kind).results] == [made.id]


@pytest.mark.parametrize(
    ("kind", "lacks"),
    [
        ("notes", "hs_timestamp"),
        ("deals", "dealname"),
        ("deals", "dealstage"),
        ("tickets", "subject"),
        ("tickets", "hs_pipeline_stage"),
    ],
)
def test_a_record_without_what_it_needs_is_refused(call: Call, kind: str, lacks: str) -> None:
    values = {name: value for name, value in MINIMAL[kind].items() if name != lacks}

    answer = call("POST", f"/crm/v3/objects/{kind}", json={"properties": values})

    assert answer.status == 400
    assert answer.json()["context"] == {"properties": [lacks]}


@pytest.mark.parametrize(
    ("kind", "values"),
    [
        ("deals", {"dealstage": "Won"}),
        ("deals", {"amount": "a lot"}),
        ("tickets", {"hs_ticket_priority": "high"}),
        ("companies", {"colour": "red"}),
        ("companies", {"hubspot_owner_id": "1"}),
    ],
)
def test_values_that_do_not_exist_are_refused(call: Call, kind: str, values: dict[str, str]) -> None:
    answer = call("POST", f"/crm/v3/objects/{kind}", json={"properties": MINIMAL[kind] | values})

    assert answer.status == 400
    assert answer.json()["category"] == "VALIDATION_ERROR"


@kinds
def test_the_tie_of_another_kind_is_refused(call: Call, eva: str, kind: str) -> None:
    body = tied(kind, eva)
    body["associations"][0]["types"][0]["associationTypeId"] = 999

    assert call("POST", f"/crm/v3/objects/{kind}", json=body).status == 400


def test_what_does_not_exist_cannot_be_changed(call: Call) -> None:
    body = {"properties": {"amount": "80"}}

    assert call("PATCH", "/crm/v3/objects/deals/999", json=body).status == 404


def test_a_batch_changes_those_that_exist_and_names_the_others(
    portal: Any, call: Call, sandbox: Sandbox, eva: str
) -> None:
    id_ = portal.crm.objects.basic_api.create("tasks", tied("tasks", eva)).id
    done = {"hs_task_status": "COMPLETED"}
    inputs = [{"id": id_, "properties": done}, {"id": "999", "properties": done}]

    answer = call("POST", "/crm/v3/objects/tasks/batch/update", json={"inputs": inputs})

    assert (answer.status, answer.json()["numErrors"]) == (207, 1)
    assert sandbox.state()["hubspot"]["tasks"][id_]["properties"]["hs_task_status"] == "COMPLETED"


def test_the_first_company_of_a_contact_is_the_primary_one(portal: Any, eva: str) -> None:
    for _ in range(2):
        portal.crm.objects.basic_api.create("companies", tied("companies", eva))

    page = portal.crm.associations.v4.basic_api.get_page("contacts", eva, "companies").results

    assert [[kind.type_id for kind in one.association_types] for one in page] == [[279, 1], [279]]


def test_the_stage_of_a_company_goes_back_only_when_it_is_cleared(portal: Any, sandbox: Sandbox) -> None:
    objects = portal.crm.objects.basic_api
    id_ = objects.create("companies", {"properties": {"lifecyclestage": "customer"}}).id

    kept = objects.update("companies", id_, {"properties": {"lifecyclestage": "lead"}})
    objects.update("companies", id_, {"properties": {"lifecyclestage": ""}})
    later = objects.update("companies", id_, {"properties": {"lifecyclestage": "lead"}})

    assert kept.properties["lifecyclestage"] == "customer"
    assert later.properties["lifecyclestage"] == "lead"


def test_an_address_is_taken_off_one_subscription(call: Call, sandbox: Sandbox) -> None:
    body = {"channel": "EMAIL", "statusState": "UNSUBSCRIBED", "subscriptionId": 77}

    told = [call("POST", EMAIL, json=body).json()["results"][0] for _ in range(2)]

    assert sandbox.state()["hubspot"]["unsubscribed"] == {"eva@example.com": [77]}
    assert [one["setStatusSuccessReason"] for one in told] == [
        "REQUESTED_CHANGE_OCCURRED",
        "NO_STATUS_CHANGE",
    ]


def test_an_address_is_taken_off_all_of_it(call: Call, sandbox: Sandbox) -> None:
    path = f"{EMAIL}/unsubscribe-all?channel=EMAIL"
    before = call("GET", path).json()["results"]

    call("POST", path)

    assert before == []
    assert [one["status"] for one in call("GET", path).json()["results"]] == ["UNSUBSCRIBED"]
    assert {one["status"] for one in call("GET", EMAIL).json()["results"]} == {"UNSUBSCRIBED"}
    assert sandbox.state()["hubspot"]["unsubscribed"] == {"eva@example.com": ["all"]}


def test_a_subscription_that_does_not_exist_and_a_channel_that_is_missing_are_refused(call: Call) -> None:
    body = {"channel": "EMAIL", "statusState": "UNSUBSCRIBED", "subscriptionId": 1}

    assert call("POST", EMAIL, json=body).status == 400
    assert call("POST", f"{EMAIL}/unsubscribe-all").status == 400


@kinds
def test_records_are_made_together_and_each_fault_names_its_trace(
    portal: Any, sandbox: Sandbox, eva: str, kind: str
) -> None:
    good, bad = tied(kind, eva), tied(kind, "999")
    inputs = [good | {"objectWriteTraceId": "a"}, bad | {"objectWriteTraceId": "b"}]

    made = portal.crm.objects.batch_api.create(kind, {"inputs": inputs})

    assert [one.object_write_trace_id for one in made.results] == ["a"]
    assert [one.context["objectWriteTraceId"] for one in made.errors] == [["b"]]
    assert list(sandbox.state()["hubspot"][kind]) == [made.results[0].id]


def test_without_a_trace_one_fault_refuses_all(portal: Any, sandbox: Sandbox, eva: str) -> None:
    with pytest.raises(Exception, match="associations are not valid"):
        portal.crm.objects.batch_api.create("tasks", {"inputs": [tied("tasks", eva), tied("tasks", "999")]})

    assert sandbox.state()["hubspot"]["tasks"] == {}


def test_contacts_are_changed_together_and_each_fault_names_its_trace(portal: Any, eva: str) -> None:
    inputs = [
        {"id": eva, "properties": {"city": "Gent"}, "objectWriteTraceId": "a"},
        {"id": "999", "properties": {"city": "Gent"}, "objectWriteTraceId": "b"},
    ]

    changed = portal.crm.contacts.batch_api.update({"inputs": inputs})

    assert [(one.id, one.properties["city"]) for one in changed.results] == [(eva, "Gent")]
    assert [one.context["objectWriteTraceId"] for one in changed.errors] == [["b"]]


def test_the_records_of_several_contacts_are_read_together(portal: Any, eva: str) -> None:
    jan = portal.crm.contacts.basic_api.create({"properties": {"email": "jan@example.com"}}).id
    made = portal.crm.objects.basic_api.create("tasks", tied("tasks", eva)).id

    found = portal.crm.associations.v4.batch_api.get_page(
        "contacts", "tasks", {"inputs": [{"id": eva}, {"id": jan}]}
    )

    assert [(one._from.id, [tie.to_object_id for tie in one.to]) for one in found.results] == [(eva, [made])]
    assert [one.context["fromObjectId"] for one in found.errors] == [[jan]]


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("GET", "/crm/objects/2026-03/contacts/{eva}"),
        ("GET", "/crm/objects/2026-03/contacts/{eva}/associations/tasks"),
        ("GET", "/crm/lists/2026-03/123"),
        ("GET", "/crm/owners/2026-03/"),
        ("GET", "/crm/properties/2026-03/contacts"),
        ("GET", "/account-info/2026-03/details"),
        ("GET", "/communication-preferences/2026-03/statuses/eva%40example.com"),
        ("PUT", "/crm/lists/2026-03/123/memberships/add"),
    ],
)
def test_the_dated_paths_are_served_too(call: Call, eva: str, method: str, path: str) -> None:
    answer = call(method, path.format(eva=eva), json=[eva] if method == "PUT" else None)

    assert answer.status == 200
    assert b"recordsIdsAdded" not in answer.data
    assert call("GET", "/crm/objects/2025-09/contacts").status == 404
