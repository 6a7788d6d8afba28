"""Presets over the years: who buys nothing any more is led back, and who buys again comes forward."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest

from tests.journey.build import Story, at, event, order
from tests.mapping.folders import sound

YEAR = timedelta(days=365)


@pytest.mark.parametrize(
    ("preset", "bought", "later", "cycle"),
    [
        ("see_think_do_care", "care", "think", 1),
        ("five_a", "actie", "afweging", 1),
        ("four_phase", "nakoop", "overweging", 2),
        ("buyer_and_customer", "onboarding", "consideration", 2),
        ("hubspot_lifecycle", "customer", "customer", 1),
    ],
)
def test_a_customer_who_is_quiet_for_a_year_is_led_back(
    tmp_path: Path, preset: str, bought: str, later: str, cycle: int
) -> None:
    rules = sound(tmp_path, {"journey.yaml": f"journeys: {{main: {{preset: {preset}}}}}\n"})
    story = Story(rules)
    story.hears(
        event("newsletter.confirmed", "08:00"), order("order.paid", "10:00", total=80), now=at("10:00")
    )

    story.wakes(at("09:59") + YEAR)
    before = story.contact.standings["main"]
    story.wakes(at("10:00") + YEAR)
    after = story.contact.standings["main"]

    assert (before.stage, before.cycle) == (bought, 1)
    assert (after.stage, after.cycle) == (later, cycle)


def test_who_buys_again_in_the_second_round_comes_forward(tmp_path: Path) -> None:
    story = Story(sound(tmp_path, {"journey.yaml": "journeys: {main: {preset: four_phase}}\n"}))
    story.hears(order("order.paid", "10:00", total=80), now=at("10:00"))
    story.wakes(at("10:00") + YEAR)

    again = at("12:00") + YEAR
    story.hears(order("order.paid", again, order_id="o2", total=35), now=again)

    standing = story.contact.standings["main"]
    assert (standing.stage, standing.cycle, standing.since) == ("nakoop", 2, again)
