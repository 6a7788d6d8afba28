"""What senders wrote into their bodies is shown, and cannot steer the terminal that shows it."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from connector.sandbox import Sandbox
from tests.cli.command import MAPPING, loods
from tests.runtime.shop import Shop
from tests.runtime.test_way_of_an_event import TOPIC, order

STEERING = "\x1b[31mred\x9b1m\u202e"
COMMANDS = [
    ("contact", "show", "mal@example.com"),
    ("contact", "show", "mal@example.com", "--format", "json"),
    ("deliveries",),
    ("actions",),
    ("backtest", str(MAPPING), "--since", "520w"),
    ("backtest", str(MAPPING), "--since", "520w", "--format", "json"),
    ("backtest", str(MAPPING), "--since", "520w", "--format", "csv"),
]


@pytest.fixture
def steered(database: str, sandbox: Sandbox) -> str:
    """A database with control characters wherever a sender can put them."""
    with Shop(database, sandbox, MAPPING) as shop:
        shop.posts(
            "webshop",
            order(id=STEERING, customer_id=STEERING, currency=STEERING, billing={"email": "mal@example.com"}),
            {TOPIC: "order.updated"},
        )
        shop.posts("website", {"event": STEERING, "contact": {"email": "mal@example.com"}})
        shop.posts("webshop", json.dumps({STEERING: 1})[:-1].encode() + b', "\\u001b[31mx": 1}')
        shop.turns()
    return database


@pytest.mark.parametrize("words", COMMANDS, ids=" ".join)
def test_what_was_sent_cannot_steer_a_terminal(words: tuple[str, ...], steered: str) -> None:
    result = loods(*words, database=steered)

    assert result.exit_code == 0
    assert all(letter.isprintable() for letter in result.output.replace("\n", ""))


def test_an_explanation_cannot_steer_a_terminal(tmp_path: Path) -> None:
    person = {"email": "mal@example.com", "id": STEERING}
    payload = tmp_path / "payload.json"
    payload.write_text(json.dumps({"event": "form.submitted", "id": STEERING, "contact": person}))

    result = loods("explain", str(payload), "--connection", "website", database="sqlite:////nowhere/x.db")

    assert "customer:website:" in result.output
    assert all(letter.isprintable() for letter in result.output.replace("\n", ""))
