"""Whom an event is about."""

from __future__ import annotations

from dataclasses import replace

from connector.journey.identity import Choice, choose, introduce
from connector.model.decision import Answer
from connector.model.identities import belonging, person
from tests.journey.build import EVA, Story, event, mapping

ADDRESS = person("email", "", EVA)
CUSTOMER = person("customer", "webshop", "7")
COOKIE = person("cookie", "website", "abc")
ORDER = belonging("order", "webshop", "o1")


def test_an_event_of_nobody_known_introduces_a_person() -> None:
    choice = choose(event("page.viewed", people=[CUSTOMER]), {})

    assert choice == Choice(None, unclaimed=(CUSTOMER, ADDRESS))


def test_an_event_known_by_belongings_only_is_parked_until_their_owner_is_known() -> None:
    shipped = event("order.shipped", email=None, belongings=(ORDER,))

    assert choose(shipped, {}) == Choice(None, unclaimed=(ORDER,), is_parked=True)
    assert choose(shipped, {ORDER: "01"}) == Choice("01")


def test_an_event_without_any_identity_is_parked_under_nothing() -> None:
    assert choose(event("product.changed", email=None), {}) == Choice(None, is_parked=True)


def test_a_persons_own_id_decides_before_the_address() -> None:
    changed_address = event("contact.changed", email=None, people=[ADDRESS, CUSTOMER])

    choice = choose(changed_address, {ADDRESS: "01", CUSTOMER: "02"})

    assert choice == Choice("02", conflicts=(ADDRESS,))


def test_the_address_decides_before_a_cookie_and_a_cookie_before_belongings() -> None:
    visit = event("cart.updated", people=[COOKIE], belongings=(ORDER,))

    assert choose(visit, {ADDRESS: "01", COOKIE: "02", ORDER: "03"}).contact_id == "01"
    assert choose(visit, {COOKIE: "02", ORDER: "03"}).contact_id == "02"


def test_a_new_address_on_a_shared_browser_is_somebody_else() -> None:
    """Two contacts that each have an e-mail become one only by a shop's or platform's own id or merge; a
    cookie, token, address or telephone number never joins them."""
    visit = event("page.viewed", people=[COOKIE])

    choice = choose(visit, {COOKIE: "02"}, has_address={"02"}.__contains__)

    assert choice == Choice(None, unclaimed=(ADDRESS,), conflicts=(COOKIE,))


def test_a_visitor_without_an_address_takes_the_first_that_comes_with_their_browser() -> None:
    visit = event("page.viewed", people=[COOKIE])

    choice = choose(visit, {COOKIE: "02"}, has_address=set().__contains__)

    assert choice == Choice("02", unclaimed=(ADDRESS,))


def test_what_nobody_has_is_learned_by_the_contact_that_is_found() -> None:
    choice = choose(event("order.placed", people=[CUSTOMER], belongings=(ORDER,)), {ADDRESS: "01"})

    assert choice == Choice("01", unclaimed=(CUSTOMER, ORDER))


def test_a_changed_address_stays_with_the_person_who_has_the_id() -> None:
    story = Story(mapping())
    story.hears(event("contact.changed", "10:00", email="old@example.com", people=[CUSTOMER]))

    story.hears(event("contact.changed", "11:00", email=EVA, people=[CUSTOMER]))

    assert story.contact.email == EVA
    assert story.contact.id_at("customer", "webshop") == "7"


def test_an_identity_that_others_have_is_left_there_and_named_in_the_trace() -> None:
    known = Story(mapping())
    known.contact = introduce(known.contact, [CUSTOMER])

    decision = known.decides(
        event("contact.changed", people=[CUSTOMER], fields={"email": EVA, "city": "Breda"})
    )

    (conflict,) = decision.trace
    assert (conflict.rule, conflict.answer) == ("event", Answer.CONFLICT)
    assert EVA in conflict.detail
    assert decision.contact.email is None
    assert decision.contact.identities == (CUSTOMER,)
    assert decision.contact.fields["city"].value == "Breda"


def test_introducing_twice_changes_nothing() -> None:
    once = introduce(Story(mapping()).contact, [ADDRESS, CUSTOMER, ADDRESS])

    assert once.identities == (ADDRESS, CUSTOMER)
    assert introduce(once, [CUSTOMER]) is once


def test_an_echo_makes_nobody_of_an_id_alone() -> None:
    """teaches us the platform's id and starts no rule"""
    known_by_id = replace(event("contact.changed", email=None, people=[CUSTOMER]), is_echo=True)

    assert choose(known_by_id, {}).is_parked
    assert not choose(replace(known_by_id, is_echo=False), {}).is_parked
    assert not choose(replace(known_by_id, people=(CUSTOMER, ADDRESS)), {}).is_parked
    assert choose(known_by_id, {CUSTOMER: "c1"}).contact_id == "c1"
