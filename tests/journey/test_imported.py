"""What is imported is history: it counts, and nothing is done upon it, then or later."""

from __future__ import annotations

from bisect import insort
from dataclasses import replace
from datetime import timedelta
from random import Random

from hypothesis import given, settings
from hypothesis import strategies as st

from connector.journey.consent import may_market
from connector.journey.identity import introduce
from connector.journey.imported import decide_imported
from connector.journey.late import Past
from connector.journey.placing import is_late
from connector.mapping.mapping import Mapping
from connector.mapping.rules import FallsQuiet, Move, SegmentEntered
from connector.model.decision import Answer, Decision
from connector.model.event import Event
from connector.model.order import place_of
from tests.journey.build import (
    NOON,
    Story,
    at,
    cart,
    event,
    journey,
    mapping,
    move,
    order,
    step,
    trigger,
    wait,
    when,
)
from tests.journey.test_joining import ADDRESS, COOKIE, by
from tests.journey.test_late import KNOWN, arrive, facts_of, histories
from tests.journey.town import Town

DO = step(title="Do")
STAGES = journey([move("order.paid", "do")], enter={"do": [DO]})
RETURNS = trigger("returns", "order.paid", [step(title="Returns")], when=when("contact.purchases.count == 2"))


def imports(story: Story, *events: Event, is_due: bool = False) -> Decision:
    """Let what happened earlier be imported at noon."""
    for one in events:
        past = replace(one, is_past=True)
        before = story.contact = introduce(story.contact, past.identities)
        upon = Past(story.begin, list(story.history)) if is_late(story.mapping, before, past) else None
        story.decisions.append(decide_imported(story.mapping, before, upon, past, NOON, is_due=is_due))
        story.contact = story.decisions[-1].contact
        insort(story.history, past, key=place_of)
    return story.decisions[-1]


def drifting() -> Mapping:
    """Who has ordered nothing for two hours comes to `care`, which does something."""
    quiet = Move(frozenset(), "care", "do", None, DO.place, timedelta(hours=2), frozenset({"order.paid"}))
    return mapping(journeys=[journey([move("order.paid", "do"), quiet], enter={"care": [DO]})])


def test_an_imported_order_counts_and_does_nothing() -> None:
    rule = trigger("rule", "order.paid")
    story = Story(mapping(rule, journeys=[STAGES]))

    decision = imports(story, order("order.paid", "09:00", total=30))

    assert decision.actions == ()
    assert story.contact.runs == {}
    assert story.contact.standings["main"].stage == "do"
    assert [one.answer for one in decision.trace if one.rule == "event"] == [Answer.LATE]


def test_who_has_ordered_before_the_import_says_so_returns_with_the_next_order() -> None:
    story = Story(mapping(RETURNS))
    imports(story, order("order.paid", "09:00", "o1"))

    story.hears(order("order.paid", "11:00", "o2"))

    assert [one.arguments["title"] for one in story.actions] == ["Returns"]


def test_an_import_in_any_order_of_time_does_nothing_and_gives_the_same_facts() -> None:
    orders = [order("order.paid", f"{hour:02}:00", f"o{hour}") for hour in (8, 9, 10)]
    there, back = (Story(mapping(RETURNS, journeys=[STAGES])) for _ in range(2))

    imports(there, *orders)
    imports(back, *reversed(orders))

    assert there.actions == back.actions == []
    assert there.contact.orders == back.contact.orders
    assert there.contact.standings == back.contact.standings


def test_what_is_imported_behind_live_events_begins_nothing_that_it_would_have_changed() -> None:
    story = Story(mapping(RETURNS))
    story.hears(order("order.paid", "10:00", "o2"))

    imports(story, order("order.paid", "09:00", "o1"))

    assert story.actions == []


def test_a_live_event_that_comes_late_begins_nothing_upon_what_was_imported() -> None:
    story = Story(mapping(RETURNS, journeys=[STAGES]))
    imports(story, order("order.paid", "10:00", "o2"))

    story.hears(order("order.paid", "09:00", "o1"))

    assert [one.cause.event_key for one in story.actions if one.arguments["title"] == "Returns"] == []


def test_an_import_raises_no_consent() -> None:
    story = Story(mapping())

    ticked = order("order.paid", "09:00")
    imports(story, replace(ticked, consent=event("x", consent=True).consent), event("newsletter.confirmed"))

    assert story.contact.consent == {}


def test_an_imported_withdrawal_counts() -> None:
    story = Story(mapping())
    story.hears(event("newsletter.confirmed", "08:00"))

    imports(story, event("newsletter.unsubscribed", "09:00"))

    assert not may_market(story.contact, story.mapping, "mailchimp", NOON)[0]


def test_nothing_follows_later_upon_a_segment_that_was_entered_by_an_import() -> None:
    rule = trigger("rule", occasions=(SegmentEntered("loyal"),))
    story = Story(mapping(rule, segments={"loyal": "contact.purchases.count >= 1"}))

    imports(story, order("order.paid", "09:00"))
    story.hears(event("page.viewed", "11:00"))
    story.wakes(at("13:00"))

    assert story.actions == []


def test_nothing_follows_upon_a_quiet_that_was_over_when_it_was_imported() -> None:
    rule = trigger("rule", occasions=(FallsQuiet(timedelta(hours=2), frozenset({"order.paid"})),))
    story = Story(mapping(rule))

    imports(story, order("order.paid", "09:00"))
    story.wakes(at("12:30"))

    assert story.actions == []


def test_a_quiet_that_ends_after_the_import_is_noticed() -> None:
    rule = trigger("rule", occasions=(FallsQuiet(timedelta(hours=2), frozenset({"order.paid"})),))
    story = Story(mapping(rule))

    wakes_at = imports(story, order("order.paid", "11:00")).wakes_at
    story.wakes(at("13:00"))

    assert wakes_at == at("13:00")
    assert len(story.actions) == 1


def test_moves_by_quiet_that_were_due_before_the_import_are_made_without_a_deed() -> None:
    story = Story(drifting())

    imports(story, order("order.paid", "09:00"))
    story.wakes(at("12:30"))

    assert story.contact.standings["main"].stage == "care"
    assert story.contact.standings["main"].since == at("11:00")
    assert story.actions == []


def test_what_time_owes_a_contact_already_is_left_to_its_own_look() -> None:
    rule = trigger("rule", occasions=(FallsQuiet(timedelta(hours=2), frozenset({"order.paid"})),))
    story = Story(mapping(rule))
    story.hears(order("order.paid", "09:00"), now=at("09:00"))

    imports(story, event("page.viewed", "11:30"), is_due=True)
    story.wakes(at("12:01"))

    assert len(story.actions) == 1


def test_a_live_event_that_comes_late_enters_no_stage_upon_what_was_imported() -> None:
    second = journey([move("order.paid", "do", "contact.purchases.count == 2")], enter={"do": [DO]})
    story = Story(mapping(journeys=[second]))
    imports(story, order("order.paid", "10:00", "o2"))

    story.hears(order("order.paid", "09:00", "o1"))

    assert story.contact.standings["main"].stage == "do"
    assert story.actions == []


def test_a_run_that_waits_goes_on_waiting() -> None:
    rule = trigger("rule", "cart.updated", wait=wait("4h"))
    story = Story(mapping(rule))
    story.hears(cart("cart.updated", "10:00"))

    decision = imports(story, event("page.viewed", "09:00"))

    assert story.run().is_waiting
    assert decision.wakes_at == at("14:00")


def test_an_imported_order_calls_off_what_waits_for_it() -> None:
    rule = trigger("rule", "cart.updated", wait=wait("4h"), unless_events=frozenset({"order.paid"}))
    story = Story(mapping(rule))
    story.hears(cart("cart.updated", "10:00"))

    imports(story, order("order.paid", "11:00"))
    story.wakes(at("15:00"))

    assert not story.run().is_waiting
    assert story.actions == []


def test_an_imported_event_of_a_waiting_rule_does_not_begin_its_wait_anew() -> None:
    rule = trigger("rule", "cart.updated", wait=wait("4h"))
    story = Story(mapping(rule))
    story.hears(cart("cart.updated", "10:00"))

    imports(story, cart("cart.updated", "11:00"))

    assert story.run().wakes_at == at("14:00")


def test_an_imported_erasure_erases() -> None:
    story = Story(mapping())
    story.hears(event("page.viewed", "09:00"))

    imports(story, event("contact.erased", "10:00"))

    assert story.contact.erased_at == at("10:00")


def test_two_who_are_one_by_an_import_are_joined_and_nothing_is_done() -> None:
    town = Town(mapping(trigger("twice", "page.viewed", when=when("contact.counters.page_viewed == 2"))))
    town.hears(
        by(event("page.viewed", "09:00", email=None), COOKIE), by(event("page.viewed", "10:00"), ADDRESS)
    )

    town.hears(replace(by(event("contact.changed", "11:00"), COOKIE, ADDRESS), is_past=True))

    assert [one for decision in town.decisions for one in decision.actions] == []


@given(histories(), st.randoms(use_true_random=False))
@settings(max_examples=40)
def test_a_history_that_is_imported_gives_the_same_facts_as_one_that_came_live(
    happened: list[Event], chance: Random
) -> None:
    """Whatever the order in which it is imported; and no look at the contact does anything upon it."""
    in_order, shuffled = sorted(happened, key=place_of), list(happened)
    chance.shuffle(shuffled)
    imported = Story(KNOWN)

    imports(imported, *shuffled)

    assert facts_of(imported) == facts_of(arrive(KNOWN, *in_order))
    imported.wakes(at("18:00"))
    assert imported.actions == []


@given(histories(), st.randoms(use_true_random=False))
@settings(max_examples=40)
def test_what_comes_live_does_what_it_does_and_what_is_imported_nothing(
    happened: list[Event], chance: Random
) -> None:
    story, past = Story(KNOWN), set[str]()
    for one in happened:
        if chance.random() < 0.5:
            imports(story, one)
            past.add(one.key)
        else:
            story.hears(one)

    assert past.isdisjoint(one.cause.event_key for one in story.actions)
