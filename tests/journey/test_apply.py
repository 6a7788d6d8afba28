"""What an event says of the person."""

from __future__ import annotations

import itertools

import pytest

from connector.journey.apply import count
from connector.model.decision import Answer
from tests.journey.build import EVA, NOON, Story, answers, at, cart, event, journey, mapping, trigger


def test_the_latest_value_by_its_own_time_wins_whatever_the_order_of_arrival() -> None:
    early = event("contact.changed", "09:00", fields={"city": "Breda"})
    late = event("contact.changed", "10:00", fields={"city": "Delft"})

    cities = {
        Story(mapping()).hears(*both).contact.fields["city"].value for both in ((early, late), (late, early))
    }

    assert cities == {"Delft"}


def test_two_values_of_the_same_instant_end_alike_in_any_order() -> None:
    said = [event("contact.changed", "09:00", fields={"city": city}) for city in ("Breda", "Delft", "Gouda")]

    ends = {
        str(Story(mapping()).hears(*order).contact.fields["city"].value)
        for order in itertools.permutations(said)
    }

    assert len(ends) == 1


@pytest.mark.parametrize("nothing", [None, ""])
def test_an_empty_field_states_nothing(nothing: str | None) -> None:
    story = Story(mapping())
    story.hears(event("contact.changed", "09:00", fields={"city": "Breda"}))

    story.hears(event("contact.changed", "10:00", fields={"city": nothing}))

    assert story.contact.fields["city"].value == "Breda"


def test_the_address_in_use_is_the_one_by_which_the_contact_was_last_known() -> None:
    story = Story(mapping())
    story.hears(
        event("page.viewed", "10:00", email=EVA), event("page.viewed", "09:00", email="old@example.com")
    )

    assert story.contact.email == EVA


def test_an_e_mail_to_an_old_address_does_not_bring_it_back_into_use() -> None:
    story = Story(mapping())

    story.hears(event("page.viewed", "10:00"), event("email.bounced", "11:00", email="old@example.com"))

    assert story.contact.email == EVA


def test_every_event_is_counted_by_its_name() -> None:
    story = Story(mapping())

    story.hears(event("page.viewed", "10:00"), event("page.viewed", "10:01"), event("custom.quiz", "10:02"))

    assert story.contact.counters == {"page.viewed": 2, "custom.quiz": 1}


def test_the_shop_is_the_connection_where_the_contact_last_put_something_in_a_cart() -> None:
    story = Story(mapping())

    story.hears(cart("cart.updated", "10:00"), event("email.opened", "11:00", connection="mailchimp"))

    assert story.contact.shop == "webshop"


def test_a_complaint_is_closed_by_its_own_resolution() -> None:
    story = Story(mapping())
    story.hears(*(event("complaint.received", "10:00", complaint={"id": one}) for one in ("k1", "k2")))

    story.hears(event("complaint.resolved", "11:00", complaint={"id": "k1"}))

    assert story.contact.complaints == {"k2": at("10:00")}


def test_a_resolution_that_names_none_closes_all_that_were_open_by_then() -> None:
    story = Story(mapping())
    story.hears(
        event("complaint.received", "10:00"), event("complaint.received", "11:30", complaint={"id": "k2"})
    )

    story.hears(event("complaint.resolved", "11:00"))

    assert story.contact.complaints == {"k2": at("11:30")}


def test_a_resolution_that_was_before_the_complaint_does_not_close_it() -> None:
    """Also where it comes so late that it is decided as it arrives, and not in its place."""
    story = Story(mapping())
    story.hears(event("complaint.received", "11:30", complaint={"id": "k1"}))

    after = count(story.contact, event("complaint.resolved", "11:00", complaint={"id": "k1"}))

    assert after.complaints == {"k1": at("11:30")}


def test_an_echo_teaches_its_fields_and_starts_no_rule() -> None:
    story = Story(mapping(trigger("note", "contact.changed"), journeys=[journey()]))

    decision = story.hears(event("contact.changed", fields={"city": "Breda"}, is_echo=True))

    assert answers(decision) == {"event": Answer.ECHO}
    assert decision.actions == ()
    assert story.contact.fields["city"].value == "Breda"
    assert story.contact.counters == {}


def test_of_somebody_erased_only_that_remains() -> None:
    story = Story(mapping(trigger("note", "contact.erased"), journeys=[journey()]))
    story.hears(
        event("newsletter.confirmed", "10:00", fields={"city": "Breda"}), cart("cart.updated", "10:30")
    )
    identities = story.contact.identities

    decision = story.hears(event("contact.erased", "11:00"))

    left = decision.contact
    assert (left.erased_at, left.identities, left.id) == (at("11:00"), identities, "01")
    assert (left.fields, left.consent, left.carts, left.standings, left.counters) == ({}, {}, {}, {}, {})
    assert decision.actions == ()


def test_nothing_more_happens_to_somebody_erased() -> None:
    story = Story(mapping(trigger("note", "page.viewed"), journeys=[journey()]))
    story.hears(event("contact.erased", "11:00"))
    before = story.contact

    decision = story.hears(event("page.viewed", NOON, fields={"city": "Breda"}))

    assert decision.contact == before
    assert decision.actions == ()
    assert answers(decision) == {"event": Answer.ERASED}
