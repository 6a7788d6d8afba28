"""What purchases are measured by, as a mapping says it."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path

import pytest

from connector.mapping.mapping import Mapping
from connector.mapping.norms import BOUNDS, BY_BOUNDS, Rfm
from tests.mapping.folders import SOUND, check
from tests.mapping.test_json_schema import complaints

MARKS = frozenset(BOUNDS)


def built(folder: Path, defaults: str, more: str = "") -> Mapping:
    """The mapping with these defaults."""
    mapping, problems = check(folder, {**SOUND, "measured.yaml": f"defaults: {{{defaults}}}\n{more}"})
    assert mapping is not None, problems
    return mapping


def test_bounds_that_are_written_hold_beside_the_usual_ones(tmp_path: Path) -> None:
    rfm = built(tmp_path, "rfm: {recency: [12h, 2w, 60d, 365d]}").defaults.rfm

    assert rfm.bounds["recency"] == (Decimal("0.5"), Decimal(14), Decimal(60), Decimal(365))
    assert rfm.bounds["monetary"] == BOUNDS["monetary"]
    assert rfm.by_quintiles == frozenset()


def test_without_a_word_purchases_are_marked_by_the_usual_bounds(tmp_path: Path) -> None:
    assert built(tmp_path, "locale: nl_NL").defaults.rfm == BY_BOUNDS


@pytest.mark.parametrize(
    ("written", "by_quintiles"),
    [
        ("rfm: quintiles", MARKS),
        ("rfm: {by: quintiles}", MARKS),
        ("rfm: {by: bounds}", frozenset()),
        ("rfm: {by: quintiles, frequency: [2, 3, 5, 10]}", MARKS - {"frequency"}),
    ],
)
def test_what_has_no_bounds_of_its_own_goes_by_quintiles_where_these_are_asked_for(
    tmp_path: Path, written: str, by_quintiles: frozenset[str]
) -> None:
    assert built(tmp_path, written).defaults.rfm == Rfm(BOUNDS, by_quintiles)


@pytest.mark.parametrize(
    ("defaults", "asked", "needs"),
    [
        ("rfm: quintiles", "contact.rfm.monetary > 3", True),
        ("rfm: quintiles", "contact['rfm'].monetary > 3", True),
        ("rfm: quintiles", "contact.purchases.count > 3", False),
        ("rfm: {by: bounds}", "contact.rfm.monetary > 3", False),
        ("locale: nl_NL", "contact.expected.churn > 0.5", True),
        ("locale: nl_NL", "contact.company == 'expected'", False),
    ],
)
def test_a_mapping_needs_norms_where_something_asks_for_what_others_decide_too(
    tmp_path: Path, defaults: str, asked: str, needs: bool
) -> None:
    mapping = built(tmp_path, defaults, f'segments: {{some: "{asked}"}}\n')

    assert mapping.needs_norms is needs


@pytest.mark.parametrize(("by", "kept"), [("[b, a]", ("b", "a")), ("a", ("a",)), ("[a, b, a]", ("a", "b"))])
def test_the_segments_that_count_keep_their_order(tmp_path: Path, by: str, kept: tuple[str, ...]) -> None:
    segments = "segments: {b: contact.company is defined, a: contact.purchases.count > 1}\n"

    assert built(tmp_path, f"expected: {{by: {by}}}", segments).defaults.expected_by == kept


@pytest.mark.parametrize(
    ("written", "is_right"),
    [
        ("rfm: quintiles", True),
        ("rfm: quintile", False),
        ("rfm: {by: quintiles, recency: [1d, 2d, 3d, 4d]}", True),
        ("rfm: {by: quintiles, recent: [1d, 2d, 3d, 4d]}", False),
        ("expected: {by: [loyal, large]}", True),
        ("expected: {by: loyal}", True),
        ("expected: {}", False),
    ],
)
def test_an_editor_knows_the_keys(written: str, is_right: bool) -> None:
    assert (complaints(f"defaults: {{{written}}}\n") == []) is is_right
