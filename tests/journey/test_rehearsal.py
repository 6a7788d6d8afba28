"""A rehearsal decides as the real thing does, on a clock that never runs back."""

from __future__ import annotations

from connector.journey.rehearsal import rehearse
from connector.model.decision import Answer
from connector.model.identities import person
from tests.journey.build import answers, at, cart, event, journey, mapping, order, trigger, wait, when

LOYAL = "loyal@example.com"


def test_what_happened_before_is_known_to_what_follows() -> None:
    rules = mapping(trigger("once", "cart.updated", once_per="contact"), journeys=[journey()])

    first, second = rehearse(rules, [cart("cart.updated", "10:00"), cart("cart.updated", "11:00", "c2")])

    assert answers(first.decision)["trigger:once"] is Answer.ACTED
    assert answers(second.decision)["trigger:once"] is Answer.ENTERED_BEFORE
    assert second.decision.contact.standings["main"].stage == "do"


def test_each_event_is_heard_when_it_happens_but_not_before_those_ahead_of_it() -> None:
    heard = rehearse(mapping(), [event("form.submitted", "11:00"), event("form.submitted", "10:00")])

    assert [one.at for one in heard] == [at("11:00"), at("11:00")]


def test_an_event_behind_a_much_later_one_is_late() -> None:
    rules = mapping(trigger("call", "order.paid"))

    *_, late = rehearse(rules, [event("form.submitted", at("10:00", 9)), order("order.paid", "10:00")])

    assert answers(late.decision)["trigger:call"] is Answer.LATE


def test_people_are_told_apart_by_their_identities() -> None:
    customer = person("customer", "webshop", "7")
    events = [
        event("form.submitted", "10:00", people=[customer]),
        event("form.submitted", "11:00", email=LOYAL),
        event("form.submitted", "12:00", email=None, people=[customer]),
    ]

    heard = rehearse(mapping(), events)

    ids = [one.decision.contact.id for one in heard]
    assert ids == ["contact-1", "contact-2", "contact-1"]
    assert heard[2].decision.contact.counters == {"form.submitted": 2}


def test_the_same_events_are_decided_alike_every_time() -> None:
    rules = mapping(trigger("call", "order.paid"), journeys=[journey()])
    events = [cart("cart.updated", "10:00"), order("order.paid", "11:00")]

    assert rehearse(rules, events) == rehearse(rules, events)


def test_a_wait_that_is_over_goes_on_between_two_events() -> None:
    rules = mapping(trigger("remind", "cart.updated", wait=wait("4h")))
    events = [cart("cart.updated", "10:00"), event("form.submitted", "15:00")]

    first, woken, last = rehearse(rules, events)

    assert answers(first.decision)["trigger:remind"] is Answer.WAITS
    assert (woken.event, woken.at) == (None, at("14:00"))
    assert answers(woken.decision)["trigger:remind"] is Answer.ACTED
    assert last.decision.actions == ()


def test_time_goes_on_after_the_last_event_until_the_end() -> None:
    rules = mapping(trigger("remind", "cart.updated", wait=wait("4h")))
    events = [cart("cart.updated", "10:00")]

    assert len(rehearse(rules, events, at("13:59"))) == 1
    assert len(rehearse(rules, events, at("14:00"))) == 2


def test_two_people_are_looked_at_in_the_order_of_their_times() -> None:
    rules = mapping(trigger("remind", "form.submitted", wait=wait("4h")))
    events = [event("form.submitted", "10:00"), event("form.submitted", "11:00", email=LOYAL)]

    *_, third, fourth = rehearse(rules, events, at("18:00"))

    assert [one.decision.contact.email for one in (third, fourth)] == ["eva@example.com", LOYAL]


def test_two_people_become_one_by_the_shops_own_id() -> None:
    """Two contacts that each have an e-mail become one only by a shop's or platform's own id or merge."""
    customer = person("customer", "webshop", "7")
    rules = mapping(trigger("second", "form.submitted", when=when("contact.counters.form_submitted == 2")))
    events = [
        event("page.viewed", "09:00", people=[customer]),
        event("form.submitted", "10:00", email=LOYAL),
        event("form.submitted", "11:00", email=LOYAL, people=[customer]),
    ]

    *_, last = rehearse(rules, events)

    assert last.decision.contact.id == "contact-1"
    assert last.decision.contact.counters == {"page.viewed": 1, "form.submitted": 2}
    assert answers(last.decision)["event"] is Answer.MERGED
    assert answers(last.decision)["trigger:second"] is Answer.ACTED
