"""The picture as SVG: well-formed, safe, and with everything in it."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from xml.etree import ElementTree

import pytest
from hypothesis import given
from hypothesis import strategies as st

from connector.drawing import svg
from connector.drawing.outline import Deed, Group, JourneyRow, Outline, StageCard, TriggerRow, Way
from connector.drawing.svg_text import ARGUMENTS, EVENT, Style, lines
from tests.drawing.mappings import drawn

SPACE = "{http://www.w3.org/2000/svg}"
ELEMENTS = {SPACE + name for name in ("svg", "style", "defs", "marker", "path", "rect", "text")}


def labelled(text: str) -> Outline:
    """An outline with that text wherever one can stand."""
    deed = Deed(text, (text,), text)
    stage = StageCard("a", text, text, (Way((text,), text, ""), Way((text,), text, "a")), (deed,))
    trigger = TriggerRow(text, text, text, (text,), (deed,))
    return Outline((JourneyRow("main", text, (stage,)),), (Group((text,), (trigger,)),))


def read(picture: str) -> ElementTree.Element:
    """The picture as a browser would read it."""
    return ElementTree.fromstring(picture)  # noqa: S314 - it is our own


def texts(picture: str) -> list[str]:
    """Every text of the picture."""
    return [one.text or "" for one in read(picture).iter(f"{SPACE}text")]


def test_everything_of_the_outline_is_in_the_picture(tmp_path: Path) -> None:
    picture = texts(svg.draw(drawn(tmp_path)))

    assert picture[0] == "Our journey"
    assert {"See", "Gets to know us", "Care", "order.placed", "when order.total >= 10"} < set(picture)
    assert {"only from Care", "remove: [prospect, lead]", "stage main.care"} < set(picture)
    assert {"thanks", "once per contact, at most 1 per 14d", "if contact.company", "note"} < set(picture)


def test_stages_stand_in_their_order_from_left_to_right(tmp_path: Path) -> None:
    boxes = [
        one for one in read(svg.draw(drawn(tmp_path))).iter(f"{SPACE}rect") if one.get("class") == "stage"
    ]

    left = [float(one.get("x", "")) for one in boxes]
    assert len(boxes) == 2
    assert left == sorted(left)


def test_nothing_stands_outside_of_the_picture(tmp_path: Path) -> None:
    whole = drawn(tmp_path)
    many = replace(whole.journeys[0], stages=whole.journeys[0].stages * 5)

    picture = read(svg.draw(replace(whole, journeys=(many,))))

    width, height = float(picture.get("width", "")), float(picture.get("height", ""))
    boxes = [one for one in picture.iter(f"{SPACE}rect") if one.get("x")]
    right = [float(one.get("x", "")) + float(one.get("width", "")) for one in boxes]
    bottom = [float(one.get("y", "")) + float(one.get("height", "")) for one in boxes]
    assert max(right) <= width
    assert max(bottom) <= height


@given(st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=60).filter(str.strip))
def test_no_text_of_a_mapping_is_markup(text: str) -> None:
    picture = read(svg.draw(labelled(text)))

    assert {one.tag for one in picture.iter()} <= ELEMENTS


def test_markup_is_shown_as_it_was_written() -> None:
    assert "</text><script>alert('&')" in texts(svg.draw(labelled("</text><script>alert('&')")))


def test_a_mapping_without_journeys_and_triggers_is_an_empty_page() -> None:
    assert texts(svg.draw(Outline((), ()))) == []


@given(st.text(st.sampled_from("ab ._/x"), max_size=200), st.sampled_from([EVENT, ARGUMENTS]))
def test_lines_hold_every_letter_and_none_is_too_wide(text: str, style: Style) -> None:
    found = list(lines(text, style, 120))

    assert "".join(one.text for one in found).replace(" ", "") == text.replace(" ", "")
    assert all(style.width(one.text) <= 120 for one in found)


@pytest.mark.parametrize("text", ["contact.counters.product_viewed", "a" * 90])
def test_a_word_that_is_too_long_for_a_line_is_broken(text: str) -> None:
    found = list(lines(text, ARGUMENTS, 150))

    assert len(found) > 1
    assert "".join(one.text for one in found) == text
