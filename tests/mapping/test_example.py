"""The example mapping passes the check with what Loods ships, and shows what it can do."""

from __future__ import annotations

from pathlib import Path

import pytest

from connector.mapping.load import check_folder
from connector.mapping.mapping import Mapping
from connector.platforms.hubspot.adapter import HubSpot
from connector.platforms.mailchimp.adapter import Mailchimp

ROOT = Path(__file__).parents[2]
SPECS = (*HubSpot.specs, *Mailchimp.specs)


@pytest.fixture(scope="module")
def example() -> Mapping:
    mapping, problems = check_folder(ROOT / "mappings", ROOT / "connector" / "sources" / "shipped", SPECS)
    assert problems == ()
    assert mapping is not None
    return mapping


def test_every_rule_says_what_it_is_for(example: Mapping) -> None:
    assert all(one.about for one in example.triggers.values())
    assert 0 < len(example.triggers) <= 16


def test_every_connection_listens_and_knows_its_secrets_by_name(example: Mapping) -> None:
    assert {one.name: one.source for one in example.connections.values()} == {
        "hubspot": "hubspot",
        "mailchimp": "mailchimp",
        "shopify": "shopify",
        "webshop": "woocommerce",
        "website": "json",
    }
    assert all(one.secrets for one in example.connections.values())


def test_every_stage_tells_both_platforms(example: Mapping) -> None:
    journey = example.journeys["main"]

    told = {stage: [one.connection for one in steps] for stage, steps in journey.enter.items()}

    assert told == {stage: ["hubspot", "mailchimp"] for stage in ("see", "think", "do", "care")}
