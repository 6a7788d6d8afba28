"""Marketing that follows from entering a stage or a cell reaches the contact like any other."""

from __future__ import annotations

from dataclasses import replace

import pytest

from connector.mapping.mapping import Mapping
from connector.mapping.rules import ActionTemplate, Trigger
from connector.model.action import Kind
from connector.model.decision import Answer
from tests.journey.build import (
    Story,
    entry,
    event,
    journey,
    limited,
    mail,
    mapping,
    step,
    trigger,
)

AD = trigger("rule", "email.opened", [mail()], kind=Kind.MARKETING)


def rules(*steps: ActionTemplate, triggers: tuple[Trigger, ...] = (AD,)) -> Mapping:
    """A stage that does something when it is entered, and one mail a week."""
    known = mapping(*triggers, journeys=[journey(enter={"think": steps})])
    return replace(known, defaults=replace(known.defaults, pressure=limited(1, days=7)))


def reader(known: Mapping) -> Story:
    """Somebody who has agreed to marketing."""
    story = Story(known)
    story.hears(event("newsletter.confirmed", "08:00"))
    return story


def test_what_entering_a_stage_markets_counts_for_pressure() -> None:
    story = reader(rules(mail()))

    entered = story.hears(event("product.viewed", "11:00"))
    pressed = story.hears(event("email.opened", "12:00"))

    assert len(entered.actions) == 1
    assert entry(pressed, "trigger:rule").answer is Answer.PRESSURE


def test_under_pressure_entering_a_stage_markets_nothing_and_does_the_rest() -> None:
    story = reader(rules(mail(), step("hubspot.create_task")))
    story.hears(event("email.opened", "10:00"))

    entered = story.hears(event("product.viewed", "11:00"))

    assert [action.name for action in entered.actions] == ["create_task"]
    assert entry(entered, "enter:main.think").detail.startswith(
        "step 1 (mailchimp.start_journey) is left out: marketing has reached the contact 1 times"
    )


def test_a_stage_that_only_markets_says_that_pressure_held_it_back() -> None:
    story = reader(rules(mail()))
    story.hears(event("email.opened", "10:00"))

    entered = story.hears(event("product.viewed", "11:00"))

    assert (entered.actions, entry(entered, "enter:main.think").answer) == ((), Answer.PRESSURE)


@pytest.mark.parametrize("steps", [(step("hubspot.create_task"),), ()])
def test_what_entering_a_stage_does_otherwise_counts_for_nothing(steps: tuple[ActionTemplate, ...]) -> None:
    story = reader(rules(*steps))

    story.hears(event("product.viewed", "11:00"))

    assert len(story.hears(event("email.opened", "12:00")).actions) == 1
