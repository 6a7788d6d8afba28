"""Time never turns in circles: what is due is done, or waits for later than now."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

import pytest

from connector.mapping.mapping import Plan
from connector.mapping.rules import Step, Trigger
from connector.model.decision import Answer
from tests.journey.build import Story, answers, at, cart, entry, event, mapping, order, step, trigger, wait

FIRST = trigger(
    "first", "cart.updated", wait=wait("2h"), group="one", priority=5, loser="postpone", text="old"
)
SECOND = trigger("second", "page.viewed", wait=wait("1h"), group="one", loser="postpone")


@pytest.mark.parametrize(
    "live", [(SECOND,), (replace(SECOND, priority=9, text="new"),)], ids=["gone", "changed"]
)
def test_a_run_goes_by_the_priority_of_its_own_text_when_several_are_due(live: Sequence[Trigger]) -> None:
    story = Story(mapping(FIRST, SECOND))
    story.hears(event("page.viewed", "11:59"), cart("cart.updated", "12:00"))
    story.mapping = replace(mapping(*live), kept={("first", "old"): FIRST, ("second", ""): SECOND})

    due = story.wakes(at("15:00"))

    assert [one.cause.rule for one in due.actions] == ["trigger:first", "trigger:second"]


def moved(old: Step, new: Step, plan: Plan = "move") -> Story:
    """Somebody who waits in the one wait since noon, and then goes by a text with the other in its place."""
    before = trigger("rule", "order.paid", [old, step("hubspot.before")], text="old")
    after = trigger("rule", "order.paid", [new, step("hubspot.after")], text="new")
    story = Story(mapping(before))
    story.hears(order("order.paid", "12:00"))
    story.mapping = replace(mapping(after), kept={("rule", "old"): before}, plans={("rule", "old"): plan})
    return story


@pytest.mark.parametrize(("at_most", "until"), [("9h", at("01:00", day=3)), ("", at("16:00", day=3))])
def test_a_run_that_moves_from_a_moment_to_a_condition_begins_that_wait_then(
    at_most: str, until: datetime
) -> None:
    story = moved(wait("4h"), wait(until="contact.counters.email_opened > 0", at_most=at_most))

    due = story.wakes(at("16:00"))

    assert (due.actions, due.wakes_at) == ((), until)
    assert entry(due, "trigger:rule").answer is Answer.RESTARTED


def test_a_run_that_moves_from_a_moment_to_a_condition_goes_on_when_that_comes_true() -> None:
    story = moved(wait("4h"), wait(until="contact.counters.email_opened > 0"))

    opened = story.hears(event("email.opened", "13:00"), now=at("13:00"))

    assert [one.name for one in opened.actions] == ["after"]


def test_a_run_that_moves_from_a_condition_to_a_moment_begins_that_wait_then() -> None:
    story = moved(wait(until="contact.counters.email_opened > 0"), wait("9d"))

    looks = [story.wakes(at("12:00", day=day)) for day in (3, 12)]

    assert [look.wakes_at for look in looks] == [at("12:00", day=12), None]
    assert [one.name for look in looks for one in look.actions] == ["after"]


def test_what_is_due_together_is_told_in_the_order_in_which_it_is_done() -> None:
    high = replace(FIRST, name="zeta", text="", wait=wait("1h"))
    story = Story(mapping(SECOND, high))
    story.hears(event("page.viewed", "12:00"), cart("cart.updated", "12:00"))

    due = story.wakes(at("13:00"))

    assert answers(due) == {"trigger:zeta": Answer.ACTED, "trigger:second": Answer.ACTED}
    assert entry(due, "trigger:second").detail == ""
