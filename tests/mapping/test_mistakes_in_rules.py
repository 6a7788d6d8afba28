"""Mistakes in waits, occasions, arms and bounds of a trigger are found at their place; a row plants one."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.mapping.mistakes import Mistake, expect

TRIGGER = """\
trigger: left
kind: marketing
on: cart.updated
wait: 4h
unless: order.placed
when: cart.total >= 25
goal: {event: order.paid, within: 7d, value: order.total}
do:
  - mailchimp.start_journey: {journey: 1, step: 2}
  - wait: {until: order.paid, at_most: 3d}
  - mailchimp.tag: {add: [left]}
"""

IN_WAITS = [
    Mistake("wait: 4h", "wait: soon", "M123", 4, 7, "2 working days"),
    Mistake("wait: 4h", "wait: next mondy", "M123", 4, 7, "next monday 10:00"),
    Mistake("wait: 4h", "wait: 2027-02-30", "M123", 4, 7, "no day"),
    Mistake("wait: 4h", "wait: [4h]", "M122", 4, 7, "not a list or a table"),
    Mistake("wait: 4h", "wait: {at_most: 3d}", "M121", 4, 7, "until"),
    Mistake("{until: order.paid, at_most: 3d}", "{at_most: 3d}", "M121", 10, 11, "until"),
    Mistake("{until: order.paid,", "{untl: order.paid,", "M120", 10, 12, 'did you mean "until"?'),
    Mistake("until: order.paid", "until: order.payd", "M131", 10, 19, 'did you mean "order.paid"?'),
    Mistake("until: order.paid", "until: contact.purchases.cont > 3", "M204", 10, 37, "count"),
    Mistake("until: order.paid", "until: next mondy", "M123", 10, 19, "next monday 10:00"),
    Mistake("until: order.paid", "until: 3 x", "M123", 10, 19, "4h"),
    Mistake("until: order.paid", "until: next monday 10:00", "M171", 10, 38, "comes by itself"),
    Mistake("until: order.paid", "until: 3d", "M171", 10, 23, "comes by itself"),
    Mistake("until: order.paid", "until: []", "M121", 10, 19, '"until" is empty'),
    Mistake("unless: order.placed", "unless: []", "M121", 5, 9, '"unless" is empty'),
    Mistake("at_most: 3d", "at_most: ever", "M123", 10, 40, "4h"),
    Mistake("at_most: 3d", "at_most: 3d, if: x", "M120", 10, 44, '"if"'),
    Mistake("wait: 4h", "restart: no", "M171", 4, 1, "nothing to begin anew"),
    Mistake("wait: 4h", "restart: yes", "M171", 4, 1, "add wait:"),
    Mistake("wait: 4h", "wait: 4h\nrestart: never", "M123", 5, 10, "yes"),
    Mistake("unless: order.placed", "unless: cart.updated", "M171", 5, 9, "cannot call it off"),
    Mistake("unless: order.placed", "unless: [order.placed, cart.updated]", "M171", 5, 24, "under"),
    Mistake("unless: order.placed", "unless: order.plced", "M131", 5, 9, 'did you mean "order.placed"?'),
    Mistake("unless: order.placed", "unless: [order.placed, order]", "M131", 5, 24, "no event"),
    Mistake("unless: order.placed", "unless: cart.totl > 9", "M204", 5, 14, "total"),
    Mistake("unless: order.placed", "unless: order.total > 9", "M203", 5, 9, "order comes with"),
    Mistake("  - wait:", "  - hubspot.tag: {add: [x]}\n    wait:", "M138", 10, 5, "a wait in one step"),
    Mistake("  - wait:", "  - wait: 3d\n    hubspot.tag: {add: [x]}\n  - wait:", "M138", 11, 5, "a wait"),
    Mistake("unless:", "unles:", "M120", 5, 1, 'did you mean "unless"?'),
]


@pytest.mark.parametrize("mistake", IN_WAITS, ids=str)
def test_a_mistake_in_a_wait_is_found(tmp_path: Path, mistake: Mistake) -> None:
    expect(tmp_path, "trigger.yaml", TRIGGER, mistake)


IN_ARMS = [
    Mistake("when:", "hold_out: ten\nwhen:", "M123", 6, 11, "10%"),
    Mistake("when:", "hold_out: 110%\nwhen:", "M123", 6, 11, "0% to 100%"),
    Mistake("when:", "split: {a: 50%, b: 40%}\nwhen:", "M170", 6, 8, "90%"),
    Mistake("when:", "split: {a: 60%, b: 60%}\nwhen:", "M170", 6, 8, "120%"),
    Mistake("when:", "split: {a: 50%, b: 50%}\nwhen:", "M170", 10, 3, "each of a, b"),
    Mistake("when:", "split: {}\nwhen:", "M121", 6, 8, '"split" is empty'),
    Mistake("when:", "split: {held_out: 50%, b: 50%}\nwhen:", "M170", 6, 9, "hold_out: 10%"),
    Mistake("when:", "split: {A: 50%, b: 50%}\nwhen:", "M125", 6, 9, "small letters"),
]


@pytest.mark.parametrize("mistake", IN_ARMS, ids=str)
def test_a_mistake_in_the_arms_is_found(tmp_path: Path, mistake: Mistake) -> None:
    expect(tmp_path, "trigger.yaml", TRIGGER, mistake)


SPLIT = """\
trigger: thanks
on: order.paid
split: {words: 50%, nothing: 50%}
do:
  words:
    - mailchimp.tag: {add: [thanked]}
  nothing: []
"""

IN_SPLIT = [
    Mistake("split: {words: 50%, nothing: 50%}\n", "", "M170", 4, 3, "words: 50%, nothing: 50%"),
    Mistake("split: {words: 50%, nothing: 50%}", "hold_out: 5%", "M170", 5, 3, 'there is no "split"'),
    Mistake("  words:", "  word:", "M170", 5, 3, 'did you mean "words"?'),
    Mistake("  nothing: []\n", "", "M170", 3, 21, "nothing: []"),
    Mistake("{words:", "{wordy:", "M170", 3, 9, "says nothing of"),
    Mistake("[thanked]}", "[thanked], ad: [x]}", "M136", 6, 39, "add"),
]


@pytest.mark.parametrize("mistake", IN_SPLIT, ids=str)
def test_a_mistake_in_steps_by_arm_is_found(tmp_path: Path, mistake: Mistake) -> None:
    expect(tmp_path, "trigger.yaml", SPLIT, mistake)


IN_BOUNDS = [
    Mistake("when:", 'hours: {mon-sat: "20:00-09:00"}\nwhen:', "M123", 6, 18, "over midnight"),
    Mistake("when:", 'hours: {mon-sat: "9-17"}\nwhen:', "M123", 6, 18, "18:00"),
    Mistake("when:", 'hours: {tues: "09:00-17:00"}\nwhen:', "M145", 6, 9, "mon-fri"),
    Mistake("when:", "hours: {}\nwhen:", "M121", 6, 1, "let nothing through"),
    Mistake("when:", "pressure: low\nwhen:", "M123", 6, 11, "3 per 7d"),
    Mistake("when:", "priority: high\nwhen:", "M123", 6, 11, "such as 10"),
    Mistake("when:", "priority: 2.5\nwhen:", "M123", 6, 11, "whole number"),
    Mistake("when:", "group: My carts\nwhen:", "M125", 6, 8, "small letters"),
    Mistake("when:", "group: carts\nloser: wait\nwhen:", "M124", 7, 8, "drop, merge, postpone"),
    Mistake("when:", "priority: 5\nwhen:", "M171", 6, 1, "add group:"),
    Mistake("when:", "loser: merge\nwhen:", "M171", 6, 1, '"loser" without "group"'),
    Mistake("when:", "hold_out: 5%\nmode: shadow\nwhen:", "M178", 6, 1, "nobody gets anything"),
    Mistake("when:", "mode: shadow\nhold_out: 5%\nwhen:", "M178", 7, 1, "leave one of them out"),
    Mistake("when:", "mode: canary\nwhen:", "M123", 6, 7, "canary 10%"),
    Mistake("when:", "mode: canary 10\nwhen:", "M123", 6, 7, "canary 10%"),
    Mistake("when:", "mode: shado\nwhen:", "M124", 6, 7, 'did you mean "shadow"?'),
    Mistake("when:", "mode: paused 10%\nwhen:", "M124", 6, 7, "none of the choices"),
    Mistake("when:", "blast: 0\nwhen:", "M123", 6, 8, "at least 1"),
    Mistake("when:", "blast: many\nwhen:", "M123", 6, 8, "whole number"),
    Mistake("when:", "stop_at: 20\nwhen:", "M123", 6, 10, "10%"),
    Mistake("when:", "stop_at: fifth\nwhen:", "M123", 6, 10, "10%"),
    Mistake("when:", "for_each: cart.total\nwhen:", "M218", 6, 11, "a list"),
    Mistake("when:", "for_each: cart.itms\nwhen:", "M204", 6, 16, 'did you mean "items"?'),
    Mistake("when:", "once per: order item\nwhen:", "M203", 6, 1, "order comes with"),
    Mistake("cart.total >= 25", "item.sku == 'a'", "M203", 6, 7, "item"),
    Mistake("when:", "suggest: cart.total\nwhen:", "M218", 6, 10, "a list"),
    Mistake("when:", "suggest: cart.items\nwhen:", "M179", 6, 10, "order.related"),
    Mistake("when:", "suggest: contact.recent.pages\nwhen:", "M179", 6, 10, "no list of products"),
    Mistake("when:", "suggest: order.related\nwhen:", "M203", 6, 10, "order comes with"),
    Mistake("[left]", "['{{ suggested | count }}']", "M203", 11, 31, "suggested"),
    Mistake(
        "  - mailchimp.tag:",
        "  - verify: yes\n    mailchimp.start_journey: {journey: 1, step: 2}\n  - mailchimp.tag:",
        "M173",
        11,
        5,
        "leave it out",
    ),
    Mistake("  - mailchimp.tag:", "  - verify: yes\n    wait: 1d\n  - mailchimp.tag:", "M173", 11, 5, "wait"),
    Mistake("  - mailchimp.tag:", "  - verify: maybe\n    mailchimp.tag:", "M123", 11, 13, "yes"),
]


@pytest.mark.parametrize("mistake", IN_BOUNDS, ids=str)
def test_a_mistake_in_the_bounds_is_found(tmp_path: Path, mistake: Mistake) -> None:
    expect(tmp_path, "trigger.yaml", TRIGGER, mistake)


TASK = """\
trigger: call
on: cart.updated
do:
  - hubspot.create_task:
      title: Call
      until: order.placed
  - hubspot.tag: {add: [x]}
"""

IN_UNTIL = [
    Mistake("until: order.placed", "until: order.plced", "M131", 6, 14, 'did you mean "order.placed"?'),
    Mistake("until: order.placed", "until: [order.placed, order]", "M131", 6, 29, "no event"),
    Mistake("until: order.placed", "until:", "M122", 6, 13, "as in until: order.placed"),
    Mistake("until: order.placed", "until: {event: order.placed}", "M122", 6, 14, "a list of events"),
    Mistake("{add: [x]}", "{add: [x], until: order.placed}", "M136", 7, 29, 'no "until"'),
    Mistake("until: order.placed", "untill: order.placed", "M136", 6, 7, "untill"),
]


@pytest.mark.parametrize("mistake", IN_UNTIL, ids=str)
def test_a_mistake_in_what_closes_a_task_is_found(tmp_path: Path, mistake: Mistake) -> None:
    expect(tmp_path, "trigger.yaml", TASK, mistake)


IN_GOAL = [
    Mistake("event: order.paid, ", "", "M121", 7, 7, '"event" or "no"'),
    Mistake("{event: order.paid, ", "{evnt: order.paid, ", "M120", 7, 8, 'did you mean "event"?'),
    Mistake("event: order.paid", "event: order.payd", "M131", 7, 15, 'did you mean "order.paid"?'),
    Mistake("event: order.paid", "event: review.given", "M152", 7, 15, "connect a source"),
    Mistake("event: order.paid", "event: order.paid, no: order.paid", "M172", 7, 27, "one goal"),
    Mistake("event: order.paid", "no: order.paid", "M172", 7, 36, "one goal"),
    Mistake("within: 7d, ", "", "M121", 7, 7, "within"),
    Mistake("within: 7d", "within: 5 working days", "M123", 7, 35, "plain length"),
    Mistake("value: order.total", "value: order.totl", "M204", 7, 52, 'did you mean "total"?'),
    Mistake("value: order.total", "value: order.number", "M218", 7, 46, "a number"),
    Mistake("value: order.total", "for: repeat", "M164", 7, 44, "repeat"),
]


@pytest.mark.parametrize("mistake", IN_GOAL, ids=str)
def test_a_mistake_in_the_goal_is_found(tmp_path: Path, mistake: Mistake) -> None:
    expect(tmp_path, "trigger.yaml", TRIGGER, mistake)


OCCASION = """\
segments: {loyal: contact.purchases.count >= 3}
trigger: greet
on: {date: contact.birthday, at: "09:00", every: year}
when: contact.purchases.count > 1
do: {mailchimp.tag: {add: [x]}}
"""
BIRTHDAY = '{date: contact.birthday, at: "09:00", every: year}'

IN_OCCASIONS = [
    Mistake("contact.birthday", "contact.birthdy", "M204", 3, 20, 'did you mean "birthday"?'),
    Mistake("contact.birthday", "contact.first_name", "M218", 3, 12, "a date"),
    Mistake("every: year", "every: month", "M124", 3, 50, "year"),
    Mistake('"09:00"', '"25:00"', "M123", 3, 34, "18:00"),
    Mistake("every: year", "before: 3 months", "M123", 3, 51, "30d"),
    Mistake("every: year", "before: 3d, after: 3d", "M172", 3, 55, "keep one"),
    Mistake("every: year", "every: year, leap_day: 29-02", "M124", 3, 66, "02-28"),
    Mistake("every: year", "every: year, leap_day: 02-29", "M124", 3, 66, "02-28"),
    Mistake("every: year", "leap_day: 03-01", "M171", 3, 43, "add every: year"),
    Mistake("every: year", "every: year, leapday: 03-01", "M120", 3, 56, 'did you mean "leap_day"?'),
    Mistake("date: contact", "date_: contact", "M120", 3, 6, "date"),
    Mistake(BIRTHDAY, "{segment: loyl}", "M165", 3, 15, 'did you mean "loyal"?'),
    Mistake(BIRTHDAY, "{segment: loyal, for: x}", "M120", 3, 22, '"for"'),
    Mistake(BIRTHDAY, "{moment: black_friday}", "M163", 3, 14, "black_friday"),
    Mistake(BIRTHDAY, "{moment: x, for: loyl}", "M165", 3, 22, 'did you mean "loyal"?'),
    Mistake(BIRTHDAY, "{score: engagement, above: 80}", "M160", 3, 13, "engagement"),
    Mistake(BIRTHDAY, "{score: engagement}", "M121", 3, 5, "above"),
    Mistake(BIRTHDAY, "{score: x, above: 80, below: 20}", "M172", 3, 27, "make two"),
    Mistake(BIRTHDAY, "{score: x, above: much}", "M123", 3, 23, "no number"),
    Mistake(BIRTHDAY, "{grid: hot/good}", "M162", 3, 12, "hot/good"),
    Mistake(BIRTHDAY, "{quiet: 90d}", "M121", 3, 5, "since"),
    Mistake(BIRTHDAY, "{quiet: 90d, since: []}", "M121", 3, 25, "since what"),
    Mistake(BIRTHDAY, "{quiet: 90d, since: order.payd}", "M131", 3, 25, 'did you mean "order.paid"?'),
    Mistake(BIRTHDAY, "{quite: 90d, since: order.paid}", "M120", 3, 6, 'did you mean "quiet"?'),
    Mistake(BIRTHDAY, "{quiet: year, since: order.paid}", "M123", 3, 13, "30d"),
    Mistake(BIRTHDAY, "{stage: cares}", "M132", 3, 13, 'did you mean "care"?'),
    Mistake("contact.purchases.count > 1", "order.total > 1", "M203", 4, 7, "order comes with"),
]


@pytest.mark.parametrize("mistake", IN_OCCASIONS, ids=str)
def test_a_mistake_in_an_occasion_is_found(tmp_path: Path, mistake: Mistake) -> None:
    expect(tmp_path, "trigger.yaml", OCCASION, mistake)


def test_a_subject_that_an_occasion_lacks_is_named_with_it(tmp_path: Path) -> None:
    mistake = Mistake(
        BIRTHDAY,
        "[order.paid, {segment: loyal}]\nlimit: 1 per 7d",
        "M140",
        5,
        7,
        "a segment carries no order",
    )
    text = OCCASION.replace("contact.purchases.count > 1", "order.total > 1")

    expect(tmp_path, "trigger.yaml", text, mistake)


JOURNEY = """\
journeys:
  other:
    stages: {a: {label: A}}
    moves: [{on: order.paid, to: a}]
    enter:
      a:
        - hubspot.tag: {add: [x]}
"""

IN_ENTER = [
    Mistake(
        "        - hubspot", "        - wait: 3d\n        - hubspot", "M171", 7, 11, "steps of a trigger"
    ),
    Mistake("add: [x]}\n", "add: [x]}\n        - wait: 18:00\n", "M171", 8, 11, "make a trigger"),
]


@pytest.mark.parametrize("mistake", IN_ENTER, ids=str)
def test_entering_a_stage_cannot_wait(tmp_path: Path, mistake: Mistake) -> None:
    expect(tmp_path, "other.yaml", JOURNEY, mistake)
