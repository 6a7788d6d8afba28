"""What would have to change for a run that waits or was held back."""

from __future__ import annotations

from datetime import timedelta

from connector.journey.why import Decided, reason
from connector.mapping.rules import Mode, Trigger
from connector.mapping.terms import Frequency
from connector.model.action import Kind
from connector.model.event import Event
from tests.journey.build import NOON, Story, at, cart, event, mail, mapping, order, trigger, wait


def why(rule: Trigger, *events: Event, hours: int = 0) -> tuple[str, ...]:
    """What is said of the last of the events, which all happen at noon."""
    story = Story(mapping(rule))
    decision = story.hears(*events)
    decided = Decided(events[-1], decision.moves, decision.trace, NOON)
    return reason(story.mapping, rule, story.contact, decided, NOON + timedelta(hours=hours)).change


def test_a_run_that_waits_says_when_it_is_looked_at() -> None:
    (said,) = why(trigger("rule", "cart.updated", wait=wait("4h")), cart("cart.updated", "12:00"))

    assert said.startswith("a run of it is looked at again on 2026-11-02")


def test_a_run_that_was_called_off_names_what_does_so() -> None:
    rule = trigger("rule", "cart.updated", wait=wait("4h"), unless_events={"order.placed"})

    said = why(rule, cart("cart.updated", "11:00"), order("order.placed", "12:00"))

    assert said == ("`unless` names order.placed: without it the run would go on",)


def test_a_trigger_that_is_paused_says_how_to_let_it_go() -> None:
    rule = trigger("rule", "cart.updated", mode=Mode("paused"))

    assert why(rule, cart("cart.updated", "12:00")) == ("`mode: live` lets it go",)


def test_pressure_says_from_when_there_may_be_more() -> None:
    rule = trigger(
        "rule", "page.viewed", [mail()], kind=Kind.MARKETING, pressure=Frequency(1, timedelta(days=2))
    )
    happened = (
        event("newsletter.confirmed", "09:00"),
        event("page.viewed", "11:00"),
        event("page.viewed", "12:00"),
    )

    assert "at most 1 may come within 2 days: again from 2026-11-04" in why(rule, *happened)[0]
    assert why(rule, *happened, hours=72)[0].endswith("again now")


def test_what_was_tried_out_says_so() -> None:
    rule = trigger("rule", "cart.updated", mode=Mode("shadow"))

    assert "`mode`" in why(rule, cart("cart.updated", at("12:00")))[0]
