"""What is stopped waits before its next action, can be called off, and goes on when somebody lets it."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from connector.journey.stopping import drop, held_rules
from connector.mapping.mapping import Mapping
from connector.mapping.rules import Step, Trigger
from connector.model.action import Kind
from connector.model.decision import Answer
from tests.journey.build import (
    Story,
    answers,
    at,
    cart,
    entry,
    event,
    limited,
    mail,
    mapping,
    order,
    step,
    trigger,
    wait,
)

SERIES: list[Step] = [step(), wait("1h"), step(), wait("1h"), step()]
ALL, RULE = frozenset({""}), frozenset({"trigger:rule"})


def stopped(rules: Mapping, names: frozenset[str] = ALL) -> Mapping:
    return replace(rules, stopped=names)


def told(*triggers: Trigger, names: frozenset[str] = ALL) -> Story:
    """A cart was left at noon, and these rules are stopped."""
    story = Story(stopped(mapping(*triggers), names))
    story.hears(cart("cart.updated", "12:00"))
    return story


def goes_on(story: Story) -> Story:
    """Somebody lets it go on."""
    story.mapping = replace(story.mapping, stopped=frozenset())
    return story


@pytest.mark.parametrize(
    ("names", "said"),
    [(ALL, "everything is stopped"), (RULE, "it is stopped"), (RULE | ALL, "everything is")],
)
def test_what_is_stopped_waits_until_somebody_lets_it_go_on(names: frozenset[str], said: str) -> None:
    """stopped (everything, the trigger) or held by an open complaint"""
    story = told(trigger("rule", "cart.updated"), names=names)

    found = entry(story.decisions[-1], "trigger:rule")
    goes_on(story).wakes(at("13:00"))

    assert found.answer is Answer.STOPPED
    assert found.detail.startswith(said)
    assert found.detail.endswith("it waits until somebody lets it go on")
    assert [one.decided_at for one in story.actions] == [at("13:00")]


def test_another_trigger_goes_on() -> None:
    story = told(trigger("rule", "cart.updated"), trigger("other", "cart.updated"), names=RULE)

    assert answers(story.decisions[-1]) == {"trigger:rule": Answer.STOPPED, "trigger:other": Answer.ACTED}


def test_nothing_piles_up_while_it_is_stopped() -> None:
    story = told(trigger("rule", "cart.updated", SERIES))

    looks = [story.wakes(at("12:00", day=day)) for day in (3, 4, 5)]
    first = goes_on(story).wakes(at("13:00", day=5))
    second = story.wakes(at("14:00", day=5))

    assert [look.trace for look in looks] == [(), (), ()]
    assert (len(first.actions), len(second.actions)) == (1, 1)


def test_a_stop_is_asked_of_before_every_action() -> None:
    """*Before every action* `unless`, `if`, and 5, 6, 8 to 11."""
    story = Story(mapping(trigger("rule", "cart.updated", SERIES)))
    story.hears(cart("cart.updated", "12:00"))
    story.mapping = stopped(story.mapping)

    due = story.wakes(at("13:00"))

    assert answers(due) == {"trigger:rule": Answer.STOPPED}
    assert len(story.actions) == 1


def test_what_is_stopped_can_still_be_called_off() -> None:
    story = told(trigger("rule", "cart.updated", unless_events=frozenset({"order.placed"})))

    story.hears(order("order.placed", "13:00"), now=at("13:00"))
    goes_on(story).wakes(at("14:00"))

    assert story.run().ended == "order.placed"
    assert story.actions == []


def test_what_was_stopped_is_never_late() -> None:
    """`loods stop` stops everything at once; nothing is lost"""
    story = told(trigger("rule", "cart.updated", late=timedelta(hours=1)))

    goes_on(story).wakes(at("12:00", day=9))

    assert len(story.actions) == 1


def test_what_happens_after_it_was_let_go_on_lets_the_runs_go_on_too() -> None:
    story = told(trigger("rule", "cart.updated"))

    goes_on(story).hears(event("page.viewed", "12:10"), now=at("12:10"))

    assert [one.decided_at for one in story.actions] == [at("12:10")]


def test_a_stop_uses_no_limit_up() -> None:
    story = told(trigger("rule", "cart.updated", limit=limited(1, days=7)))
    story.hears(cart("cart.updated", "12:30", "c2"), now=at("12:30"))

    said = goes_on(story).wakes(at("13:00"))

    assert len(said.actions) == 1
    assert sorted(run.ended for run in story.contact.runs["rule"].values()) == ["done", "limit"]


def test_a_stopped_trigger_stands_in_nobodys_way() -> None:
    first = trigger("rule", "cart.updated", group="one", priority=2)
    story = told(first, trigger("other", "cart.updated", group="one"), names=RULE)

    assert answers(story.decisions[-1])["trigger:other"] is Answer.ACTED


def test_a_complaint_that_came_meanwhile_holds_what_is_let_go_on() -> None:
    story = Story(stopped(mapping(trigger("rule", "cart.updated", [mail()], kind=Kind.MARKETING))))
    story.hears(event("newsletter.confirmed", "08:00"), cart("cart.updated", "12:00"))
    story.hears(event("complaint.received", "13:00", complaint={"id": "k"}), now=at("13:00"))

    assert answers(goes_on(story).wakes(at("14:00"))) == {"trigger:rule": Answer.COMPLAINT}


def test_only_what_waits_for_the_stop_to_end_is_dropped() -> None:
    rules = [trigger("rule", "cart.updated"), trigger("waits", "cart.updated", wait=wait("9d"))]
    story = told(*rules)

    dropped = drop(story.contact, "", "eva")

    assert held_rules(story.contact) == {"trigger:rule"}
    assert held_rules(dropped.contact) == frozenset()
    assert [(one.rule, one.answer, one.detail) for one in dropped.trace] == [
        ("trigger:rule", Answer.ENDED, "dropped by eva after a stop")
    ]
    assert [run.is_waiting for run in dropped.contact.runs["waits"].values()] == [True]


def test_what_another_rule_holds_is_not_dropped() -> None:
    story = told(trigger("rule", "cart.updated"))

    assert drop(story.contact, "trigger:other", "eva").contact == story.contact
