"""Journeys that begin with a preset."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from connector.mapping.folder import version_of
from connector.mapping.presets import FOLDER
from connector.mapping.rules import Journey
from connector.mapping.schema.journeys import PRESETS
from tests.mapping.folders import CONNECTIONS, SHOP, check, sound

DOCS = (Path(__file__).parents[2] / "docs" / "mappings.md").read_text(encoding="utf-8")


def journey(folder: Path, text: str, locale: str = "nl_NL") -> Journey:
    """The journey `main` of a sound mapping, of which this is written."""
    written = f"defaults: {{locale: {locale}}}\njourneys:\n  main:\n{text}"
    return sound(folder, {"journey.yaml": written}).journeys["main"]


@pytest.mark.parametrize("name", PRESETS)
@pytest.mark.parametrize("locale", ["nl_NL", "en_GB"])
def test_a_preset_is_a_whole_journey(tmp_path: Path, name: str, locale: str) -> None:
    made = journey(tmp_path, f"    preset: {name}\n", locale)

    assert {move.to for move in made.moves} == set(made.order)
    assert all(stage.label and stage.about for stage in made.stages)
    assert made.label != "main"


@pytest.mark.parametrize("name", PRESETS)
def test_the_documentation_names_the_stages_of_each_preset(tmp_path: Path, name: str) -> None:
    made = journey(tmp_path, f"    preset: {name}\n")

    [row] = re.findall(rf"^\| `{name}` \| (.*) \|$", DOCS, re.MULTILINE)
    assert row == ", ".join(made.order)


def test_every_file_is_a_preset_that_can_be_named() -> None:
    assert {path.stem for path in FOLDER.glob("*.yaml")} == set(PRESETS)


def test_presets_lead_back_by_quiet_alone_and_hubspots_own_never(tmp_path: Path) -> None:
    journeys = "\n".join(f"  {name}: {{preset: {name}}}" for name in PRESETS)

    made = sound(tmp_path, {"journey.yaml": f"journeys:\n  main: {{preset: five_a}}\n{journeys}\n"}).journeys

    back = {name: [move for move in one.moves if move.from_stage] for name, one in made.items()}
    assert {name for name, moves in back.items() if moves} == {"main", *PRESETS} - {"hubspot_lifecycle"}
    assert all(move.quiet and not move.on for moves in back.values() for move in moves)


@pytest.mark.parametrize(
    ("locale", "about"),
    [("nl_BE", "Leert ons kennen"), ("en_GB", "Gets to know us"), ("de_DE", "Gets to know us")],
)
def test_a_preset_speaks_the_language_of_the_locale(tmp_path: Path, locale: str, about: str) -> None:
    made = journey(tmp_path, "    preset: see_think_do_care\n", locale)

    assert made.stages[0].about == about


def test_own_moves_are_read_before_those_of_the_preset(tmp_path: Path) -> None:
    made = journey(tmp_path, "    preset: see_think_do_care\n    moves: [{on: order.placed, to: care}]\n")

    own, *others = made.moves
    assert (own.on, own.to, own.place.file) == (frozenset({"order.placed"}), "care", "journey.yaml")
    assert {one.place.file for one in others} == {"shipped/presets/see_think_do_care.yaml"}


def test_own_words_replace_those_of_the_preset_by_name(tmp_path: Path) -> None:
    text = "    preset: see_think_do_care\n    name: Ours\n    stages: {do: {label: Kopen}}\n"

    made = journey(tmp_path, text)

    assert made.label == "Ours"
    assert made.order == ("see", "think", "do", "care")
    assert (made.stages[2].label, made.stages[2].about) == ("Kopen", "")


@pytest.mark.parametrize(
    ("stages", "order"),
    [
        ("{do: {label: D}, trial: {label: T}}", ("see", "think", "do", "trial", "care")),
        ("{trial: {label: T}, again: {label: A}}", ("see", "think", "do", "care", "trial", "again")),
    ],
)
def test_a_new_stage_stands_behind_the_one_before_it_or_last(
    tmp_path: Path, stages: str, order: tuple[str, ...]
) -> None:
    moves = "    moves: [{on: order.placed, to: trial}, {on: order.placed, to: again}]\n"
    if "again" not in stages:
        moves = "    moves: [{on: order.placed, to: trial}]\n"

    made = journey(tmp_path, f"    preset: see_think_do_care\n    stages: {stages}\n{moves}")

    assert made.order == order


def test_what_entering_a_stage_of_the_preset_does_is_said_in_the_folder(tmp_path: Path) -> None:
    text = "    preset: see_think_do_care\n    enter: {care: {mailchimp.tag: {add: [klant]}}}\n"

    made = journey(tmp_path, text)

    assert [one.spec.name for one in made.enter["care"]] == ["tag"]


def test_a_trigger_listens_to_a_stage_of_a_preset(tmp_path: Path) -> None:
    trigger = "trigger: a\non: {stage: nakoop}\ndo: {mailchimp.tag: {add: [klant]}}\n"
    files = {"journey.yaml": "journeys: {main: {preset: four_phase}}\n", "a.yaml": trigger}

    mapping = sound(tmp_path, files)

    assert mapping.triggers["a"].on_stages == {("main", "nakoop")}


def test_an_unknown_preset_is_the_only_problem(tmp_path: Path) -> None:
    _, problems = check(tmp_path, {"a.yaml": "journeys: {main: {preset: see_think_do}}\n"})

    assert [str(one) for one in problems] == [
        'a.yaml:1:27 M124 "preset": "see_think_do" is none of the choices; did you mean "see_think_do_care"?'
    ]


def test_a_mistake_in_what_is_added_to_a_preset_is_found_in_its_place(tmp_path: Path) -> None:
    text = "journeys:\n  main:\n    preset: five_a\n    moves: [{on: order.paid, to: actief}]\n"

    _, problems = check(tmp_path, {"a.yaml": text})

    assert [str(one) for one in problems] == [
        'a.yaml:4:34 M132 there is no stage "actief"; did you mean "actie"?'
    ]


def test_the_text_of_a_preset_that_is_used_counts_in_the_version(tmp_path: Path) -> None:
    journey = "journeys: {main: {preset: five_a}}\n"

    version = sound(tmp_path, {"journey.yaml": journey}).version

    used = {
        "connections.yaml": CONNECTIONS.encode(),
        "journey.yaml": journey.encode(),
        "shipped:shop": SHOP.encode(),
        "preset:five_a": (FOLDER / "five_a.yaml").read_bytes(),
    }
    assert version == version_of(used)
