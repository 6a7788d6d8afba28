"""What HubSpot's webhooks mean: one request, up to a hundred changes, each for itself."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from connector.mapping.accounts import FromEnvironment, Setting
from connector.model.event import Event, Identity
from connector.model.types import number, yes_no
from connector.model.values import Value
from connector.sources.translate import Failure, Resolve, translate
from tests.sources.build import (
    PAYLOADS,
    connection_to,
    delivery_of,
    from_file,
    mapping_with,
    names,
    only,
    posted,
    shipped,
)

RAW = (PAYLOADS / "hubspot" / "batch.json").read_bytes()
BATCH = json.loads(RAW)


def change(**members: object) -> dict[str, object]:
    """One change of a property, with some members changed."""
    return {**BATCH[0], **members}


def test_a_batch_is_its_changes_in_order() -> None:
    translation = from_file("hubspot", "batch.json")

    assert names(translation) == [
        "contact.changed", "contact.changed", "contact.changed", "deal.changed", "deal.won",
    ]  # fmt: skip
    assert translation.ignored == "hubspot does not listen to ticket.creation"
    assert {event.occurred_at for event in translation.events} == {datetime(2026, 11, 20, 10, 0, tzinfo=UTC)}


def test_equal_event_ids_of_different_objects_are_different_events() -> None:
    translation = from_file("hubspot", "batch.json")

    assert len({event.key for event in translation.events}) == 5


def test_a_single_object_is_a_batch_of_one() -> None:
    event = only(posted("hubspot", "", change()))

    assert event.people == (Identity("contact", "here", "1801"), Identity("email", "", "eva@example.com"))


def test_a_changed_address_becomes_the_address_in_use() -> None:
    event = only(posted("hubspot", "", change()))

    assert event.fields == {"email": "eva@example.com"}
    assert event.subjects["change"] == {"property": "email", "value": "Eva@Example.com"}


@pytest.mark.parametrize(
    ("name", "field"), [("firstname", "first_name"), ("lastname", "last_name"), ("zip", "postcode")]
)
def test_a_property_that_we_know_is_a_field_of_the_contact(name: str, field: str) -> None:
    event = only(posted("hubspot", "", change(propertyName=name, propertyValue="x")))

    assert event.fields == {field: "x"}


def test_an_emptied_property_is_a_change_to_nothing() -> None:
    event = only(posted("hubspot", "", change(propertyName="hs_lead_status", propertyValue="")))

    assert event.subjects["change"] == {"property": "hs_lead_status"}


def test_a_repeated_attempt_has_the_same_key() -> None:
    first, again = posted("hubspot", "", change()), posted("hubspot", "", change(attemptNumber=3))

    assert only(first).key == only(again).key


def test_the_same_change_twice_in_a_batch_happens_once() -> None:
    translation = posted("hubspot", "", [change(), change(attemptNumber=1)])

    assert len(translation.events) == 1


@pytest.mark.parametrize(
    ("app_id", "resolve", "echoes"),
    [
        ("1160452", None, [False, False, True]),
        ("999", None, [False, False, False]),
        (FromEnvironment("APP"), lambda setting: "1160452", [False, False, True]),
        (FromEnvironment("APP"), lambda setting: None, [False, False, False]),
        (FromEnvironment("APP"), None, [False, False, False]),
    ],
    ids=["ours", "another's", "resolved", "unset", "unresolved"],
)
def test_what_our_own_app_changed_is_an_echo(
    app_id: Setting, resolve: Resolve | None, echoes: Sequence[bool]
) -> None:
    source = shipped("hubspot")

    translation = translate(
        mapping_with(source), connection_to(source, app_id=app_id), delivery_of(source, RAW), resolve
    )

    assert [event.is_echo for event in translation.events[:3]] == echoes


def test_one_bad_part_fails_alone() -> None:
    good = [change(objectId=number) for number in range(99)]

    translation = posted("hubspot", "", [*good[:40], change(objectId={"a": 1}), *good[40:]])

    assert len(translation.events) == 99
    assert [failure.index for failure in translation.failures] == [40]
    assert translation.failures[0].path == "[40].objectId"


def test_an_empty_batch_means_nothing() -> None:
    translation = posted("hubspot", "", [])

    assert translation.ignored == "this delivery of hubspot is empty"


@pytest.mark.parametrize("part", [None, 1, "x", [], {}, {"subscriptionType": 5.5}, {"subscriptionType": []}])
def test_a_part_of_another_shape_is_told_and_harms_nobody(part: object) -> None:
    translation = posted("hubspot", "", [part, change()])

    assert len(translation.events) == 1
    assert translation.failures or translation.ignored


def test_a_person_without_id_fails() -> None:
    translation = posted("hubspot", "", {"subscriptionType": "contact.creation", "eventId": 1})

    assert translation.failures == (Failure(0, "", "it is about nobody: there is no address and no id"),)


def test_an_association_teaches_whose_a_deal_is() -> None:
    told = {
        "subscriptionType": "contact.associationChange", "associationType": "CONTACT_TO_DEAL", "eventId": 1,
        "fromObjectId": 1801, "toObjectId": 900, "associationRemoved": False, "occurredAt": 1795168800000,
    }  # fmt: skip

    event = only(posted("hubspot", "", told))

    assert event.people == (Identity("contact", "here", "1801"),)
    assert event.belongings == (Identity("deal", "here", "900", is_person=False),)
    assert posted("hubspot", "", {**told, "associationRemoved": True}).events == ()


@pytest.mark.parametrize(
    ("object_type", "kind", "event_names"),
    [
        ("0-1", "object.creation", ["contact.changed"]),
        ("0-1", "object.propertyChange", ["contact.changed"]),
        ("0-3", "object.creation", ["deal.created"]),
        ("0-3", "object.propertyChange", ["deal.changed"]),
        ("0-2", "object.creation", ["company.changed"]),
        ("0-2", "object.propertyChange", ["company.changed"]),
        ("0-5", "object.propertyChange", []),
    ],
)
def test_objects_of_newer_apps_mean_the_same(object_type: str, kind: str, event_names: list[str]) -> None:
    translation = posted("hubspot", "", change(subscriptionType=kind, objectTypeId=object_type))

    assert names(translation) == event_names


def test_a_privacy_deletion_erases_and_a_deletion_does_not() -> None:
    erased = posted("hubspot", "", change(subscriptionType="contact.privacyDeletion"))
    deleted = posted("hubspot", "", change(subscriptionType="contact.deletion"))

    assert only(erased).name == "contact.erased"
    assert deleted.ignored == "hubspot does not listen to contact.deletion"


def test_a_part_that_says_nothing_fails_in_a_sentence_that_can_be_read() -> None:
    translation = posted("hubspot", "", [{}])

    assert translation.failures == (Failure(0, "", "it does not say what happened: the topic is missing"),)


def test_a_workflow_post_is_ignored_by_name() -> None:
    assert from_file("hubspot", "workflow.json").ignored == "hubspot does not listen to workflow"


@settings(deadline=None)
@given(st.permutations(BATCH))
def test_any_order_of_the_parts_gives_the_same_keys(parts: list[object]) -> None:
    keys = {event.key for event in posted("hubspot", "", parts).events}

    assert keys == {event.key for event in posted("hubspot", "", BATCH).events}


FILLED = {("here", "numberofemployees"): ("employees",), ("here", "vip"): ("vip",)}
OWN = {"employees": number(), "vip": yes_no()}


def filled(**members: object) -> Event:
    """The event of a change under a mapping whose own fields HubSpot's properties fill."""
    source = shipped("hubspot")
    rules = replace(mapping_with(source), fields=OWN, filled=FILLED)
    delivery = delivery_of(source, json.dumps([change(**members)]).encode())
    return only(translate(rules, connection_to(source), delivery))


@pytest.mark.parametrize(
    ("name", "value", "read"),
    [
        ("numberofemployees", "120", {"employees": Decimal(120)}),
        ("vip", "true", {"vip": True}),
        ("numberofemployees", "", {}),
        ("lastname", "120", {}),
    ],
)
def test_a_changed_property_fills_the_own_field_that_is_from_it(
    name: str, value: str, read: dict[str, Value]
) -> None:
    event = filled(propertyName=name, propertyValue=value)

    assert {field: one for field, one in event.fields.items() if field in OWN} == read


def test_a_property_that_is_not_of_the_type_of_its_field_is_noted() -> None:
    event = filled(propertyName="numberofemployees", propertyValue="many")

    assert "employees" not in event.fields
    assert event.note == "contact.employees is a text and no number"


def test_a_deal_fills_no_field_of_a_contact() -> None:
    event = filled(
        subscriptionType="deal.propertyChange", propertyName="numberofemployees", propertyValue="7"
    )

    assert (event.name, event.fields) == ("deal.changed", {})


def test_a_merge_names_all_records_of_the_person_and_the_one_that_is_left_first() -> None:
    """HubSpot's `contact.merge`: two records, or more, are one person's."""
    merge = {"objectId": 100, "primaryObjectId": 100, "mergedObjectIds": [200, 300], "newObjectId": 100}
    event = only(posted("hubspot", "", change(subscriptionType="contact.merge", **merge)))

    assert event.name == "contact.changed"
    assert [one.value for one in event.people] == ["100", "200", "300"]
