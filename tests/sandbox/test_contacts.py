"""HubSpot's contacts, by its own client."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest
import urllib3

from connector.sandbox import Sandbox

EVA = "eva@example.com"
Call = Callable[..., urllib3.BaseHTTPResponse]


def upsert(portal: Any, email: str, trace: str | None = None, **properties: Any) -> Any:
    one = {"idProperty": "email", "id": email, "properties": properties, "objectWriteTraceId": trace}
    return portal.crm.contacts.batch_api.upsert({"inputs": [one]})


def refusal(call: Callable[[], Any]) -> Any:
    """The status and document of HubSpot's refusal; each of its packages has an error class of its own."""
    with pytest.raises(Exception, match=r"^\(\d{3}\)") as caught:
        call()
    return caught.value


def test_an_upsert_makes_a_contact_and_says_that_it_is_new(portal: Any, sandbox: Sandbox) -> None:
    answer = upsert(portal, EVA, firstname="Eva")

    assert answer.results[0].new is True
    held = sandbox.state()["hubspot"]["contacts"][answer.results[0].id]
    assert held["properties"]["email"] == EVA
    assert held["properties"]["firstname"] == "Eva"


def test_a_second_upsert_finds_the_same_contact_in_other_letters(portal: Any) -> None:
    first = upsert(portal, EVA, firstname="Eva")

    second = upsert(portal, "EVA@Example.com", lastname="Jansen")

    assert second.results[0].id == first.results[0].id
    assert second.results[0].new is False
    assert second.results[0].properties["firstname"] == "Eva"


def test_a_batch_that_fails_in_part_names_the_input_by_its_trace_id(portal: Any) -> None:
    inputs = [
        {"idProperty": "email", "id": EVA, "properties": {}, "objectWriteTraceId": "good"},
        {"idProperty": "email", "id": "no address", "properties": {}, "objectWriteTraceId": "bad"},
    ]

    answer = portal.crm.contacts.batch_api.upsert({"inputs": inputs})

    assert type(answer).__name__ == "BatchResponseSimplePublicUpsertObjectWithErrors"
    assert answer.num_errors == 1
    assert answer.errors[0].context == {"objectWriteTraceId": ["bad"]}
    assert answer.errors[0].errors[0].code == "INVALID_EMAIL"
    assert [one.object_write_trace_id for one in answer.results] == ["good"]


def test_a_batch_without_trace_ids_fails_as_a_whole(portal: Any, sandbox: Sandbox) -> None:
    inputs = [
        {"idProperty": "email", "id": EVA, "properties": {}},
        {"idProperty": "email", "id": "tom@example.com", "properties": {"shoe_size": "43"}},
    ]

    error = refusal(lambda: portal.crm.contacts.batch_api.upsert({"inputs": inputs}))

    assert error.status == 400
    assert json.loads(error.body)["errors"][0]["code"] == "PROPERTY_DOESNT_EXIST"
    assert sandbox.state()["hubspot"]["contacts"] == {}


def test_a_batch_may_not_name_a_contact_twice(portal: Any) -> None:
    inputs = [{"idProperty": "email", "id": email, "properties": {}} for email in (EVA, EVA.upper())]

    error = refusal(lambda: portal.crm.contacts.batch_api.upsert({"inputs": inputs}))

    assert error.status == 400
    assert "Duplicate IDs" in json.loads(error.body)["message"]


def test_a_batch_takes_a_hundred_and_no_more(portal: Any) -> None:
    inputs = [{"idProperty": "email", "id": f"p{n}@example.com", "properties": {}} for n in range(101)]

    answer = portal.crm.contacts.batch_api.upsert({"inputs": inputs[:100]})
    error = refusal(lambda: portal.crm.contacts.batch_api.upsert({"inputs": inputs}))

    assert len(answer.results) == 100
    assert error.status == 400


def test_a_lifecycle_stage_does_not_go_back_by_a_plain_set(portal: Any) -> None:
    upsert(portal, EVA, lifecyclestage="customer")

    answer = upsert(portal, EVA, lifecyclestage="lead")

    assert answer.results[0].properties["lifecyclestage"] == "customer"


def test_a_lifecycle_stage_goes_back_after_it_was_cleared(portal: Any) -> None:
    upsert(portal, EVA, lifecyclestage="customer")
    upsert(portal, EVA, lifecyclestage="")

    answer = upsert(portal, EVA, lifecyclestage="lead")

    assert answer.results[0].properties["lifecyclestage"] == "lead"


def test_an_option_that_does_not_exist_is_refused(portal: Any) -> None:
    error = refusal(lambda: upsert(portal, EVA, lifecyclestage="fan"))

    assert json.loads(error.body)["errors"][0]["code"] == "INVALID_OPTION"


def test_a_contact_is_read_by_id_and_by_address(portal: Any) -> None:
    id_ = upsert(portal, "eva+nl@example.com", phone="1").results[0].id
    read = portal.crm.contacts.basic_api.get_by_id

    by_id = read(id_, properties=["phone", "lifecyclestage"])
    by_email = read("eva+nl@example.com", id_property="email", properties=["phone"])

    assert by_id.properties["phone"] == "1"
    assert by_id.properties["lifecyclestage"] is None
    assert by_email.id == id_


def test_a_contact_is_changed_by_id_and_by_address(portal: Any) -> None:
    id_ = upsert(portal, EVA).results[0].id
    update = portal.crm.contacts.basic_api.update

    by_id = update(id_, {"properties": {"firstname": "Eva"}})
    by_email = update(EVA, {"properties": {"firstname": "Eef"}}, id_property="email")

    assert by_id.properties["firstname"] == "Eva"
    assert (by_email.id, by_email.properties["firstname"]) == (id_, "Eef")


def test_a_contact_that_is_not_there_is_not_found(portal: Any) -> None:
    read = refusal(lambda: portal.crm.contacts.basic_api.get_by_id("9"))
    changed = refusal(lambda: portal.crm.contacts.basic_api.update("9", {"properties": {"phone": "1"}}))

    assert (read.status, changed.status) == (404, 404)
    assert json.loads(read.body)["category"] == "OBJECT_NOT_FOUND"


def test_creating_somebody_again_names_the_existing_contact(portal: Any) -> None:
    create = portal.crm.contacts.basic_api.create
    id_ = create({"properties": {"email": EVA}}).id

    error = refusal(lambda: create({"properties": {"email": EVA}}))

    assert error.status == 409
    assert json.loads(error.body)["message"] == f"Contact already exists. Existing ID: {id_}"


def test_an_address_of_somebody_else_is_a_conflict(portal: Any) -> None:
    upsert(portal, EVA)
    tom = upsert(portal, "tom@example.com").results[0].id

    error = refusal(lambda: portal.crm.contacts.basic_api.update(tom, {"properties": {"email": EVA}}))

    assert error.status == 409


def test_a_changed_address_is_found_by_the_new_one_only(portal: Any) -> None:
    id_ = upsert(portal, EVA).results[0].id
    read = portal.crm.contacts.basic_api.get_by_id

    portal.crm.contacts.basic_api.update(id_, {"properties": {"email": "eef@example.com"}})

    assert read("eef@example.com", id_property="email").id == id_
    assert refusal(lambda: read(EVA, id_property="email")).status == 404


def test_an_archived_contact_is_gone_and_leaves_its_address_free(portal: Any) -> None:
    id_ = upsert(portal, EVA).results[0].id

    portal.crm.contacts.basic_api.archive(id_)

    assert refusal(lambda: portal.crm.contacts.basic_api.get_by_id(id_)).status == 404
    assert upsert(portal, EVA).results[0].id != id_


def test_a_batch_read_tells_who_is_missing(portal: Any) -> None:
    id_ = upsert(portal, EVA, phone="1").results[0].id
    body = {"inputs": [{"id": id_}, {"id": "9"}], "properties": ["phone"], "propertiesWithHistory": []}

    answer = portal.crm.contacts.batch_api.read(body)

    assert [one.properties["phone"] for one in answer.results] == ["1"]
    assert answer.errors[0].context == {"ids": ["9"]}


def test_tags_with_a_semicolon_in_front_are_added(portal: Any) -> None:
    upsert(portal, EVA, loods_tags="vip;dutch")

    answer = upsert(portal, EVA, loods_tags=";cat person")

    assert answer.results[0].properties["loods_tags"] == "vip;dutch;cat person"


@pytest.mark.parametrize("body", ["", "{", "[]", '"text"', '{"inputs": 1}', '{"inputs": [{"id": {}}]}'])
def test_a_body_that_does_not_fit_is_a_validation_error(call: Call, body: str) -> None:
    answer = call("POST", "/crm/v3/objects/contacts/batch/upsert", body=body)

    assert answer.status == 400
    assert answer.json()["category"] == "VALIDATION_ERROR"


@pytest.mark.parametrize(
    "authorization", ["", "Bearer", "Bearer pat-revoked", "Basic cGF0LXRlc3Q6", "Bearer other"]
)
def test_unknown_credentials_are_refused(call: Call, authorization: str) -> None:
    answer = call("GET", "/crm/v3/objects/contacts/51", headers={"Authorization": authorization})

    assert answer.status == 401
    assert answer.json()["category"] == "INVALID_AUTHENTICATION"


def test_a_success_carries_what_is_left_of_the_limits(call: Call) -> None:
    answer = call("GET", "/crm/v3/properties/contacts")

    assert answer.headers["X-HubSpot-RateLimit-Max"] == "1000000"
    assert answer.headers["X-HubSpot-RateLimit-Remaining"] == "999999"
    assert answer.headers["X-HubSpot-RateLimit-Interval-Milliseconds"] == "10000"
