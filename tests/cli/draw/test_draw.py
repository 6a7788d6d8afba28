"""`loods draw`: what is printed, what is written, and what cannot be drawn."""

from __future__ import annotations

from pathlib import Path
from xml.etree import ElementTree

import pytest

from tests.cli.command import ROOT, loods


def test_mermaid_text_is_printed() -> None:
    result = loods("draw", mappings=ROOT / "mappings")

    assert result.exit_code == 0
    assert result.output.startswith('flowchart TB\n  subgraph j1["See Think Do Care"]\n')
    assert "big-cart" in result.output


def test_the_same_text_is_written_to_a_file(tmp_path: Path) -> None:
    result = loods("draw", "--output", str(tmp_path / "a.mmd"), mappings=ROOT / "mappings")

    assert result.output == f"wrote {tmp_path / 'a.mmd'}\n"
    assert (tmp_path / "a.mmd").read_text() == loods("draw", mappings=ROOT / "mappings").output


def test_a_picture_is_written_where_the_file_ends_in_svg(tmp_path: Path) -> None:
    result = loods("draw", "--output", str(tmp_path / "a.svg"), mappings=ROOT / "mappings")

    assert result.exit_code == 0
    assert ElementTree.parse(tmp_path / "a.svg").getroot().tag.endswith("svg")  # noqa: S314 - it is our own


@pytest.fixture
def two(tmp_path: Path) -> Path:
    """A folder with two journeys."""
    text = "journeys:\n  main: {preset: five_a}\n  phases: {preset: four_phase}\n"
    (tmp_path / "journeys.yaml").write_text(text)
    return tmp_path


def test_every_journey_is_drawn_where_none_is_named(two: Path) -> None:
    output = loods("draw", mappings=two).output

    assert "Aandacht" in output
    assert "Nakoop" in output


def test_only_the_journey_that_is_named_is_drawn(two: Path) -> None:
    output = loods("draw", "--journey", "phases", mappings=two).output

    assert "Aandacht" not in output
    assert "Nakoop" in output


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (("--journey", "phase"), "there is no journey 'phase'; did you mean \"phases\"?"),
        (("--output", "a.png"), "a.png ends in neither .svg nor .mmd; name a file that does"),
        (("--output", "a"), "a ends in neither .svg nor .mmd; name a file that does"),
        (("--output", "/nowhere/a.svg"), "/nowhere/a.svg cannot be written: No such file or directory"),
    ],
)
def test_what_cannot_be_drawn_is_said_with_its_remedy(
    two: Path, words: tuple[str, ...], message: str
) -> None:
    result = loods("draw", *words, mappings=two)

    assert result.exit_code == 1
    assert message in result.output


def test_a_mapping_with_mistakes_is_not_drawn(tmp_path: Path) -> None:
    (tmp_path / "a.yaml").write_text("journeys: {main: {preset: five_b}}\n")

    result = loods("draw", mappings=tmp_path)

    assert result.exit_code == 1
    assert (
        'a.yaml:1:27 M124 "preset": "five_b" is none of the choices; did you mean "five_a"?' in result.output
    )
