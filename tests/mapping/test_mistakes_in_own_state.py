"""Every mistake in an action on our own state is found at its place, with what mends it."""

from __future__ import annotations

from pathlib import Path

import pytest

from connector.mapping.scalars import NOT_BUILT
from tests.mapping.folders import SOUND, check
from tests.mapping.mistakes import Mistake, expect

RULE = """\
trigger: paid
on: order.paid
do:
  - contact.set:
      fields: {birthday: 1990-05-12, city: Breda}
  - contact.count:
      name: gifts
  - contact.move:
      to: care
  - contact.spend:
      points: 10
"""


@pytest.mark.parametrize(
    "mistake",
    [
        Mistake("birthday:", "birthdy:", "M137", 5, 25, 'did you mean "birthday"?'),
        Mistake("1990-05-12", "tomorrow", "M137", 5, 26, "no date"),
        Mistake("city:", "counters:", "M137", 5, 48, "no field"),
        Mistake("city:", "email:", "M137", 5, 45, "no field"),
        Mistake("name: gifts", "name: Gifts", "M125", 7, 13, "small letters"),
        Mistake("name: gifts", "name: order_paid", "M137", 7, 13, "a name of its own"),
        Mistake("to: care", "to: cares", "M132", 9, 11, 'did you mean "care"?'),
        Mistake("to: care", "to: care\n      journey: man", "M132", 10, 16, 'did you mean "main"?'),
        Mistake("points: 10", "points: ten", "M137", 11, 15, "contact.spend"),
        Mistake("points: 10", "points: 0", "M137", 11, 15, "contact.spend"),
        Mistake("contact.spend", "contact.spnd", "M135", 10, 5, 'did you mean "spend"?'),
        Mistake("      points: 10", "      pints: 10", "M136", 11, 7, 'did you mean "points"?'),
    ],
    ids=str,
)
def test_a_mistake_in_an_action_of_our_own_is_found(tmp_path: Path, mistake: Mistake) -> None:
    expect(tmp_path, "paid.yaml", RULE, mistake)


@pytest.mark.parametrize(
    ("action", "code", "line", "column", "remedy"),
    [
        ("company.set: {fields: {industri: IT}}", "M137", 4, 38, 'did you mean "industry"?'),
        ("company.set: {fields: {people: Eva}}", "M137", 4, 36, "no field"),
        ("company.set: {fields: {domain: acme.example}}", "M137", 4, 36, "no field"),
        ("company.set: {fields: {employees: many}}", "M137", 4, 39, "no number"),
        ("company.count: {name: order_paid}", "M137", 4, 27, "a name of its own"),
        ("company.move: {to: client, journey: main}", "M132", 4, 41, "known: accounts"),
        ("company.move: {to: clent}", "M132", 4, 24, 'did you mean "client"?'),
        ("contact.move: {to: client, journey: accounts}", "M132", 4, 41, "known: main"),
        ("company.spend: {points: none}", "M137", 4, 29, "company.spend"),
        ("compani.set: {fields: {name: Acme}}", "M133", 4, 5, ""),
    ],
)
def test_a_mistake_in_an_action_on_a_company_is_found(
    tmp_path: Path, action: str, code: str, line: int, column: int, remedy: str
) -> None:
    stages = "stages: {lead: {label: Lead}, client: {label: Client}}"
    moves = "moves: [{on: order.placed, to: lead}, {on: order.paid, to: client}]"
    journey = f"journeys:\n  accounts: {{subject: company, {stages}, {moves}}}\n"
    rule = f"trigger: paid\non: order.paid\ndo:\n  - {action}\n"

    _, problems = check(tmp_path, {**SOUND, "accounts.yaml": journey, "paid.yaml": rule})

    [found] = [one for one in problems if one.code != "M152"]
    assert (found.code, found.line, found.column) == (code, line, column)
    assert remedy in str(found)


def test_the_rule_as_it_stands_is_sound(tmp_path: Path) -> None:
    assert check(tmp_path, {**SOUND, "paid.yaml": RULE})[1] == ()


def test_what_is_checked_and_not_carried_out_is_told(tmp_path: Path) -> None:
    rule = "trigger: paid\non: order.paid\ndo:\n  - coupon.take: {name: spring, field: city}\n"

    [problem] = check(tmp_path, {**SOUND, "paid.yaml": rule})[1]

    assert (problem.code, problem.severity, problem.line, problem.column) == (NOT_BUILT, "warning", 4, 5)
