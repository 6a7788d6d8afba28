"""Scores and the follow-up grid: what is declared becomes what the engine reads, and mistakes are found."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from pathlib import Path

import pytest

from connector.mapping.mapping import Mapping
from connector.mapping.scalars import is_not_carried_out
from connector.mapping.scoring import Axis
from connector.mapping.terms import Frequency
from tests.mapping.folders import SOUND, check
from tests.mapping.mistakes import Mistake, expect

SCORES = """\
scores:
  engagement:
    half_life: 30d
    between: [-100, 200]
    points:
      - {on: order.paid, when: order.total >= 50, add: 2.5, at_most: 3 per day}
      - {on: [cart.updated, newsletter.confirmed], add: -5, once: yes, expires: 90d}
  fit:
    points: {when: contact.company, add: 20}
  grid:
    engagement: {low: 0, warm: 30, hot: 80}
    fit: {poor: 0, good: 20}
    cells:
      hot/good:
        name: call
        do: {hubspot.create_task: {title: "Call {{ contact.name | default('them') }}"}}
      low/good: {}
"""


def made(folder: Path, text: str) -> Mapping:
    """The mapping with this text, in which nothing is wrong but what is carried out later."""
    mapping, problems = check(folder, {**SOUND, "scores.yaml": text})
    assert [str(one) for one in problems if not is_not_carried_out(one)] == []
    assert mapping is not None
    return mapping


def test_points_upon_events_keep_what_bounds_them(tmp_path: Path) -> None:
    engagement = made(tmp_path, SCORES).scores["engagement"]

    paid, seen = engagement.points
    assert (paid.on, paid.add, paid.at_most) == (
        frozenset({"order.paid"}),
        Decimal("2.5"),
        Frequency(3, timedelta(days=1)),
    )
    assert (seen.once, seen.expires) == (True, timedelta(days=90))
    assert engagement.half_life == timedelta(days=30)
    assert (engagement.lowest, engagement.highest) == (Decimal(-100), Decimal(200))


def test_points_for_what_a_contact_is_need_no_event(tmp_path: Path) -> None:
    [points] = made(tmp_path, SCORES).scores["fit"].points

    assert not points.on
    assert points.when is not None
    assert points.when({"contact": {"company": "Jansen"}}) is True


def test_the_grid_has_its_scores_in_the_order_in_which_they_stand(tmp_path: Path) -> None:
    grid = made(tmp_path, SCORES).grid

    assert grid is not None
    assert grid.axes[0] == Axis(
        "engagement", (("low", Decimal(0)), ("warm", Decimal(30)), ("hot", Decimal(80)))
    )
    assert grid.axes[1].score == "fit"
    assert {name: cell.label for name, cell in grid.cells.items()} == {
        "hot/good": "call",
        "low/good": "low/good",
    }
    assert [step.spec.name for step in grid.cells["hot/good"].do] == ["create_task"]


def test_rules_may_ask_for_a_score_and_for_every_cell_that_the_levels_give(tmp_path: Path) -> None:
    rule = (
        "trigger: a\non: order.paid\nwhen: contact.scores.fit > 3 and contact.grid == 'warm/poor'\n"
        "do: {hubspot.tag: {add: [x]}}\n"
    )

    mapping, problems = check(tmp_path, {**SOUND, "scores.yaml": SCORES, "a.yaml": rule})

    assert [str(one) for one in problems if not is_not_carried_out(one)] == []
    assert mapping is not None
    assert "warm/poor" in mapping.contact_type.fields["grid"].choices


def test_a_score_of_several_files_is_one_mapping(tmp_path: Path) -> None:
    other = "scores:\n  fit: {points: {when: contact.company, add: 1}}\n"

    _, problems = check(tmp_path, {**SOUND, "a.yaml": SCORES, "b.yaml": other})

    assert ("M130", "b.yaml", 2) in [(one.code, one.file, one.line) for one in problems]


IN_SCORES = [
    Mistake("add: 2.5", "add: 0", "M123", 6, 56, "0 points change nothing"),
    Mistake("add: 20", "add: 0", "M123", 9, 42, "as in 5 or -5"),
    Mistake("half_life: 30d", "half_live: 30d", "M120", 3, 5, 'did you mean "half_life"?'),
    Mistake("half_life: 30d", "half_life: 30", "M123", 3, 16, "4h"),
    Mistake("[-100, 200]", "[200, -100]", "M166", 4, 14, "the lowest first"),
    Mistake("[-100, 200]", "[-100]", "M166", 4, 14, "[-100, 200]"),
    Mistake("[-100, 200]", "[-100, many]", "M123", 4, 21, '"-25"'),
    Mistake("[-100, 200]", "200", "M122", 4, 14, "a list is wanted"),
    Mistake("order.paid", "order.payd", "M131", 6, 14, 'did you mean "order.paid"?'),
    Mistake("order.total", "order.totl", "M204", 6, 38, 'did you mean "total"?'),
    Mistake("add: 2.5", "add: '2,5'", "M123", 6, 56, "with a point"),
    Mistake(", add: 2.5", "", "M121", 6, 9, "add"),
    Mistake("3 per day", "thrice", "M123", 6, 70, "3 per 7d"),
    Mistake("once: yes", "once: perhaps", "M123", 7, 67, '"yes" or "no"'),
    Mistake("expires: 90d", "expires: 3 months", "M123", 7, 81, "in days"),
    Mistake("contact.company, add: 20", "contact.compny, add: 20", "M204", 9, 28, 'did you mean "company"?'),
    Mistake("when: contact.company", "when: order.total > 3", "M203", 9, 20, "order comes with"),
    Mistake("when: contact.company, ", "", "M121", 9, 13, "everybody would have them"),
    Mistake("add: 20", "add: 20, at_most: 3 per day", "M167", 9, 46, "with on:"),
    Mistake("add: 20", "add: 20, once: yes", "M167", 9, 46, "counts once"),
    Mistake("add: 20", "add: 20, expires: 3d", "M167", 9, 46, "as long as it is so"),
    Mistake("  fit:\n", "  fit:\n    half_life: 30d\n", "M167", 9, 5, "no points have on:"),
    Mistake("{when: contact.company, add: 20}", "[]", "M121", 9, 13, "empty"),
    Mistake("    fit: {poor", "    fut: {poor", "M160", 12, 5, 'did you mean "fit"?'),
    Mistake("    engagement: {low", "    engagment: {low", "M160", 11, 5, 'did you mean "engagement"?'),
    Mistake("warm: 30, hot: 80", "warm: 30, hot: 20", "M166", 11, 36, "from the lowest up"),
    Mistake("poor: 0, good: 20", "poor: 20, good: 20", "M166", 12, 21, "from the lowest up"),
    Mistake("{poor: 0, good: 20}", "{}", "M121", 12, 10, "no levels"),
    Mistake("{poor: 0, good: 20}", "20", "M122", 12, 10, "keys with values"),
    Mistake("    fit: {poor: 0, good: 20}\n", "", "M121", 11, 5, "a grid has two scores"),
    Mistake("    cells:", "    other: {x: 1}\n    cells:", "M121", 11, 5, "a grid has two scores"),
    Mistake("hot/good", "hott/good", "M161", 14, 7, 'did you mean "hot"?'),
    Mistake("hot/good", "hot/god", "M161", 14, 7, 'did you mean "good"?'),
    Mistake("hot/good", "good/hot", "M162", 14, 7, 'did you mean "hot/good"?'),
    Mistake("hot/good", "hot", "M162", 14, 7, "a level of each"),
    Mistake("contact.name", "order.number", "M203", 16, 52, "order comes with"),
]


@pytest.mark.parametrize(
    "asked",
    [
        "segments: {warm: contact.scores.a > 3}",
        "trigger: x\non: {score: a, above: 3}\ndo: {hubspot.tag: {add: [x]}}",
        "trigger: x\non: order.paid\ndo: {hubspot.create_task: {title: \"{{ contact.scores['a'] }}\"}}",
    ],
)
def test_a_score_is_for_something(tmp_path: Path, asked: str) -> None:
    lonely = "scores: {a: {points: {on: order.paid, add: 1}}}\n"

    mapping = made(tmp_path, f"{lonely}{asked}\n")

    assert set(mapping.scores) == {"a"}


@pytest.mark.parametrize("name", ["a", "fit"])
def test_a_score_that_nothing_asks_for_is_doubted(tmp_path: Path, name: str) -> None:
    lonely = f"scores:\n  {name}:\n    points: {{on: order.paid, add: 1}}\n"

    _, problems = check(tmp_path, {**SOUND, "a.yaml": lonely})

    [found] = [one for one in problems if not is_not_carried_out(one)]
    assert (found.code, found.severity, found.line, found.column) == ("M157", "warning", 2, 3)
    assert f"contact.scores.{name}" in found.hint


@pytest.mark.parametrize("mistake", IN_SCORES, ids=str)
def test_a_mistake_in_the_scores_is_found(tmp_path: Path, mistake: Mistake) -> None:
    expect(tmp_path, "scores.yaml", SCORES, mistake)


@pytest.mark.parametrize(
    ("asked", "code", "word"),
    [
        ("contact.scores.fitt > 3", "M204", 'did you mean "fit"?'),
        ("contact.scores.grid > 3", "M204", "grid"),
    ],
)
def test_a_score_that_a_rule_asks_for_and_that_is_not_there_is_found(
    tmp_path: Path, asked: str, code: str, word: str
) -> None:
    rule = f"trigger: a\non: order.paid\nwhen: {asked}\ndo: {{hubspot.tag: {{add: [x]}}}}\n"

    _, problems = check(tmp_path, {**SOUND, "scores.yaml": SCORES, "a.yaml": rule})

    [found] = [one for one in problems if one.file == "a.yaml"]
    assert found.line == 3
    assert found.code.startswith(code)
    assert word in f"{found.message} {found.hint}"
