"""Segments may ask for segments, scores and the grid, as long as none needs itself."""

from __future__ import annotations

from pathlib import Path

import pytest

from connector.mapping.build.circles import MOST_LEVELS
from connector.mapping.scalars import is_not_carried_out
from tests.mapping.folders import SOUND, check, sound

FIT = "scores:\n  fit: {points: {when: contact.segments.business, add: 20}}\n"


def wrong(folder: Path, text: str) -> list[str]:
    """What is wrong with the segments, but for what is carried out later."""
    _, problems = check(folder, {**SOUND, "a.yaml": text})
    return [str(one) for one in problems if not is_not_carried_out(one)]


def test_a_segment_may_ask_for_another_wherever_that_stands(tmp_path: Path) -> None:
    loyal = "loyal: contact.purchases.count >= 3"
    text = f"segments:\n  best: contact.segments.loyal and contact.company\n  {loyal}\n"

    segments = sound(tmp_path, {"a.yaml": text}).segments

    assert segments["best"]({"contact": {"segments": {"loyal": True}, "company": "Jansen"}}) is True


def test_what_is_there_for_whoever_is_in_a_segment_is_there_for_those_whose_segment_asks_for_it(
    tmp_path: Path,
) -> None:
    text = (
        "segments:\n  business: contact.company\n"
        "  best: contact.segments.business and contact.purchases.count > 3\n"
        "trigger: a\non: order.paid\nwhen: contact.segments.best\n"
        "do: {hubspot.create_task: {title: 'Call {{ contact.company }}'}}\n"
    )

    assert wrong(tmp_path, text) == []


def test_a_segment_may_ask_for_a_score_that_asks_for_another_segment(tmp_path: Path) -> None:
    text = f"{FIT}segments:\n  business: contact.company\n  good: contact.scores.fit > 10\n"

    assert wrong(tmp_path, text) == []


@pytest.mark.parametrize(
    ("text", "found"),
    [
        (
            "segments:\n  vip: contact.segments.vip or contact.company\n",
            ["a.yaml:2:8 M141 contact.segments.vip asks for itself; write out what one of them says"],
        ),
        (
            "segments:\n  a: contact.segments.b\n  b: not contact.segments['a']\n  c: contact.segments.a\n",
            [
                "a.yaml:2:6 M141 contact.segments.a asks for itself, by way of contact.segments.b; "
                "write out what one of them says",
                "a.yaml:3:6 M141 contact.segments.b asks for itself, by way of contact.segments.a; "
                "write out what one of them says",
            ],
        ),
        (
            f"{FIT}segments:\n  business: contact.scores.fit > 10\n",
            [
                "a.yaml:2:24 M141 contact.scores.fit asks for itself, by way of contact.segments.business; "
                "write out what one of them says",
                "a.yaml:4:13 M141 contact.segments.business asks for itself, by way of contact.scores.fit; "
                "write out what one of them says",
            ],
        ),
    ],
)
def test_what_needs_itself_is_found_at_each_place(tmp_path: Path, text: str, found: list[str]) -> None:
    assert wrong(tmp_path, text) == found


def test_a_segment_and_the_grid_may_not_need_each_other(tmp_path: Path) -> None:
    text = (
        f"{FIT}  grid: {{fit: {{bad: 0, good: 9}}, b: {{low: 0, high: 9}}}}\n"
        "  b: {points: {on: order.paid, add: 1}}\n"
        "segments:\n  business: contact.grid == 'good/high'\n"
    )

    assert [line.split(" contact")[0] for line in wrong(tmp_path, text)] == [
        "a.yaml:2:24 M141",
        "a.yaml:6:13 M141",
    ]


def test_points_upon_an_event_may_ask_for_what_the_score_is_then(tmp_path: Path) -> None:
    text = (
        "scores:\n  a: {points: {on: order.paid, when: contact.segments.cold, add: 1}}\n"
        "segments:\n  cold: contact.scores.a < 10\n"
    )

    assert wrong(tmp_path, text) == []


def test_a_segment_that_does_not_exist_is_found_with_the_nearest(tmp_path: Path) -> None:
    best = "best: contact.segments.loyl and contact.company"
    text = f"segments:\n  loyal: contact.purchases.count >= 3\n  {best}\n"

    [found] = wrong(tmp_path, text)

    assert found.startswith("a.yaml:3:26 M204")
    assert 'did you mean "loyal"?' in found


def test_segments_do_not_ask_for_each_other_without_end(tmp_path: Path) -> None:
    chain = "".join(f"  s{n}: contact.segments.s{n - 1}\n" for n in range(1, MOST_LEVELS + 2))

    found = wrong(tmp_path, f"segments:\n  s0: contact.company\n{chain}")

    assert [line.split(":")[1] for line in found] == [str(MOST_LEVELS + 3)]
    assert f"more than {MOST_LEVELS}" in found[0]
