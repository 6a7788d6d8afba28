"""A trigger becomes what the engine asks: waits, occasions, arms, bounds and goals as they were written."""

from __future__ import annotations

from datetime import date, time, timedelta
from decimal import Decimal
from pathlib import Path

import pytest

from connector.mapping.durations import Delay, Moment, OnDate, OnWeekday
from connector.mapping.rules import (
    Arm,
    CellEntered,
    DateComes,
    FallsQuiet,
    Mode,
    MomentComes,
    Occasion,
    ScoreCrosses,
    SegmentEntered,
    StageEntered,
    Trigger,
    Wait,
)
from connector.mapping.terms import CannotTell, Frequency
from connector.model.action import Kind
from tests.mapping.folders import NOT_YET, SOUND, check

AROUND = """\
segments: {loyal: contact.purchases.count >= 3}
"""

CART = """\
trigger: left
on: cart.updated
do: {mailchimp.tag: {add: [left]}}
"""


def built(folder: Path, text: str, around: str = AROUND) -> Trigger:
    """The only trigger of a sound folder; what is not carried out yet may be told, and nothing else."""
    mapping, problems = check(folder, {**SOUND, "around.yaml": around, "trigger.yaml": text})
    assert [str(one) for one in problems if one.code not in NOT_YET] == []
    assert mapping is not None
    [trigger] = mapping.triggers.values()
    return trigger


def with_line(line: str) -> str:
    """The trigger of a cart with a further line."""
    return CART.replace("do:", f"{line}\ndo:")


@pytest.mark.parametrize(
    ("written", "moment"),
    [
        ("4h", Delay(timedelta(hours=4))),
        ("next monday 10:00", OnWeekday(0, time(10))),
        ("{until: next monday 10:00}", OnWeekday(0, time(10))),
        ("{until: 2027-03-06 - 3d}", OnDate(date(2027, 3, 3))),
    ],
)
def test_a_wait_to_a_moment_has_nothing_else(tmp_path: Path, written: str, moment: Moment) -> None:
    wait = built(tmp_path, with_line(f"wait: {written}")).wait

    assert wait is not None
    assert (wait.moment, wait.until, wait.events, wait.at_most) == (moment, None, frozenset(), None)
    assert (wait.place.file, wait.place.line) == ("trigger.yaml", 3)


def test_a_wait_until_an_event_names_it(tmp_path: Path) -> None:
    wait = built(tmp_path, with_line("wait: {until: [order.paid, order.placed], at_most: 3d}")).wait

    assert wait is not None
    assert wait.events == {"order.paid", "order.placed"}
    assert (wait.until, wait.moment, wait.at_most) == (None, None, Delay(timedelta(days=3)))


@pytest.mark.parametrize("condition", ["contact.purchases.count > 3", "cart.total", "contact.company"])
def test_a_wait_until_a_condition_asks_it(tmp_path: Path, condition: str) -> None:
    wait = built(tmp_path, with_line(f"wait: {{until: {condition}}}")).wait

    assert wait is not None
    assert wait.until is not None
    assert (wait.until.text, wait.events) == (condition, frozenset())


def test_a_step_waits_under_its_own_condition_and_name(tmp_path: Path) -> None:
    text = CART.replace(
        "do: {mailchimp.tag: {add: [left]}}",
        "do:\n  - {wait: 3d, if: cart.total > 9, name: settle}\n  - {mailchimp.tag: {add: [a]}, name: tag}",
    )

    wait, action = built(tmp_path, text).do

    assert isinstance(wait, Wait)
    assert wait.condition is not None
    assert (wait.moment, wait.condition.text, wait.name) == (
        Delay(timedelta(days=3)),
        "cart.total > 9",
        "settle",
    )
    assert action.name == "tag"


def test_what_calls_it_off_is_events_or_a_condition(tmp_path: Path) -> None:
    (tmp_path / "a").mkdir()
    (tmp_path / "b").mkdir()

    events = built(tmp_path / "a", with_line("unless: order.placed"))
    condition = built(tmp_path / "b", with_line("unless: contact.segments.loyal"))

    assert (events.unless, events.unless_events) == (None, frozenset({"order.placed"}))
    assert condition.unless is not None
    assert condition.unless({"contact": {"segments": {"loyal": True}}}) is True
    assert condition.unless_events == frozenset()


@pytest.mark.parametrize(("line", "restarts"), [("wait: 4h", True), ("wait: 4h\nrestart: no", False)])
def test_a_wait_begins_anew_unless_it_is_told_not_to(tmp_path: Path, line: str, restarts: bool) -> None:
    assert built(tmp_path, with_line(line)).restart is restarts


@pytest.mark.parametrize(
    ("written", "occasion"),
    [
        ("{stage: care}", StageEntered("main", "care")),
        ("{segment: loyal}", SegmentEntered("loyal")),
        ("{quiet: 90d, since: [order.paid]}", FallsQuiet(timedelta(days=90), frozenset({"order.paid"}))),
        ("{score: engagement, above: 80}", ScoreCrosses("engagement", above=Decimal(80))),
        ("{score: fit, below: -5}", ScoreCrosses("fit", below=Decimal(-5))),
        ("{grid: hot/good}", CellEntered("hot/good")),
        ("{moment: black_friday}", MomentComes("black_friday")),
        (
            '{moment: black_friday, at: "10:30", before: 3d, for: loyal}',
            MomentComes("black_friday", time(10, 30), timedelta(days=-3), "loyal"),
        ),
    ],
)
def test_an_occasion_is_what_was_written(tmp_path: Path, written: str, occasion: Occasion) -> None:
    trigger = built(tmp_path, CART.replace("cart.updated", written), AROUND + SCORES + CALENDAR)

    assert (trigger.on, trigger.occasions) == (frozenset(), (occasion,))


CALENDAR = """\
calendar: {black_friday: {rule: 4th friday of november}}
goals: {calm: {measure: order.paid, target: 5}}
"""

SCORES = """\
scores:
  engagement: {points: [{on: order.paid, add: 5}]}
  fit: {points: [{when: contact.company, add: 20}]}
  grid:
    engagement: {low: 0, hot: 80}
    fit: {poor: 0, good: 20}
    cells: {hot/good: {name: call, do: [{hubspot.tag: {add: [x]}}]}}
"""


def test_a_date_is_read_of_the_contact(tmp_path: Path) -> None:
    written = '{date: contact.birthday, at: "08:00", every: year, before: 2d}'

    [occasion] = built(tmp_path, CART.replace("cart.updated", written)).occasions

    assert isinstance(occasion, DateComes)
    assert (occasion.date.text, occasion.at) == ("contact.birthday", time(8))
    assert (occasion.is_yearly, occasion.shift) == (True, timedelta(days=-2))


@pytest.mark.parametrize(
    ("written", "leap_day"),
    [
        ("every: year", (2, 28)),
        ("every: year, leap_day: 02-28", (2, 28)),
        ("every: year, leap_day: 03-01", (3, 1)),
    ],
)
def test_a_date_says_when_29_february_comes_in_other_years(
    tmp_path: Path, written: str, leap_day: tuple[int, int]
) -> None:
    [occasion] = built(
        tmp_path, CART.replace("cart.updated", f"{{date: contact.birthday, {written}}}")
    ).occasions

    assert isinstance(occasion, DateComes)
    assert occasion.leap_day == leap_day


def test_a_hold_out_parts_the_contacts_in_two(tmp_path: Path) -> None:
    trigger = built(tmp_path, with_line("hold_out: 10%"))

    assert trigger.arms == (Arm("held_out", Decimal("0.1"), is_held_out=True), Arm("treated", Decimal("0.9")))
    assert trigger.steps("treated") == trigger.do


def test_a_split_parts_those_who_are_not_held_out(tmp_path: Path) -> None:
    text = """\
trigger: thanks
on: order.paid
hold_out: 20%
split: {words: 75%, nothing: 25%}
do:
  words: {mailchimp.start_journey: {journey: 1, step: 2}}
  nothing: []
"""

    trigger = built(tmp_path, text)

    shares = {arm.name: arm.share for arm in trigger.arms}
    assert shares == {"held_out": Decimal("0.2"), "words": Decimal("0.6"), "nothing": Decimal("0.2")}
    assert [one.label for one in trigger.actions] == ["mailchimp.start_journey"]
    assert (len(trigger.steps("words")), trigger.steps("nothing")) == (1, ())
    assert trigger.kind is Kind.MARKETING


def test_bounds_are_kept_as_written(tmp_path: Path) -> None:
    lines = [
        'hours: {mon-tue: ["09:00-12:00", "13:00-24:00"]}', "pressure: 2 per 7d", "mode: canary 10%",
        "blast: 300", "stop_at: 20%",
    ]  # fmt: skip

    trigger = built(tmp_path, with_line("\n".join(lines)))

    assert trigger.hours is not None
    day = ((time(9), time(12)), (time(13), time(0)))
    assert trigger.hours.open == {0: day, 1: day}
    assert trigger.pressure == Frequency(2, timedelta(days=7))
    assert trigger.mode == Mode("canary", Decimal("0.1"))
    assert (trigger.blast, trigger.stop_at) == (300, Decimal("0.2"))


def test_triggers_of_a_group_have_priorities(tmp_path: Path) -> None:
    other = "triggers: {other: {on: order.paid, group: carts, do: {mailchimp.tag: {add: [x]}}}}\n"
    text = with_line("group: carts\npriority: -5\nloser: postpone")

    mapping, problems = check(tmp_path, {**SOUND, "other.yaml": other, "trigger.yaml": text})

    assert [str(one) for one in problems if one.code not in NOT_YET] == []
    assert mapping is not None
    left, second = mapping.triggers["left"], mapping.triggers["other"]
    assert (left.group, left.priority, left.loser) == ("carts", -5, "postpone")
    assert (second.group, second.priority, second.loser) == ("carts", 0, "drop")


@pytest.mark.parametrize("word", ["live", "shadow", "paused"])
def test_a_mode_is_one_word(tmp_path: Path, word: str) -> None:
    assert built(tmp_path, with_line(f"mode: {word}")).mode.name == word


def test_a_goal_is_an_event_and_its_worth(tmp_path: Path) -> None:
    goal = built(tmp_path, with_line("goal: {event: order.paid, within: 7d, value: order.total}")).goal

    assert goal is not None
    assert (goal.event, goal.within, goal.is_absence) == ("order.paid", timedelta(days=7), False)
    assert goal.value is not None
    assert goal.value({"order": {"total": Decimal(80)}}) == 80


def test_a_goal_may_be_that_nothing_comes(tmp_path: Path) -> None:
    line = with_line("goal: {no: order.placed, within: 14d, for: calm}")

    goal = built(tmp_path, line, AROUND + CALENDAR).goal

    assert goal is not None
    assert (goal.event, goal.is_absence, goal.value) == ("order.placed", True, None)
    assert goal.named == "calm"


@pytest.mark.parametrize("line", ["for_each: order.items", "once per: order item"])
def test_it_may_run_for_each_line_of_an_order(tmp_path: Path, line: str) -> None:
    text = f"""\
trigger: care-card
on: order.paid
{line}
when: item.sku == 'sofa'
do: {{mailchimp.tag: {{add: ["{{{{ item.sku }}}}"]}}}}
"""

    trigger = built(tmp_path, text)

    assert trigger.for_each is not None
    assert trigger.for_each({"order": {"items": [{"sku": "sofa"}]}}) == [{"sku": "sofa"}]
    assert trigger.when is not None
    assert trigger.when({"item": {"sku": "sofa"}}) is True


@pytest.mark.parametrize("until", ["order.placed", "[order.placed, order.paid]"])
def test_a_task_is_closed_by_events(tmp_path: Path, until: str) -> None:
    text = f"trigger: call\non: cart.updated\ndo: {{hubspot.create_task: {{title: Call, until: {until}}}}}\n"

    [task] = built(tmp_path, text).actions

    assert task.closed_by == frozenset(until.strip("[]").split(", "))
    assert set(task.arguments) == {"title"}


def test_what_is_suggested_can_be_named_in_its_steps(tmp_path: Path) -> None:
    text = """\
trigger: goes-with
on: order.paid
suggest: order.related
do: {mailchimp.tag: {add: ["{{ suggested | pluck('name') | join(', ') }}"]}}
"""

    trigger = built(tmp_path, text)

    assert trigger.suggest is not None
    assert trigger.suggest({"order": {"related": [{"name": "Rug"}]}}) == [{"name": "Rug"}]


def test_a_changed_text_has_another_hash_and_a_comment_has_none(tmp_path: Path) -> None:
    texts = {
        "same": CART.replace("on: cart.updated", "on:   cart.updated   # whatever"),
        "other": CART.replace("[left]", "[gone]"),
        "first": CART,
    }
    hashes = {}
    for name, text in texts.items():
        (tmp_path / name).mkdir()
        hashes[name] = built(tmp_path / name, text).text

    assert hashes["same"] == hashes["first"] != hashes["other"]


def test_names_of_an_occasion_are_there_without_a_subject(tmp_path: Path) -> None:
    text = CART.replace("cart.updated", "{segment: loyal}\nwhen: event.name == 'segment' and contact.company")

    when = built(tmp_path, text).when

    assert when is not None
    assert isinstance(when({"event": {"name": "segment"}, "contact": {}}), bool | CannotTell)
