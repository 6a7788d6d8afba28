"""Goals of the company: what is declared becomes what is measured, and mistakes are found."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path

import pytest

from connector.mapping.scoring import CompanyGoal
from tests.mapping.folders import NOT_YET, SOUND, check
from tests.mapping.mistakes import Mistake, expect

GOALS = """\
goals:
  repeat: {measure: second purchase within 90d, target: 25%, by: 2027-06-30}
"""


def goal(folder: Path, measure: str, target: str = "100") -> CompanyGoal:
    """The goal of a mapping in which nothing is wrong but what is carried out later."""
    text = f"goals:\n  aim: {{measure: {measure}, target: {target}}}\n"
    mapping, problems = check(folder, {**SOUND, "goals.yaml": text})
    assert [str(one) for one in problems if one.code not in NOT_YET] == []
    assert mapping is not None
    return mapping.goals["aim"]


@pytest.mark.parametrize(
    ("measure", "event", "nth", "within"),
    [
        ("order.paid", "order.paid", 1, None),
        ("newsletter.confirmed within 30d", "newsletter.confirmed", 1, timedelta(days=30)),
        ("second purchase within 90d", "order.paid", 2, timedelta(days=90)),
        ("3rd purchase", "order.paid", 3, None),
        ("21st purchase within 2 weeks", "order.paid", 21, timedelta(days=14)),
    ],
)
def test_an_event_or_a_purchase_is_measured(
    tmp_path: Path, measure: str, event: str, nth: int, within: timedelta | None
) -> None:
    made = goal(tmp_path, measure)

    assert (made.measure, made.event, made.nth, made.within) == (measure, event, nth, within)


@pytest.mark.parametrize("stage", ["care", "main.care"])
def test_a_stage_that_is_reached_is_measured(tmp_path: Path, stage: str) -> None:
    made = goal(tmp_path, f"stage {stage} within 60d")

    assert (made.stage, made.within, made.event) == (("main", "care"), timedelta(days=60), None)


@pytest.mark.parametrize(
    ("target", "value", "is_share", "sense"),
    [
        ("25%", Decimal("0.25"), True, "raise"),
        ("400", Decimal(400), False, "raise"),
        ("at most 5%", Decimal("0.05"), True, "lower"),
    ],
)
def test_a_target_is_a_share_or_a_number_from_either_side(
    tmp_path: Path, target: str, value: Decimal, is_share: bool, sense: str
) -> None:
    made = goal(tmp_path, "order.paid", target)

    assert (made.target, made.is_share, made.sense) == (value, is_share, sense)


def test_a_goal_may_have_a_day_until_when(tmp_path: Path) -> None:
    mapping, _ = check(tmp_path, {**SOUND, "goals.yaml": GOALS})

    assert mapping is not None
    assert mapping.goals["repeat"].by == date(2027, 6, 30)


@pytest.mark.parametrize(
    "mistake",
    [
        Mistake("measure:", "mesure:", "M120", 2, 12, 'did you mean "measure"?'),
        Mistake("measure: second purchase within 90d, ", "", "M121", 2, 11, "measure"),
        Mistake("second purchase", "happy customers", "M156", 2, 21, "stage care"),
        Mistake("second purchase", "umpteenth purchase", "M156", 2, 21, "3rd purchase"),
        Mistake("second purchase", "0th purchase", "M156", 2, 21, "3rd purchase"),
        Mistake("second purchase", "order.payd", "M131", 2, 21, 'did you mean "order.paid"?'),
        Mistake("second purchase", "stage cared", "M132", 2, 27, 'did you mean "care"?'),
        Mistake("second purchase", "stage main.cared", "M132", 2, 27, 'did you mean "care"?'),
        Mistake("within 90d", "within 3 months", "M123", 2, 21, "in days"),
        Mistake("25%", "a lot", "M123", 2, 57, '"-25"'),
        Mistake("25%", "250%", "M123", 2, 57, "0% to 100%"),
        Mistake("25%", "-3", "M123", 2, 57, "at most 5%"),
        Mistake("2027-06-30", "30-06-2027", "M123", 2, 66, "2027-03-06"),
        Mistake("2027-06-30", "2027-06-31", "M123", 2, 66, "2027-03-06"),
        Mistake("goals:", "gaols:", "M120", 1, 1, 'did you mean "goals"?'),
    ],
    ids=str,
)
def test_a_mistake_in_the_goals_is_found(tmp_path: Path, mistake: Mistake) -> None:
    expect(tmp_path, "goals.yaml", GOALS, mistake)


def test_a_goal_is_kept_and_may_be_published(tmp_path: Path) -> None:
    _, problems = check(tmp_path, {**SOUND, "goals.yaml": GOALS})

    assert [(one.code, one.severity, one.line, one.column) for one in problems] == [("M191", "warning", 2, 3)]
