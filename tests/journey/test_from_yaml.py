"""From what an administrator writes to what is done: triggers that wait, in folders of YAML."""

from __future__ import annotations

from pathlib import Path

import pytest

from connector.errors import Problem
from connector.mapping.mapping import Mapping
from connector.model.decision import Answer
from tests.journey.build import Story, answers, at, cart, event, order
from tests.mapping.folders import SOUND, check

CART = """\
trigger: left
on: [cart.updated]
wait: 4h
unless: order.placed
when: cart.total >= 25
limit: 1 per 7d
do:
  - mailchimp.start_journey: {journey: 1, step: 2}
  - if: cart.total >= 500
    hubspot.create_task: {title: "Call: {{ cart.total }}", due: 1 working day}
  - wait: 3d
  - mailchimp.tag: {add: [reminded]}
"""


def load(folder: Path, trigger: str, defaults: str = "") -> Mapping:
    """A folder with a trigger, which can be published: nothing of it is left for later."""
    around = f"defaults:\n{defaults}" if defaults else "segments: {loyal: contact.purchases.count >= 3}\n"
    mapping, problems = check(folder, {**SOUND, "trigger.yaml": trigger, "around.yaml": around})
    assert [one for one in problems if _stops(one)] == []
    assert mapping is not None
    return mapping


def _stops(problem: Problem) -> bool:
    return problem.severity == "error" or problem.code == "M190"


def somebody(rules: Mapping) -> Story:
    """Somebody who agreed to marketing at eight."""
    story = Story(rules)
    story.hears(event("newsletter.confirmed", "08:00"), now=at("08:00"))
    return story


def done(story: Story) -> list[str]:
    return [f"{one.connection}.{one.name}" for one in story.actions]


def test_a_cart_that_is_left_gets_its_reminders(tmp_path: Path) -> None:
    story = somebody(load(tmp_path, CART))

    story.hears(cart("cart.updated", "10:00", total=510), now=at("10:00"))
    story.wakes(at("14:00"))
    story.wakes(at("14:00", day=5))

    assert done(story) == ["mailchimp.start_journey", "hubspot.create_task", "mailchimp.tag"]
    assert [one.decided_at for one in story.actions] == [at("14:00"), at("14:00"), at("14:00", day=5)]
    assert story.actions[1].arguments == {"title": "Call: 510", "due": at("16:00", day=3)}


def test_an_order_calls_the_cart_off(tmp_path: Path) -> None:
    story = somebody(load(tmp_path, CART))

    story.hears(cart("cart.updated", "10:00", total=80), now=at("10:00"))
    ended = story.hears(order("order.placed", "11:00", total=80), now=at("11:00"))

    assert answers(ended)["trigger:left"] is Answer.ENDED
    assert (ended.wakes_at, done(story)) == (None, [])


@pytest.mark.parametrize(
    ("lines", "at_noon"),
    [
        ("mode: paused", Answer.STOPPED),
        ("mode: shadow", Answer.SHADOW),
        ("mode: canary 1%", Answer.NOT_IN_CANARY),
        ("hold_out: 99%", Answer.HELD_OUT),
        ("pressure: 1 per 7d", Answer.ACTED),
        ("hours: {mon-fri: '14:00-18:00'}", Answer.WAITS),
        ("hours: {mon-fri: '09:00-18:00'}", Answer.ACTED),
        ("wait: next monday 10:00", Answer.WAITS),
        ("wait: {until: order.delivered, at_most: 14d}", Answer.WAITS),
        ("wait: {until: order.total > 50, at_most: 14d}", Answer.ACTED),
        ("unless: order.total > 50", Answer.ENDED),
        ("suggest: order.related", Answer.NOTHING_LEFT),
        ("group: one\npriority: 3\nloser: merge", Answer.ACTED),
        ("once per: order item", Answer.ACTED),
        ("for_each: order.items", Answer.ACTED),
    ],
)
def test_each_key_of_a_trigger_is_carried_out(tmp_path: Path, lines: str, at_noon: Answer) -> None:
    """Which arm (`hold_out`, `split`, canary)? Is anything left of the products that it may `suggest`, less
    those that are owned? Do its `hours` allow it now, or when do they next?"""
    mail = "do: {mailchimp.start_journey: {journey: 1, step: 2}}"
    text = f"trigger: thanks\non: order.paid\n{lines}\n{mail}\n"
    story = somebody(load(tmp_path, text))

    items = [{"id": "1", "sku": "S"}]
    decision = story.hears(order("order.paid", "12:00", total=80, related=[], items=items))

    assert answers(decision)["trigger:thanks"] is at_noon


def test_the_usual_hours_and_pressure_hold_for_marketing(tmp_path: Path) -> None:
    text = "trigger: hi\non: page.viewed\ndo: {mailchimp.start_journey: {journey: 1, step: 2}}\n"
    usual = '  hours: {mon-fri: "09:00-17:00"}\n  pressure: 1 per 1d\n'
    story = somebody(load(tmp_path, text, usual))

    said = [
        answers(story.hears(event("page.viewed", clock), now=at(clock)))["trigger:hi"]
        for clock in ("12:00", "13:00")
    ]

    assert said == [Answer.ACTED, Answer.PRESSURE]
    evening = story.hears(event("page.viewed", at("19:00", day=4)), now=at("19:00", day=4))
    assert (answers(evening)["trigger:hi"], evening.wakes_at) == (Answer.WAITS, at("08:00", day=5))


def test_each_arm_of_a_split_does_its_own(tmp_path: Path) -> None:
    text = """\
trigger: thanks
on: order.paid
split: {task: 100%, nothing: 0%}
do:
  task: {hubspot.create_task: {title: Call}}
  nothing: []
"""
    story = somebody(load(tmp_path, text))

    story.hears(order("order.paid", "12:00"))

    assert (done(story), story.run("thanks").arm) == (["hubspot.create_task"], "task")
