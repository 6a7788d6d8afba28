"""What can be read of HubSpot's account: properties, pipelines, workflows, sequences, events, the token."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest
import urllib3

Call = Callable[..., urllib3.BaseHTTPResponse]
FLOWS = "/automation/v4/flows"
NUMBERS = "/automation/v4/workflow-id-mappings/batch/read"


def read(answer: urllib3.BaseHTTPResponse) -> Any:
    return json.loads(answer.data)


@pytest.mark.parametrize("kind", ["contacts", "companies", "deals", "tickets"])
def test_properties_are_read_by_the_batch_and_the_missing_are_counted(portal: Any, kind: str) -> None:
    names = [{"name": "hs_object_id"}, {"name": "nothing_like_it"}]

    found = portal.crm.properties.batch_api.read(kind, {"archived": False, "inputs": names})

    assert [one.name for one in found.results] == ["hs_object_id"]
    assert found.results[0].modification_metadata.read_only_value is True
    assert found.num_errors == 1


def test_a_property_of_companies_can_be_made(portal: Any) -> None:
    made = {
        "name": "size",
        "label": "S",
        "type": "number",
        "fieldType": "number",
        "groupName": "companyinformation",
    }

    portal.crm.properties.core_api.create("companies", made)

    assert portal.crm.properties.core_api.get_by_name("companies", "size").type == "number"


def test_pipelines_have_their_stages(portal: Any) -> None:
    [deals] = portal.crm.pipelines.pipelines_api.get_all("deals").results
    [tickets] = portal.crm.pipelines.pipelines_api.get_all("tickets").results

    assert (deals.id, deals.stages[-1].id) == ("default", "closedlost")
    assert (tickets.id, [one.id for one in tickets.stages]) == ("0", ["1", "2", "3", "4"])


def test_a_workflow_has_two_numbers_and_each_tells_the_other(call: Call) -> None:
    by_number = call("POST", NUMBERS, json={"inputs": [{"type": "WORKFLOW_ID", "workflowId": "4444"}]})
    by_flow = call("POST", NUMBERS, json={"inputs": [{"type": "FLOW_ID", "flowId": "1807001"}]})

    both = [{"flowId": 1807001, "workflowId": 4444}]
    assert (read(by_number)["results"], read(by_flow)["results"]) == (both, both)


def test_a_number_that_no_workflow_has_tells_nothing(call: Call) -> None:
    answer = call("POST", NUMBERS, json={"inputs": [{"type": "WORKFLOW_ID", "workflowId": "1807001"}]})

    assert (answer.status, read(answer)["results"]) == (207, [])


def test_a_new_workflow_can_be_read_and_one_of_deals_has_no_number(call: Call) -> None:
    made = read(call("POST", FLOWS, json={"name": "Deals", "objectTypeId": "0-3", "isEnabled": True}))
    numbers = call("POST", NUMBERS, json={"inputs": [{"type": "FLOW_ID", "flowId": made["id"]}]})

    assert read(call("GET", f"{FLOWS}/{made['id']}"))["objectTypeId"] == "0-3"
    assert read(numbers)["results"] == []
    assert call("GET", f"{FLOWS}/99").status == 404


def test_a_sequence_is_seen_by_a_user(call: Call) -> None:
    path = "/automation/v4/sequences/{}?userId={}"

    statuses = [call("GET", path.format(*one)).status for one in ((5555, 2222), (1, 2222), (5555, 1))]

    assert statuses == [200, 404, 400]


def test_an_event_is_defined_and_read_by_its_full_name(call: Call) -> None:
    made = {"name": "quiz_taken", "propertyDefinitions": [{"name": "score", "type": "number"}]}

    name = read(call("POST", "/events/v3/event-definitions", json=made))["fullyQualifiedName"]

    found = read(call("GET", f"/events/v3/event-definitions/{name}"))
    assert found["properties"] == [{"name": "score", "type": "number"}]
    assert call("GET", "/events/v3/event-definitions/pe1_nothing").status == 404


def test_subscription_types_are_listed(portal: Any) -> None:
    found = portal.communication_preferences.definition_api.get_page().subscription_definitions

    assert [one.id for one in found] == ["77", "78"]


def test_a_token_tells_its_scopes(call: Call) -> None:
    told = read(call("POST", "/oauth/v2/private-apps/get/access-token-info", json={"tokenKey": "pat-test"}))

    assert {"crm.objects.contacts.write", "automation"} <= set(told["scopes"])
