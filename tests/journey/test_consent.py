"""Consent is raised by fresh evidence only, and lowered by withdrawal only."""

from __future__ import annotations

import itertools
from dataclasses import replace
from datetime import timedelta

import pytest

from connector.journey.consent import list_of, may_market
from connector.mapping.accounts import FromEnvironment
from connector.model.contact import Contact
from connector.model.event import ConsentClaim, Event
from tests.journey.build import EVA, NOON, Story, at, connection, event, mapping

CONFIRMED = event("newsletter.confirmed", "10:00")


def may(contact: Contact) -> bool:
    return may_market(contact, mapping(), "mailchimp", NOON)[0]


def after(*events: Event) -> Contact:
    return Story(mapping()).hears(*events).contact


def test_the_event_that_the_defaults_name_is_consent_and_kept_as_evidence() -> None:
    allowed, evidence = may_market(after(CONFIRMED), mapping(), "mailchimp", NOON)

    assert allowed
    assert evidence == f"newsletter.confirmed webshop:{CONFIRMED.key}"


def test_a_ticked_box_is_consent() -> None:
    assert may(after(event("order.placed", consent=True, order={"id": "o1"})))


@pytest.mark.parametrize("name", ["newsletter.subscribed", "order.paid", "contact.changed", "email.opened"])
def test_silence_is_no_consent(name: str) -> None:
    """An unticked box, a missing field and an import say nothing."""
    assert not may(after(event(name, subjects={"order": {"id": "o1"}})))


def test_silence_does_not_take_consent_away() -> None:
    assert may(
        after(
            CONFIRMED,
            event("contact.changed", "11:00"),
            event("email.bounced", "11:10", subjects={"email": {"reason": "mailbox full"}}),
        )
    )


@pytest.mark.parametrize(
    "withdrawal",
    [
        event("newsletter.unsubscribed", "11:00"),
        event("email.bounced", "11:00", email=EVA, subjects={"email": {"reason": "Hard"}}),
        event("contact.changed", "11:00", consent=False),
        event("contact.erased", "11:00"),
    ],
    ids=lambda one: one.name,
)
def test_a_withdrawal_takes_consent_away(withdrawal: Event) -> None:
    assert not may(after(CONFIRMED, withdrawal))


def test_a_soft_bounce_takes_nothing_away() -> None:
    assert may(after(CONFIRMED, event("email.bounced", "11:00", subjects={"email": {"reason": "soft"}})))


def test_the_latest_word_stands_whatever_the_order_of_arrival() -> None:
    words = [CONFIRMED, event("newsletter.unsubscribed", "11:00"), event("newsletter.confirmed", "11:30")]

    assert all(may(after(*order)) for order in itertools.permutations(words))


def test_at_the_same_instant_a_withdrawal_wins() -> None:
    words = [event("newsletter.confirmed", "10:00"), event("newsletter.unsubscribed", "10:00")]

    assert not any(may(after(*order)) for order in itertools.permutations(words))


def test_consent_stays_with_the_address_that_gave_it() -> None:
    """Consent belongs to an address, a channel and a list (audience)."""
    moved = after(CONFIRMED, event("contact.changed", "11:00", email="new@example.com"))

    assert moved.email == "new@example.com"
    assert not may(moved)
    assert moved.consent[f"email|mailchimp|{EVA}"].given


def test_a_telephone_number_has_consent_of_its_own() -> None:
    """Consent belongs to an address, a channel and a list (audience)."""
    contact = after(
        event("form.submitted", fields={"phone": "+31612345678"}, consent=ConsentClaim("sms", given=True))
    )

    assert contact.consent["sms|mailchimp|+31612345678"].given
    assert not may(contact)


def test_consent_counts_for_the_list_of_the_connection_that_brought_it() -> None:
    """`given:` of a source counts for its connection's `list:`, else for the only audience or the group's
    fitting member"""
    two = mapping(
        audience=None,
        connections=[
            connection("nl", "mailchimp", audience=FromEnvironment("AUDIENCE_NL")),
            connection("be", "mailchimp", audience=FromEnvironment("AUDIENCE_BE")),
            connection("shop_nl", list="nl"),
            connection("shop", list=FromEnvironment("LIST")),
        ],
    )

    contact = Story(two).hears(event("newsletter.confirmed", connection="shop_nl")).contact

    assert [list_of(two, name) for name in ("nl", "shop_nl", "shop", "webshop", "gone")] == [
        "nl",
        "nl",
        "LIST",
        "",
        "",
    ]
    assert may_market(contact, two, "nl", NOON)[0]
    assert not may_market(contact, two, "be", NOON)[0]


def test_evidence_from_the_future_is_none() -> None:
    contact = after(event("newsletter.confirmed", NOON))

    assert may_market(contact, mapping(), "mailchimp", NOON - timedelta(hours=23))[0]
    assert not may_market(contact, mapping(), "mailchimp", NOON - timedelta(hours=25))[0]


def test_without_an_address_there_is_no_consent() -> None:
    assert not may(Contact(id="01", created_at=at("10:00")))


def test_what_we_did_ourselves_gives_no_consent_and_takes_it_all_the_same() -> None:
    """It is raised only by fresh evidence."""
    ours = replace(CONFIRMED, is_echo=True)
    left = replace(event("newsletter.unsubscribed", "11:00"), is_echo=True)

    assert not may(after(ours))
    assert not may(after(CONFIRMED, left))
