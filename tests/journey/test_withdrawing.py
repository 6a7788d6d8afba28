"""Runs that would not have begun: what ends, what goes on, and what may still come of it."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

from connector.journey.joining_runs import join_doings
from connector.mapping.mapping import Mapping
from connector.model.contact import Contact, Run
from connector.model.decision import Answer
from connector.model.event import Event
from tests.journey.build import (
    NOON,
    Story,
    answers,
    at,
    cart,
    mapping,
    order,
    step,
    trigger,
    wait,
    when,
)
from tests.journey.test_late_quiet import LEFT, drifting, titles, viewed

FIRST_CART = "contact.purchases.count == 0 or cart.total >= 50"


def cart_of(total: int, clock: str) -> Event:
    return cart("cart.updated", clock, total=Decimal(total))


def waiting_for_carts() -> Mapping:
    return mapping(trigger("rule", "cart.updated", [step()], wait=wait("4h"), when=when(FIRST_CART)))


def test_what_would_not_have_been_and_did_nothing_may_still_begin() -> None:
    """Actions may differ only by what had already been done: nothing had."""
    waits = trigger("left", [], LEFT.do, on_stages=[("main", "do")], wait=wait("3h"))
    story = Story(drifting(waits))
    story.hears(viewed("09:00"), now=at("09:00"))
    story.wakes(at("11:00"))
    story.hears(viewed("10:30"), now=at("11:30"))

    story.wakes(at("12:30"))
    story.wakes(at("15:30"))

    assert titles(story)[-1] == "Left"


def test_of_two_runs_that_become_one_that_goes_on_which_would_have_been() -> None:
    """Runs with the same key are joined, the one furthest along goes on."""
    over = Run(at("09:00"), acted=False, ended="would not have been")
    waits = Run(at("10:00"), acted=False, wakes_at=NOON)
    older = Contact("01", at("08:00"), runs={"rule": {"cart:webshop:c1": over}})
    younger = Contact("02", at("09:00"), runs={"rule": {"cart:webshop:c1": waits}})

    joint = join_doings(mapping(trigger("rule", "cart.updated")), older, younger).contact

    assert joint.runs["rule"]["cart:webshop:c1"].wakes_at == NOON


def test_a_run_goes_on_that_an_event_before_the_late_one_had_begun() -> None:
    """What was done and would not have been is told; what had begun by then would have been."""
    story = Story(waiting_for_carts())
    story.hears(cart_of(60, "08:00"), cart_of(20, "10:00"), now=at("10:01"))

    decision = story.hears(order("order.paid", "09:00"), now=at("10:02"))

    assert answers(decision).get("trigger:rule") is not Answer.WOULD_NOT
    assert story.run().is_waiting


def test_a_run_goes_on_that_had_begun_under_an_older_version() -> None:
    """A fold goes back at most to the publication of the live version."""
    old = Story(waiting_for_carts())
    old.hears(cart_of(60, "08:00"), now=at("08:00"))
    story = Story(replace(waiting_for_carts(), version="2"), old.contact)
    story.contact = old.contact
    story.hears(cart_of(20, "10:00"), now=at("10:00"))

    decision = story.hears(order("order.paid", "09:00"), now=at("10:02"))

    assert answers(decision).get("trigger:rule") is not Answer.WOULD_NOT
    assert story.run().is_waiting
