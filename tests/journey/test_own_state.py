"""Actions on our own state are done in the decision that makes them, and leave for no platform."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path

import pytest

from connector.journey.view import View
from connector.journey.wake import wake
from connector.mapping.mapping import Mapping
from connector.mapping.scalars import is_not_carried_out
from connector.model.contact import Contact
from connector.model.decision import Answer, Decision
from tests.journey.build import Story, answers, entry, event, order
from tests.mapping.folders import SOUND, check

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
FIELDS = """\
fields:
  vip: yes/no
  size: number
  joined: date
"""
JOURNEY = """\
journeys:
  main:
    stages: {see: {label: See}, think: {label: Think}, care: {label: Care}}
    moves:
      - {on: newsletter.confirmed, to: see}
      - {on: cart.updated, to: think}
      - {on: order.paid, to: care}
    enter:
      care: [{hubspot.create_task: {title: Thank}}]
"""


def read(folder: Path, do: str, on: str = "order.placed") -> Mapping:
    """A mapping with one trigger that does this; all of it can be published."""
    rule = f"triggers:\n  rule:\n    on: {on}\n    do: [{do}]\n"
    known, problems = check(
        folder, {**SOUND, "journey.yaml": JOURNEY, "fields.yaml": FIELDS, "rule.yaml": rule}
    )
    assert known is not None, [str(one) for one in problems]
    assert not any(map(is_not_carried_out, problems))
    return known


def placed(known: Mapping, times: int = 1) -> tuple[Story, Decision]:
    story = Story(known, Contact("01", NOW))
    for number in range(times):
        story.hears(order("order.placed", NOW, str(number), total=Decimal(80)), now=NOW)
    return story, story.decisions[-1]


def seen(known: Mapping, story: Story, name: str) -> object:
    return View(known, story.contact, event("page.viewed", NOW), NOW).person[name]


@pytest.mark.parametrize(
    ("written", "name", "value"),
    [
        ("vip: ja", "vip", True),
        ('size: "{{ order.total }}"', "size", Decimal(80)),
        ('size: "12.5"', "size", Decimal("12.5")),
        ("city: Breda", "city", "Breda"),
    ],
)
def test_a_field_is_set_as_its_type_holds_it(tmp_path: Path, written: str, name: str, value: object) -> None:
    known = read(tmp_path, f"{{contact.set: {{fields: {{{written}}}}}}}")

    story, decision = placed(known)

    assert seen(known, story, name) == value
    assert decision.actions == ()
    assert entry(decision, "contact.set").detail == f"{name} set"


def test_a_value_that_does_not_fit_changes_nothing_and_is_told(tmp_path: Path) -> None:
    known = read(tmp_path, '{contact.set: {fields: {size: "{{ order.id }} pieces"}}}')

    story, decision = placed(known)

    assert "size" not in story.contact.fields
    assert entry(decision, "contact.set").answer is Answer.FAILED


def test_a_counter_of_ones_own_counts(tmp_path: Path) -> None:
    known = read(tmp_path, "{contact.count: {name: gifts, by: 2}}")

    story, _ = placed(known, times=3)

    assert story.contact.counters["gifts"] == 6


def test_points_are_earned_and_spent_while_there_are_enough(tmp_path: Path) -> None:
    (tmp_path / "a").mkdir()
    (tmp_path / "b").mkdir()
    earning = read(tmp_path / "a", "{contact.earn: {points: '{{ order.total }}'}}")
    spending = read(tmp_path / "b", "{contact.spend: {points: 50}}", "order.paid")
    story, _ = placed(earning)
    spender = Story(spending, story.contact)

    said = [spender.hears(order("order.paid", NOW, one), now=NOW) for one in "ab"]

    assert seen(earning, story, "balance") == 80
    assert seen(spending, spender, "balance") == 30
    assert [entry(one, "contact.spend").answer for one in said] == [Answer.ACTED, Answer.NO]


def test_a_stage_is_entered_with_what_that_does(tmp_path: Path) -> None:
    known = read(tmp_path, "{contact.move: {to: care}}")

    story, decision = placed(known)

    assert story.contact.standings["main"].stage == "care"
    assert [action.cause.rule for action in decision.actions] == ["enter:main.care"]
    assert [(one.from_stage, one.to_stage) for one in decision.moves] == [(None, "care")]


def test_a_contact_can_be_moved_back_and_is_not_sent_in_circles(tmp_path: Path) -> None:
    known = read(tmp_path, "{contact.move: {to: think}}", "[order.paid, {stage: think}]")

    story = Story(known, Contact("01", NOW))

    decision = story.hears(order("order.paid", NOW), now=NOW)

    assert [one.to_stage for one in decision.moves] == ["care", "think"]
    assert story.contact.standings["main"].stage == "think"


def test_a_run_that_waited_moves_the_contact_too(tmp_path: Path) -> None:
    known = read(tmp_path, "{wait: 1d}, {contact.move: {to: care}}")
    story, first = placed(known)

    decision = wake(known, story.contact, NOW + timedelta(days=1))

    assert first.moves == ()
    assert decision.contact.standings["main"].stage == "care"
    assert answers(decision)["enter:main.care"] is Answer.ACTED
