"""What the commands say of a decision, sentence by sentence of how Loods decides."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from connector.sandbox import Sandbox
from tests.cli.command import MAPPING, loods
from tests.runtime.shop import Shop

EVA = "eva@example.com"


@pytest.fixture
def shop(migrated_url: str, sandbox: Sandbox) -> Iterator[Shop]:
    """A Loods that runs, beside which the questions are asked."""
    sandbox.reset()
    with Shop(migrated_url, sandbox, MAPPING) as made:
        yield made


@pytest.mark.parametrize("year", ["1970", "2099"])
def test_an_explanation_says_that_a_time_cannot_be_right(tmp_path: Path, year: str) -> None:
    """An event whose time is in 1970 or 2099 is clamped to when it was received, and says so."""
    file = tmp_path / "download.json"
    body = {"event": "file.downloaded", "id": "1", "occurred_at": f"{year}-01-01T00:00:00Z"}
    file.write_text(json.dumps({**body, "contact": {"email": EVA}}))

    result = loods("explain", str(file), "--connection", "website")

    assert result.exit_code == 0, result.output
    assert "note: its time cannot be right" in result.output
    assert year not in result.output.partition("key")[0]


def test_an_explanation_shows_every_rule_that_listens_with_its_answer(shop: Shop) -> None:
    """`loods explain` shows it"""
    words = ("--event", "newsletter.confirmed", "--contact", EVA, "--connection", "website")

    result = loods("explain", *words, database=shop.settings.database_url)

    said = [line.split(":")[0:2] for line in map(str.strip, result.output.splitlines()) if "trigger:" in line]
    assert [name.split()[0] for _, name in said] == ["series", "welcome"]
    assert "big-cart" not in result.output


def test_why_answers_from_what_was_written_down_and_says_what_would_have_to_change(shop: Shop) -> None:
    """`loods why CONTACT TRIGGER` answers from it and says what would have to change."""
    shop.says("cart.updated", EVA, cart={"id": "c1", "total": "18.50"})
    shop.turns()

    result = loods("why", EVA, "big-cart", database=shop.settings.database_url)

    assert "its condition said no  [cart.total = 18.50]" in result.output
    assert "- cart.total was 18.50 and must be at least 500" in result.output
