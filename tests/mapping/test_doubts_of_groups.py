"""Triggers in each other's way are doubted: the beaten, groups left to chance, marketing without end."""

from __future__ import annotations

from pathlib import Path

import pytest

from connector.mapping.scalars import is_not_carried_out
from tests.mapping.folders import SOUND, check

WINNER = "{on: [order.paid, cart.updated], group: carts, priority: 9, do: {mailchimp.tag: {add: [a]}}}"
LOSER = "{on: order.paid, group: carts, when: contact.city, do: {mailchimp.tag: {add: [b]}}}"


def doubts(folder: Path, *triggers: str, defaults: str = "") -> list[tuple[str, int, int, str]]:
    """Code, line, column and words of each warning; triggers stand on lines of their own, from 3 on."""
    lines = [f"  rule{number}: {text}" for number, text in enumerate(triggers, start=1)]
    text = "\n".join(["# Rules that may be in each other's way.", "triggers:", *lines]) + "\n"
    files = {**SOUND, "rules.yaml": text, **({"d.yaml": defaults} if defaults else {})}

    _, found = check(folder, files)

    assert all(one.severity == "warning" for one in found), [str(one) for one in found]
    told = [one for one in found if not is_not_carried_out(one)]
    return [(one.code, one.line, one.column, f"{one.message}; {one.hint}") for one in told]


def codes(found: list[tuple[str, int, int, str]]) -> list[tuple[str, int, int]]:
    """What was doubted, and where."""
    return [(code, line, column) for code, line, column, _ in found]


def test_a_trigger_that_another_always_beats_is_named_with_it(tmp_path: Path) -> None:
    [(code, line, column, words)] = doubts(tmp_path, WINNER, LOSER)

    assert (code, line, column) == ("M175", 4, 3)
    assert '"rule2" never acts: "rule1" in rules.yaml:3' in words


def test_so_is_one_that_waits_no_longer_than_it(tmp_path: Path) -> None:
    winner, loser = WINNER.replace("{on:", "{wait: 4h, on:"), LOSER.replace("{on:", "{wait: 3h, on:")

    assert codes(doubts(tmp_path, loser, winner)) == [("M175", 3, 3)]


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("priority: 9", "priority: -9"),
        ("priority: 9,", "priority: 9, when: contact.company,"),
        ("priority: 9,", "priority: 9, limit: 1 per 7d,"),
        ("priority: 9,", "priority: 9, once per: contact,"),
        ("priority: 9,", "priority: 9, mode: canary 10%,"),
        ("priority: 9,", "priority: 9, hold_out: 10%,"),
        ("priority: 9,", "priority: 9, unless: order.placed,"),
        ("[order.paid, cart.updated]", "cart.updated"),
        ("[order.paid, cart.updated]", "{stage: care}"),
        ("mailchimp.tag: {add: [a]}", "mailchimp.start_journey: {journey: 1, step: 2}"),
    ],
)
def test_a_trigger_that_may_act_is_not_doubted(tmp_path: Path, old: str, new: str) -> None:
    assert old in WINNER

    assert doubts(tmp_path, WINNER.replace(old, new), LOSER) == []


def test_one_that_is_put_off_still_acts(tmp_path: Path) -> None:
    assert doubts(tmp_path, WINNER, LOSER.replace("group:", "loser: postpone, group:")) == []


def test_one_that_waits_longer_still_acts(tmp_path: Path) -> None:
    winner, loser = WINNER.replace("{on:", "{wait: 4h, on:"), LOSER.replace("{on:", "{wait: 5h, on:")

    assert doubts(tmp_path, winner, loser) == []


@pytest.mark.parametrize("priority", ["", "priority: 3, "])
def test_a_group_without_an_order_is_left_to_chance(tmp_path: Path, priority: str) -> None:
    winner = WINNER.replace("priority: 9, ", priority)
    loser = LOSER.replace("group:", f"{priority}group:")

    [(code, line, column, words)] = doubts(tmp_path, winner, loser)

    assert (code, line, column) == ("M177", 4, 3)
    assert "whichever begins first" in words


def test_who_is_alone_in_a_group_may_have_misspelt_it(tmp_path: Path) -> None:
    other = WINNER.replace("priority: 9", "priority: 8, wait: 3d")

    found = doubts(tmp_path, LOSER.replace("carts", "cart"), WINNER, other)

    assert codes(found) == [("M177", 3, 3)]
    assert 'did you mean "carts"?' in found[0][3]


def marketing(number: int, more: str = "") -> str:
    """A marketing trigger that is like no other."""
    return f"{{on: order.paid, {more}do: {{mailchimp.start_journey: {{journey: {number}, step: 1}}}}}}"


def test_the_eleventh_marketing_trigger_asks_for_a_bound(tmp_path: Path) -> None:
    [(code, line, column, words)] = doubts(tmp_path, *map(marketing, range(1, 12)))

    assert (code, line, column) == ("M176", 13, 3)
    assert "pressure: 3 per 7d" in words


def test_it_is_asked_for_where_the_defaults_stand(tmp_path: Path) -> None:
    found = doubts(tmp_path, *map(marketing, range(1, 12)), defaults="defaults:\n  locale: nl_NL\n")

    assert codes(found) == [("M176", 2, 3)]


@pytest.mark.parametrize(
    ("more", "defaults"),
    [("", "defaults: {pressure: 3 per 7d}\n"), ("pressure: 1 per day, ", ""), ("mode: shadow, ", "")],
)
def test_bounded_marketing_is_not_doubted(tmp_path: Path, more: str, defaults: str) -> None:
    eleventh = [*map(marketing, range(1, 11)), marketing(11, more)]

    assert doubts(tmp_path, *eleventh, defaults=defaults) == []


def test_twins_differ_by_their_wait(tmp_path: Path) -> None:
    waits = [
        f"{{on: order.paid, wait: {wait}, do: {{mailchimp.tag: {{add: [a]}}}}}}"
        for wait in ("3h", "4h", "3h")
    ]

    assert codes(doubts(tmp_path, *waits)) == [("M154", 5, 3)]
