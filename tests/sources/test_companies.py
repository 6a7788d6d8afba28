"""Which company a delivery speaks of, and what it says of that."""

from __future__ import annotations

import json
from dataclasses import replace
from decimal import Decimal

import pytest

from connector.model.domains import company_id
from connector.model.event import Identity
from connector.model.types import number, with_fields
from connector.model.vocabulary import company_type
from connector.sources.translate import Failure, translate
from tests.sources.build import connection_to, delivery_of, mapping_with, only, posted, shipped, translated
from tests.sources.test_recorded import FOLDER

ACME = Identity("domain", "", "acme.example", is_person=False)
RECORDED = FOLDER / "hubspot" / "company.propertyChange__1.json"
ASSOCIATION = {
    "subscriptionType": "contact.associationChange", "associationType": "CONTACT_TO_COMPANY", "eventId": 1,
    "fromObjectId": 1801, "toObjectId": 456, "associationRemoved": False, "isPrimaryAssociation": True,
    "occurredAt": 1795168800000,
}  # fmt: skip


def says(company: object, **rest: object) -> dict[str, object]:
    """What the website says of a person and a company."""
    return {"event": "page.viewed", "id": "1", "contact": {"email": "eva@example.com"}, **rest} | {
        "company": company
    }


def changed(name: str, value: str) -> dict[str, object]:
    """A changed property of HubSpot's company 456."""
    told = {"subscriptionType": "company.propertyChange", "objectId": 456, "eventId": 1}
    return {**told, "propertyName": name, "propertyValue": value, "occurredAt": 1795168800000}


def test_the_company_of_a_person_is_told_beside_them() -> None:
    company = {"id": 77, "domain": "https://www.Acme.Example/", "name": "Acme", "employees": "40"}

    event = only(posted("json", "", says(company)))

    assert event.people == (Identity("email", "", "eva@example.com"),)
    assert event.company == (company_id("here", "77"), ACME)
    assert event.company_fields == {"name": "Acme", "domain": "acme.example", "employees": Decimal(40)}
    assert not event.is_of_company


def test_a_name_identifies_no_company_and_says_nothing_of_one() -> None:
    event = only(posted("json", "", says({"name": "Acme"})))

    assert (event.company, event.company_fields) == ((), {})


@pytest.mark.parametrize(
    ("domain", "note"),
    [
        ("gmail.com", "company.domain gmail.com is a public mail provider's, and no company's"),
        ("eva@acme.example", "company.domain is no domain"),
    ],
)
def test_what_is_no_companys_domain_is_noted(domain: str, note: str) -> None:
    event = only(posted("json", "", says({"domain": domain})))

    assert event.company == ()
    assert event.note == note


def test_the_domain_of_an_address_is_never_taken_for_the_companys() -> None:
    event = only(posted("json", "", says(None)))

    assert event.company == ()


def test_a_company_may_be_spoken_of_alone() -> None:
    event = only(posted("json", "", {"event": "company.changed", "id": "1", "company": {"id": "77"}}))

    assert event.is_of_company
    assert event.company == (company_id("here", "77"),)


def test_what_names_neither_a_person_nor_a_company_fails() -> None:
    translation = posted("json", "", {"event": "company.changed", "id": "1", "company": {"name": "Acme"}})

    assert translation.failures == (Failure(0, "", "it is about nobody: there is no address and no id"),)


def test_an_id_that_is_none_fails_with_its_place() -> None:
    translation = posted("json", "", says({"id": {"number": 7}}))

    [failure] = translation.failures
    assert failure.path == "company.id"


def test_an_association_teaches_to_which_company_a_contact_belongs() -> None:
    event = only(posted("hubspot", "", ASSOCIATION))

    assert event.people == (Identity("contact", "here", "1801"),)
    assert event.company == (company_id("here", "456"),)
    assert posted("hubspot", "", {**ASSOCIATION, "associationRemoved": True}).events == ()
    assert posted("hubspot", "", {**ASSOCIATION, "isPrimaryAssociation": False}).events == ()


def test_a_changed_domain_is_also_by_what_the_company_is_known() -> None:
    event = only(posted("hubspot", "", changed("domain", "acme.example")))

    assert event.company == (company_id("here", "456"), ACME)
    assert event.company_fields == {"domain": "acme.example"}


def test_a_property_fills_the_own_field_of_a_company_that_names_it() -> None:
    source = shipped("hubspot")
    mapping = replace(
        mapping_with(source),
        company_type=with_fields(company_type(), {"size": number()}),
        filled_of_company={("here", "size_class"): ("size",)},
    )

    raw = json.dumps(changed("size_class", "3")).encode()
    event = only(translate(mapping, connection_to(source), delivery_of(source, raw)))

    assert event.company_fields == {"size": Decimal(3)}


def test_a_company_keeps_only_what_is_named() -> None:
    source = replace(shipped("json"), keep={"company": frozenset({"name"})})

    event = only(translated(source, json.dumps(says({"id": "77", "name": "Acme", "country": "NL"})).encode()))

    assert event.company_fields == {"name": "Acme"}
    assert event.company == (company_id("here", "77"),)


@pytest.mark.skipif(not RECORDED.is_file(), reason=f"there are no recorded webhooks in {FOLDER.name}")
def test_a_recorded_change_of_a_company_is_about_that_company_alone() -> None:
    event = only(posted("hubspot", "", RECORDED.read_bytes()))

    assert (event.name, event.is_of_company) == ("company.changed", True)
    assert event.company == (company_id("here", str(json.loads(RECORDED.read_bytes())["objectId"])),)
    assert event.subjects["change"] == {"property": "city", "value": "San Francisco"}
