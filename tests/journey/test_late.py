"""Events that come late: the contact is folded again, and what that adds is done now."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from random import Random

from hypothesis import given, settings
from hypothesis import strategies as st

from connector.journey.facts import only_facts
from connector.mapping.mapping import Mapping
from connector.mapping.scoring import Points, Score
from connector.model.contact import Contact
from connector.model.decision import Answer
from connector.model.event import Event
from tests.journey.build import (
    HERE,
    NOON,
    Story,
    answers,
    at,
    cart,
    entry,
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

VIEWED = "product.viewed"
NO_ORDER = "contact.purchases.count == 0"
THIRD = "contact.counters.product_viewed >= 3"


def arrive(known: Mapping, *events: Event) -> Story:
    """Events that arrive in this order, all of them by noon."""
    story = Story(known)
    story.hears(*events)
    return story


def viewed(clock: str) -> Event:
    return event(VIEWED, clock)


def test_a_condition_that_an_earlier_event_makes_true_holds_from_its_place_on() -> None:
    """An event older than the newest applied to that contact is put in its place and the contact is folded
    again."""
    known = mapping(journeys=[journey([move(VIEWED, "think", THIRD)])])

    story = arrive(known, viewed("09:00"), viewed("11:00"), viewed("10:00"))

    assert story.contact.standings["main"].since == at("11:00")
    assert [moved.at for moved in story.decisions[-1].moves] == [at("11:00")]


def test_what_the_new_fold_adds_is_done_now() -> None:
    """What the new fold adds is subject to `late`."""
    rule = trigger("rule", VIEWED, [step(title="Third")], when=when(THIRD))

    story = arrive(mapping(rule), viewed("09:00"), viewed("11:00"), viewed("10:00"))

    [action] = story.actions
    assert action.cause.event_key == viewed("11:00").key


def test_what_the_new_fold_adds_is_let_go_where_it_is_too_late() -> None:
    """What the new fold adds is subject to `late`."""
    rule = trigger("rule", VIEWED, [step(title="Third")], when=when(THIRD), late=timedelta(minutes=30))

    story = arrive(mapping(rule), viewed("09:00"), viewed("11:00"), viewed("10:00"))

    assert story.actions == []
    assert answers(story.decisions[-1])["trigger:rule"] is Answer.LATE


def test_what_was_done_stands_and_is_told_as_what_would_not_have_been() -> None:
    """What was already done is not undone but shown as *would not have been*."""
    rule = trigger("rule", "cart.updated", [step()], when=when(NO_ORDER))

    story = arrive(mapping(rule), cart("cart.updated", "11:00"), order("order.paid", "09:00"))

    assert len(story.actions) == 1
    assert answers(story.decisions[-1])["trigger:rule"] is Answer.WOULD_NOT
    assert story.run().acted


def test_a_run_that_would_not_have_begun_and_has_not_acted_ends() -> None:
    """What was already done is not undone but shown as *would not have been*."""
    rule = trigger("rule", "cart.updated", [step()], when=when(NO_ORDER), wait=wait("4h"))

    story = arrive(mapping(rule), cart("cart.updated", "11:00"), order("order.paid", "09:00"))

    assert story.run().ended == "would not have been"
    assert story.wakes(at("18:00")).actions == ()


def test_an_older_version_is_as_far_back_as_a_fold_goes() -> None:
    """A fold goes back at most to the publication of the live version: an older event enters history and
    ledger and is decided on the state at the publication."""
    before = arrive(mapping(journeys=[journey([move(VIEWED, "think")])]), viewed("09:00"), viewed("10:00"))
    known = replace(mapping(journeys=[journey([move(VIEWED, "do", THIRD)])]), version="2")

    story = Story(known, before.contact)
    story.contact = before.contact
    story.hears(event("page.viewed", "11:00"), viewed("08:00"))

    standing = story.contact.standings["main"]
    assert (standing.stage, standing.since) == ("do", at("08:00"))
    assert story.contact.counters[VIEWED] == 3
    assert entry(story.decisions[-1], "move:main:1").answer is Answer.MOVED


def test_a_stage_that_was_left_since_is_history_and_acts_no_more() -> None:
    """Stages, scores and enter-actions are never late: the stage in which the contact is now is entered."""
    care, do = step(title="Care"), step(title="Do")
    known = mapping(journeys=[journey(enter={"do": [do], "care": [care]})])

    story = arrive(known, order("order.paid", "11:00"), cart("cart.updated", "10:00", total=Decimal(80)))

    assert [one.arguments["title"] for one in story.actions] == ["Care"]
    assert answers(story.decisions[-1])["enter:main.do"] is Answer.LATE
    assert story.contact.standings["main"].inferred == ("see", "think")


def test_entering_the_stage_of_now_is_never_late() -> None:
    """Stages, scores and enter-actions are never late."""
    known = mapping(
        journeys=[journey([move(VIEWED, "think", THIRD)], enter={"think": [step(title="Think")]})]
    )
    story = Story(known)

    story.hears(*map(viewed, ("09:00", "11:00", "10:00")), now=at("09:00", day=30))

    assert [one.arguments["title"] for one in story.actions] == ["Think"]


def test_what_our_own_rules_did_stands_in_its_place_when_a_late_event_comes() -> None:
    """Within these bounds any order of arrival, with any duplicates, gives the same facts."""
    count = step("contact.count", name="greeted", by="1")
    rule = trigger("rule", "form.submitted", [count])

    story = arrive(mapping(rule), event("form.submitted", "10:00"), viewed("09:00"))

    assert story.contact.counters == {"form.submitted": 1, "greeted": 1, VIEWED: 1}


BUSY = mapping(
    trigger("big", "cart.updated", [step()], when=when("cart.total >= 25"), wait=wait("4h")),
    trigger("paid", "order.paid", [step()]),
    trigger("cared", [], [step()], on_stages=[("main", "care")]),
    journeys=[
        journey(
            [
                move(VIEWED, "think", "contact.counters.product_viewed >= 2"),
                move("complaint.received", "think", from_stage="care"),
                move("cart.updated", "do", "contact.counters.page_viewed >= 1 or cart.total >= 50"),
                replace(
                    move((), "see", from_stage="think"), quiet=timedelta(hours=2), since=frozenset({VIEWED})
                ),
                move("order.paid", "care"),
            ],
            enter={"care": [step(title="Care")], "do": [step(title="Do")]},
        )
    ],
)
KNOWN = replace(
    BUSY,
    scores={
        "warm": Score(
            "warm",
            (
                Points(frozenset({VIEWED}), Decimal(10), when("contact.counters.cart_updated == 0"), HERE),
                Points(frozenset({"order.paid"}), Decimal(-5), None, HERE, once=True),
            ),
            None,
            None,
            None,
            HERE,
        )
    },
)


KINDS = (VIEWED, "cart.updated", "complaint.received", "order.paid", "order.placed")


@st.composite
def histories(draw: st.DrawFn) -> list[Event]:
    """Things that happened between 08:00 and noon, each at a minute of its own."""
    minutes = draw(st.lists(st.integers(0, 239), min_size=1, max_size=9, unique=True))
    clocks = [f"{8 + minute // 60:02}:{minute % 60:02}" for minute in minutes]
    made = []
    for clock in clocks:
        kind = draw(
            st.sampled_from([VIEWED, "cart.updated", "complaint.received", "order.paid", "order.placed"])
        )
        name = draw(st.sampled_from(["1", "2"]))
        if kind.startswith("order."):
            made.append(order(kind, clock, f"o{name}", total=Decimal(80)))
        elif kind == "cart.updated":
            made.append(
                cart(kind, clock, f"c{name}", total=draw(st.sampled_from([Decimal(20), Decimal(60)])))
            )
        else:
            made.append(event(kind, clock))
    return made


@given(history=histories(), seed=st.integers(0, 1000))
@settings(max_examples=200, deadline=None)
def test_any_order_of_arrival_gives_the_same_facts(history: list[Event], seed: int) -> None:
    """Within these bounds any order of arrival, with any duplicates, gives the same facts, stages, scores and
    counters."""
    in_order = sorted(history, key=lambda one: one.occurred_at)
    shuffled = Random(seed).sample(history, len(history))

    expected, found = arrive(KNOWN, *in_order), arrive(KNOWN, *shuffled)

    assert facts_of(found) == facts_of(expected)


def facts_of(story: Story) -> Contact:
    """The facts at noon; the order in which identities became known is none of them."""
    return only_facts(replace(story.wakes(NOON).contact, identities=()))
