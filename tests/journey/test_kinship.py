"""When two contacts whom an event finds are one person."""

from __future__ import annotations

from dataclasses import replace

import pytest

from connector.journey.identity import introduce
from connector.journey.kinship import named_first, proof
from connector.model.contact import Contact
from connector.model.event import Identity
from connector.model.identities import belonging, person
from tests.journey.build import EVA, NOON, at, event

ADDRESS = person("email", "", EVA)
OTHER = person("email", "", "e.jansen@example.com")
COOKIE = person("cookie", "website", "abc")
PHONE = person("phone", "", "+31612345678")
TOKEN = person("token", "website", "t1")
CUSTOMER = person("customer", "webshop", "7")
SECOND = person("customer", "webshop", "8")
RECORD = person("contact", "hubspot", "100")
TWIN = person("contact", "hubspot", "200")
ORDER = belonging("order", "webshop", "o1")


def contact(*identities: Identity, name: str = "01") -> Contact:
    return Contact(name, at("08:00"), identities)


def are_one(one: Contact, other: Contact, *named: Identity, happens: str = "contact.changed") -> bool:
    people = tuple(it for it in named if it.is_person)
    things = tuple(it for it in named if not it.is_person)
    told = event(happens, email=None, people=people, belongings=things)
    assert (proof(told, one, other) is None) is (proof(told, other, one) is None)
    return proof(told, one, other) is not None


@pytest.mark.parametrize("shared", [COOKIE, TOKEN, PHONE])
def test_what_people_share_joins_no_two_who_each_have_an_address(shared: Identity) -> None:
    """A cookie, token, address or telephone number never joins them."""
    assert not are_one(contact(ADDRESS, shared), contact(OTHER, name="02"), shared, OTHER)
    assert not are_one(contact(ADDRESS, shared), contact(OTHER, CUSTOMER, name="02"), shared, CUSTOMER)


def test_an_address_alone_joins_no_two_who_each_have_one() -> None:
    """A cookie, token, address or telephone number never joins them."""
    assert not are_one(contact(ADDRESS), contact(OTHER, name="02"), ADDRESS, OTHER)


def test_a_shops_own_id_with_an_address_joins_two_who_each_have_one() -> None:
    """Two contacts that each have an e-mail become one only by a shop's or platform's own id or merge."""
    assert are_one(contact(ADDRESS), contact(OTHER, CUSTOMER, name="02"), ADDRESS, CUSTOMER)


def test_two_own_ids_join() -> None:
    """Two contacts that each have an e-mail become one only by a shop's or platform's own id or merge."""
    assert are_one(contact(ADDRESS, RECORD), contact(OTHER, CUSTOMER, name="02"), RECORD, CUSTOMER)


def test_a_thing_of_theirs_joins_no_two_who_each_have_an_address() -> None:
    assert not are_one(contact(ADDRESS), contact(OTHER, ORDER, name="02"), ADDRESS, ORDER)
    assert not are_one(contact(ADDRESS, CUSTOMER), contact(OTHER, ORDER, name="02"), CUSTOMER, ORDER)


def test_two_ids_of_one_shop_are_two_people_unless_it_names_both() -> None:
    """Two contacts that each have an e-mail become one only by a shop's or platform's own id or merge."""
    one, other = contact(ADDRESS, SECOND), contact(OTHER, CUSTOMER, name="02")

    assert not are_one(one, other, ADDRESS, CUSTOMER)
    assert are_one(one, other, SECOND, CUSTOMER)


def test_two_records_at_a_platform_that_the_event_says_nothing_of_are_no_two_people() -> None:
    """Of two records at one platform the older is written and the pair is reported."""
    one, other = contact(ADDRESS, RECORD), contact(OTHER, CUSTOMER, TWIN, name="02")

    assert are_one(one, other, ADDRESS, CUSTOMER)
    assert not are_one(one, other, ADDRESS, TWIN)


@pytest.mark.parametrize("shared", [COOKIE, TOKEN, PHONE, ORDER])
@pytest.mark.parametrize("sure", [ADDRESS, CUSTOMER])
def test_a_visitor_without_an_address_is_whoever_says_so(shared: Identity, sure: Identity) -> None:
    assert are_one(contact(shared), contact(ADDRESS, CUSTOMER, name="02"), shared, sure)


def test_two_visitors_without_an_address_stay_two() -> None:
    assert not are_one(contact(COOKIE), contact(PHONE, name="02"), COOKIE, PHONE)


def test_who_was_erased_is_joined_with_nobody_and_an_erasure_joins_nobody() -> None:
    erased = replace(contact(CUSTOMER, name="02"), erased_at=NOON)

    assert not are_one(contact(ADDRESS), erased, ADDRESS, CUSTOMER)
    assert not are_one(
        contact(ADDRESS), contact(COOKIE, name="02"), ADDRESS, COOKIE, happens="contact.erased"
    )


def test_of_several_ids_of_a_kind_the_one_is_in_use_that_the_event_names_first() -> None:
    """Of two records at one platform the older is written."""
    known = introduce(contact(RECORD), [TWIN, CUSTOMER])
    merged = event("contact.changed", email=None, people=[TWIN, RECORD])

    after = named_first(known, merged)

    assert known.id_at("contact", "hubspot") == "100"
    assert after.id_at("contact", "hubspot") == "200"
    assert after.seconds == (RECORD,)
    assert after.id_at("customer", "webshop") == "7"
