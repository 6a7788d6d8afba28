"""The rest of HubSpot: search, properties, owners, lists, workflows, sequences, events, account."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
import urllib3

from connector.sandbox import Sandbox

Call = Callable[..., urllib3.BaseHTTPResponse]
EVA = "eva@example.com"
SEQUENCES = "/automation/v4/sequences/enrollments"


@pytest.fixture
def eva(portal: Any) -> str:
    """The id of a contact."""
    id_: str = portal.crm.contacts.basic_api.create({"properties": {"email": EVA, "city": "Delft"}}).id
    return id_


def search(portal: Any, *filters: dict[str, Any], **others: Any) -> Any:
    body = {"filterGroups": [{"filters": list(filters)}], "properties": ["city"], **others}
    return portal.crm.contacts.search_api.do_search(body)


@pytest.mark.parametrize(
    "question",
    [
        {"propertyName": "email", "operator": "EQ", "value": EVA.upper()},
        {"propertyName": "city", "operator": "NEQ", "value": "Utrecht"},
        {"propertyName": "city", "operator": "IN", "values": ["Delft", "Utrecht"]},
        {"propertyName": "city", "operator": "NOT_IN", "values": ["Utrecht"]},
        {"propertyName": "city", "operator": "HAS_PROPERTY"},
        {"propertyName": "phone", "operator": "NOT_HAS_PROPERTY"},
        {"propertyName": "email", "operator": "CONTAINS_TOKEN", "value": "*eva*"},
    ],
)
def test_a_search_finds_who_fits(portal: Any, eva: str, question: dict[str, Any]) -> None:
    found = search(portal, question)

    assert found.total == 1
    assert (found.results[0].id, found.results[0].properties["city"]) == (eva, "Delft")


@pytest.mark.parametrize(
    "question",
    [
        {"propertyName": "email", "operator": "EQ", "value": "tom@example.com"},
        {"propertyName": "city", "operator": "NEQ", "value": "delft"},
        {"propertyName": "city", "operator": "IN", "values": ["Utrecht"]},
        {"propertyName": "city", "operator": "NOT_IN", "values": ["Delft"]},
        {"propertyName": "phone", "operator": "HAS_PROPERTY"},
        {"propertyName": "city", "operator": "NOT_HAS_PROPERTY"},
        {"propertyName": "email", "operator": "CONTAINS_TOKEN", "value": "tom"},
    ],
)
def test_a_search_leaves_out_who_does_not_fit(portal: Any, eva: str, question: dict[str, Any]) -> None:
    assert search(portal, question).total == 0


def test_a_search_goes_on_after_its_page(portal: Any) -> None:
    for n in range(3):
        portal.crm.contacts.basic_api.create({"properties": {"email": f"p{n}@example.com"}})
    everybody = {"propertyName": "email", "operator": "HAS_PROPERTY"}

    first = search(portal, everybody, limit=2)
    second = search(portal, everybody, limit=2, after=first.paging.next.after)

    assert (first.total, len(first.results), len(second.results)) == (3, 2, 1)
    assert second.paging is None


def test_a_search_by_an_unknown_property_is_refused(call: Call) -> None:
    group = {"filters": [{"propertyName": "shoe_size", "operator": "EQ", "value": "43"}]}

    answer = call("POST", "/crm/v3/objects/contacts/search", json={"filterGroups": [group]})

    assert answer.status == 400


def test_a_search_says_nothing_of_limits(call: Call) -> None:
    answer = call("POST", "/crm/v3/objects/contacts/search", json={})

    assert answer.status == 200
    assert "X-HubSpot-RateLimit-Max" not in answer.headers


def test_a_property_is_known_once_it_was_made(portal: Any, eva: str) -> None:
    new = {"name": "shop_id", "label": "Shop id", "type": "string", "fieldType": "text"}
    made = portal.crm.properties.core_api.create("contacts", {**new, "groupName": "contactinformation"})

    names = [one.name for one in portal.crm.properties.core_api.get_all("contacts").results]
    changed = portal.crm.contacts.basic_api.update(eva, {"properties": {"shop_id": "7"}})

    assert made.name == "shop_id"
    assert {"email", "lifecyclestage", "loods_tags", "shop_id"} <= set(names)
    assert changed.properties["shop_id"] == "7"


def test_a_contact_is_found_by_a_property_of_unique_values(portal: Any, eva: str) -> None:
    new = {
        "name": "shop_id",
        "label": "Shop id",
        "type": "string",
        "fieldType": "text",
        "groupName": "contactinformation",
    }
    portal.crm.properties.core_api.create("contacts", {**new, "hasUniqueValue": True})
    portal.crm.contacts.basic_api.update(eva, {"properties": {"shop_id": "7"}})
    one = {"idProperty": "shop_id", "id": "7", "properties": {"city": "Leiden"}}

    answer = portal.crm.contacts.batch_api.upsert({"inputs": [one]})

    assert (answer.results[0].id, answer.results[0].new) == (eva, False)


def test_a_property_that_is_not_unique_finds_nobody(call: Call, eva: str) -> None:
    answer = call("GET", "/crm/v3/objects/contacts/Delft?idProperty=city")

    assert answer.status == 400


def test_a_property_is_made_once_and_by_a_proper_name(call: Call) -> None:
    new = {"label": "X", "type": "string", "fieldType": "text", "groupName": "contactinformation"}

    twice = call("POST", "/crm/v3/properties/contacts", json={**new, "name": "email"})
    odd = call("POST", "/crm/v3/properties/contacts", json={**new, "name": "Shop id"})
    unknown = call("GET", "/crm/v3/properties/contacts/shop_id")

    assert (twice.status, odd.status, unknown.status) == (409, 400, 404)


@pytest.mark.parametrize(
    ("kind", "right", "wrong"),
    [
        ("number", "12.5", "many"),
        ("bool", True, "yes"),
        ("date", "2026-11-22", "2026-11-22T09:00:00Z"),
        ("date", "1795305600000", "1795305600001"),
        ("datetime", "2026-11-22T09:00:00Z", "this morning"),
        ("enumeration", "one", "three"),
    ],
)
def test_a_value_is_of_the_propertys_type(
    call: Call, eva: str, kind: str, right: object, wrong: object
) -> None:
    options = [{"label": "One", "value": "one"}, {"label": "Two", "value": "two"}]
    new = {
        "name": "x",
        "label": "X",
        "type": kind,
        "fieldType": "text",
        "groupName": "contactinformation",
        "options": options,
    }
    call("POST", "/crm/v3/properties/contacts", json=new)

    taken = call("PATCH", f"/crm/v3/objects/contacts/{eva}", json={"properties": {"x": right}})
    refused = call("PATCH", f"/crm/v3/objects/contacts/{eva}", json={"properties": {"x": wrong}})

    assert (taken.status, refused.status) == (200, 400)


def test_a_property_of_hubspots_own_cannot_be_set(call: Call, eva: str) -> None:
    answer = call("PATCH", f"/crm/v3/objects/contacts/{eva}", json={"properties": {"createdate": "0"}})

    assert answer.json()["errors"][0]["code"] == "READ_ONLY_VALUE"


def test_an_owner_is_found_by_address_and_by_id(portal: Any) -> None:
    api = portal.crm.owners.owners_api

    found = api.get_page(email="sales@example.com", limit=100, archived=False).results

    assert [one.email for one in found] == ["sales@example.com"]
    assert api.get_by_id(int(found[0].id), id_property="id").email == "sales@example.com"
    assert api.get_page(email="nobody@example.com").results == []


def test_an_owner_who_does_not_exist_is_not_found(call: Call) -> None:
    assert call("GET", "/crm/v3/owners/1?idProperty=id").status == 404


def test_a_contact_joins_and_leaves_a_list(portal: Any, sandbox: Sandbox, eva: str) -> None:
    api = portal.crm.lists.memberships_api
    vip = portal.crm.lists.lists_api.get_by_name("VIP", "0-1").list.list_id

    joined = api.add(vip, [eva, "999"])
    lists = [one.list_id for one in api.get_lists("0-1", eva).results]
    left = api.remove(vip, [eva])

    assert (joined.records_ids_added, joined.record_ids_missing) == ([eva], ["999"])
    assert lists == [vip]
    assert left.record_ids_removed == [eva]
    assert sandbox.state()["hubspot"]["lists"][vip]["members"] == []


def test_a_member_who_joins_again_is_neither_added_nor_missing(portal: Any, eva: str) -> None:
    portal.crm.lists.memberships_api.add("123", [eva])

    again = portal.crm.lists.memberships_api.add("123", [eva])

    assert (again.records_ids_added, again.record_ids_missing) == ([], [])


def test_members_are_changed_both_ways_in_one_call(portal: Any, eva: str) -> None:
    api = portal.crm.lists.memberships_api
    tom = portal.crm.contacts.basic_api.create({"properties": {"email": "tom@example.com"}}).id
    api.add("123", [tom])

    api.add_and_remove("123", {"recordIdsToAdd": [eva], "recordIdsToRemove": [tom]})

    assert [one.record_id for one in api.get_page("123").results] == [eva]


def test_a_list_that_does_not_exist_or_is_dynamic_takes_nobody(call: Call, eva: str) -> None:
    unknown = call("PUT", "/crm/v3/lists/9/memberships/add", json=[eva])
    dynamic = call("PUT", "/crm/v3/lists/125/memberships/add", json=[eva])
    nameless = call("GET", "/crm/v3/lists/object-type-id/0-1/name/Nobody")

    assert (unknown.status, unknown.json()["subCategory"]) == (404, "ListError.LIST_DOES_NOT_EXIST")
    assert (dynamic.status, nameless.status) == (400, 404)


def test_a_new_list_is_found_by_its_name(portal: Any) -> None:
    new = {"name": "Gin lovers", "objectTypeId": "0-1", "processingType": "MANUAL"}

    made = portal.crm.lists.lists_api.create(new).list

    assert portal.crm.lists.lists_api.get_by_name("Gin lovers", "0-1").list.list_id == made.list_id
    assert portal.crm.lists.lists_api.get_by_id(made.list_id).list.name == "Gin lovers"


def test_a_contact_is_enrolled_in_a_workflow(call: Call, sandbox: Sandbox, eva: str) -> None:
    answer = call("POST", "/automation/v2/workflows/4444/enrollments/contacts/eva%40example.com")

    assert (answer.status, answer.data) == (204, b"")
    (enrolled,) = sandbox.state()["hubspot"]["enrollments"]
    assert (enrolled["kind"], enrolled["workflow"], enrolled["contact"]) == ("workflow", "4444", eva)


def test_nobody_is_enrolled_in_no_workflow(call: Call) -> None:
    answer = call("POST", "/automation/v2/workflows/4444/enrollments/contacts/tom%40example.com")

    assert answer.status == 404


def test_a_contact_is_enrolled_in_a_sequence(call: Call, eva: str) -> None:
    body = {"sequenceId": "3333", "contactId": eva, "senderEmail": "sales@example.com"}

    made = call("POST", f"{SEQUENCES}?userId=2222", json=body).json()
    found = call("GET", f"{SEQUENCES}/contact/{eva}").json()

    assert made["toEmail"] == EVA
    assert (found["id"], found["sequenceId"], found["enrolledBy"]) == (made["id"], "3333", "2222")


def test_a_contact_is_in_one_sequence_at_a_time(call: Call, eva: str) -> None:
    body = {"sequenceId": "3333", "contactId": eva, "senderEmail": "sales@example.com"}
    call("POST", f"{SEQUENCES}?userId=2222", json=body)

    again = call("POST", f"{SEQUENCES}?userId=2222", json={**body, "sequenceId": "3334"})

    assert again.status == 400


def test_a_sequence_needs_a_user_and_a_contact(call: Call, eva: str) -> None:
    body = {"sequenceId": "3333", "contactId": eva, "senderEmail": "sales@example.com"}

    no_user = call("POST", SEQUENCES, json=body)
    no_contact = call("POST", f"{SEQUENCES}?userId=2222", json={**body, "contactId": "999"})
    not_enrolled = call("GET", f"{SEQUENCES}/contact/{eva}")

    assert (no_user.status, no_contact.status, not_enrolled.status) == (400, 404, 404)


def test_custom_events_are_kept(portal: Any, sandbox: Sandbox) -> None:
    event = {"eventName": "pe1_cart", "email": EVA, "uuid": "1", "properties": {"value": "49.95"}}

    portal.events.send.basic_api.send(event)
    portal.events.send.batch_api.send({"inputs": [event | {"uuid": "2"}]})

    assert sandbox.state()["hubspot"]["events"] == [event, event | {"uuid": "2"}]


def test_of_events_with_one_id_the_first_is_kept(portal: Any, sandbox: Sandbox) -> None:
    event = {"eventName": "pe1_cart", "email": EVA, "uuid": "1", "properties": {"value": "49.95"}}

    portal.events.send.basic_api.send(event)
    portal.events.send.basic_api.send(event | {"properties": {"value": "50.00"}})

    assert sandbox.state()["hubspot"]["events"] == [event]


def test_an_event_about_nobody_is_refused(call: Call) -> None:
    assert call("POST", "/events/v3/send", json={"eventName": "pe1_cart"}).status == 400


def test_the_account_has_a_number(call: Call) -> None:
    assert call("GET", "/account-info/v3/details").json()["portalId"] == 24680135


def test_a_path_that_does_not_exist_is_not_found(call: Call) -> None:
    assert call("GET", "/crm/v3/objects/spaceships/1").status == 404
