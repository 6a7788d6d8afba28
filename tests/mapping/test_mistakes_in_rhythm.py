"""Every mistake in what purchases are measured by is found at its place, with what mends it."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.mapping.folders import SOUND, check
from tests.mapping.mistakes import Mistake, expect

MEASURED = """\
defaults:
  rfm:
    recency: [14d, 60d, 120d, 365d]
    frequency: [2, 4, 6, 9]
    monetary: [50, 100.50, 250, 900]
  expected:
    by: [loyal, large]
segments:
  loyal: contact.purchases.count >= 3
  large: contact.rfm.monetary == 5
"""


@pytest.mark.parametrize(
    "mistake",
    [
        Mistake("recency:", "recenty:", "M120", 3, 5, 'did you mean "recency"?'),
        Mistake("rfm:", "rmf:", "M120", 2, 3, 'did you mean "rfm"?'),
        Mistake("14d,", "", "M166", 3, 14, "takes four bounds"),
        Mistake("14d, 60d, 120d, 365d", "", "M166", 3, 14, "[30d, 90d, 180d, 365d]"),
        Mistake("14d, 60d", "60d, 14d", "M166", 3, 14, "the lowest first"),
        Mistake("[14d", "[14", "M123", 3, 15, "no length of time"),
        Mistake("[2, 4", "[2, 2", "M166", 4, 16, "not in their order"),
        Mistake("6, 9]", "6, 9, 12]", "M166", 4, 16, "[2, 3, 5, 10]"),
        Mistake("[2, 4", "[0, 4", "M123", 4, 17, "at least 1"),
        Mistake("[2, 4", "[two, 4", "M123", 4, 17, "no whole number"),
        Mistake("100.50", "100,50", "M166", 5, 15, "takes four bounds"),
        Mistake("250", "€250", "M123", 5, 28, "no number"),
        Mistake("[50, 100.50, 250, 900]", "high", "M122", 5, 15, "a list is wanted"),
        Mistake("    recency", "    by: quintiles\n    recency", "M167", 3, 5, "bounds of its own"),
        Mistake("    recency", "    by: quintils\n    recency", "M124", 3, 9, 'did you mean "quintiles"?'),
        Mistake("loyal, large", "loyl, large", "M165", 7, 10, 'did you mean "loyal"?'),
        Mistake("loyal, large", "loyal, small", "M165", 7, 17, "no segment"),
        Mistake("[loyal, large]", "[]", "M121", 7, 9, "all contacts count"),
        Mistake("    by: [loyal, large]", "    for: loyal", "M120", 7, 5, "known: by"),
        Mistake("contact.purchases.count >= 3", "contact.expected.churn < 0.5", "M141", 9, 10, "itself"),
        Mistake(
            "contact.rfm.monetary == 5", "contact.expected", "M141", 10, 10, "by way of contact.expected"
        ),
    ],
    ids=str,
)
def test_a_mistake_in_what_purchases_are_measured_by_is_found(tmp_path: Path, mistake: Mistake) -> None:
    expect(tmp_path, "measured.yaml", MEASURED, mistake)


@pytest.mark.parametrize(
    "mistake",
    [
        Mistake("quintiles", "quintile", "M124", 2, 8, 'did you mean "quintiles"?'),
        Mistake("quintiles", "fifths", "M124", 2, 8, "known: bounds, quintiles"),
        Mistake(" quintiles", "", "M127", 2, 7, "no value"),
        Mistake("quintiles", "[30, 90]", "M122", 2, 8, "keys with values are wanted"),
    ],
    ids=str,
)
def test_a_mistake_in_the_short_form_is_found(tmp_path: Path, mistake: Mistake) -> None:
    expect(tmp_path, "measured.yaml", "defaults:\n  rfm: quintiles\n", mistake)


def test_an_end_of_a_circle_in_a_score_is_found(tmp_path: Path) -> None:
    scored = (
        "scores:\n  fit: {points: {when: contact.expected, add: 5}}\n"
        "segments: {loyal: contact.scores.fit > 3}\ndefaults: {expected: {by: loyal}}\n"
    )

    _, problems = check(tmp_path, {**SOUND, "measured.yaml": scored})

    assert [(one.code, one.line, one.column) for one in problems] == [("M141", 2, 24), ("M141", 3, 19)]


def test_the_rules_as_they_stand_are_sound(tmp_path: Path) -> None:
    assert check(tmp_path, {**SOUND, "measured.yaml": MEASURED})[1] == ()
