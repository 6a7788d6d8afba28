"""What is drawn of a mapping."""

from __future__ import annotations

from pathlib import Path

import pytest

from connector.drawing.outline import Deed, Way, outline
from tests.drawing.mappings import JOURNEY, drawn
from tests.mapping.folders import sound


def test_a_stage_shows_the_ways_into_it(tmp_path: Path) -> None:
    [journey] = drawn(tmp_path).journeys

    see, care = journey.stages
    assert see.ways == (
        Way(("newsletter.confirmed", "order.placed"), "", ""),
        Way(("order.placed",), "", "care"),
    )
    assert care.ways == (Way(("order.paid",), "order.total >= 10", ""),)


def test_a_stage_shows_what_entering_it_does(tmp_path: Path) -> None:
    [journey] = drawn(tmp_path).journeys

    see, care = journey.stages
    assert see.deeds == ()
    assert care.deeds == (Deed("mailchimp.tag", ("add: [customer]", "remove: [prospect, lead]"), ""),)


def test_triggers_that_listen_to_the_same_stand_together(tmp_path: Path) -> None:
    groups = drawn(tmp_path).groups

    assert [(group.on, [one.name for one in group.triggers]) for group in groups] == [
        (("newsletter.confirmed", "stage main.care"), ["cared-for"]),
        (("order.paid",), ["note", "thanks"]),
    ]


def test_a_trigger_shows_what_it_asks_and_does_in_the_words_of_the_mapping(tmp_path: Path) -> None:
    _, group = drawn(tmp_path).groups

    _, thanks = group.triggers
    assert thanks.about == "A third order is worth a call"
    assert thanks.condition == "contact.purchases.count >= 3"
    assert thanks.bounds == ("once per contact", "at most 1 per 14d")
    assert thanks.deeds == (
        Deed(
            "hubspot.create_task",
            ("title: Call {{ contact.company | default('them') }}", "due: 1 working day"),
            "contact.company",
        ),
        Deed("mailchimp.tag", ("add: [loyal]",), ""),
    )


@pytest.mark.parametrize(("length", "shown"), [(120, "x" * 120), (121, "x" * 119 + "…")])
def test_a_long_argument_is_cut(tmp_path: Path, length: int, shown: str) -> None:
    trigger = f"trigger: a\non: order.paid\ndo: {{hubspot.create_task: {{title: {'x' * length}}}}}\n"
    mapping = sound(tmp_path, {"journey.yaml": JOURNEY, "a.yaml": trigger})

    [group] = outline(mapping, []).groups

    assert group.triggers[0].deeds[0].arguments == (f"title: {shown}",)
