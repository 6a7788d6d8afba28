"""`loods explain` of what was received before and of what somebody types, beside a process that runs."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from connector.sandbox import Sandbox
from tests.cli.command import MAPPING, loods
from tests.runtime.shop import Shop
from tests.runtime.test_way_of_an_event import TOPIC, order

PAID = ("--event", "order.paid", "--contact", "eva@example.com", "--connection", "webshop")


@pytest.fixture
def running(migrated_url: str, sandbox: Sandbox) -> Iterator[Shop]:
    """A Loods that has its database open, and has heard of Eva's order and of one that it cannot read."""
    sandbox.reset()
    with Shop(migrated_url, sandbox, MAPPING) as shop:
        shop.posts("webshop", order(), {TOPIC: "order.updated"})
        shop.posts("webshop", order(id=78, total="many"), {TOPIC: "order.updated"})
        shop.turns()
        yield shop


def ids(shop: Shop) -> dict[str, str]:
    """The ids of what was received, by what became of it."""
    return {row.status.value: row.delivery.id for row in shop.deliveries()}


def explained(shop: Shop, *words: str) -> dict[str, Any]:
    result = loods("explain", *words, "--format", "json", database=shop.settings.database_url)
    assert result.exit_code == 0, result.output
    found: dict[str, Any] = json.loads(result.stdout)
    return found


def test_a_stored_delivery_is_explained_with_what_became_of_it(running: Shop) -> None:
    result = loods("explain", "--delivery", ids(running)["done"], database=running.settings.database_url)

    assert result.exit_code == 0
    assert "webshop order.updated, received" in result.output
    assert "done under mapping" in result.output
    assert "event order.paid" in result.output
    assert "this has happened already" in result.output


def test_a_stored_delivery_that_cannot_be_read_is_shown_with_its_place_and_exit_code_1(running: Shop) -> None:
    result = loods("explain", "--delivery", ids(running)["failed"], database=running.settings.database_url)

    assert result.exit_code == 1
    assert "cannot be read at total" in result.output


def test_a_typed_event_shows_what_it_would_do_to_a_person_who_is_known(running: Shop) -> None:
    url = running.settings.database_url

    result = loods("explain", *PAID, "--set", "order.id=o1", "--set", "order.number=1001", database=url)

    assert result.exit_code == 0
    assert "order.paid, as webshop would tell it" in result.output
    assert "about: eva@example.com" in result.output
    assert "known by: email:eva@example.com, order:webshop:o1" in result.output
    assert "→ hubspot.create_task title = Thank for order 1001" in result.output
    assert "happened already" not in result.output


def test_a_fact_that_the_typed_event_repeats_is_known(running: Shop) -> None:
    [event] = explained(running, *PAID, "--set", "order.id=77")["events"]

    assert [entry["answer"] for entry in event["trace"]] == ["fact_known"]
    assert event["actions"] == []


def test_an_explanation_as_json_has_every_rule_with_what_it_saw(running: Shop) -> None:
    cart = ("--event", "cart.updated", "--contact", "new@example.com", "--set", "cart.total=18.50")

    [event] = explained(running, *cart, "--set", "cart.id=c1")["events"]

    assert (event["is_new_contact"], event["has_happened"]) == (True, False)
    assert event["event"]["subjects"] == {"cart": {"total": "18.50", "id": "c1"}}
    [big_cart] = [entry for entry in event["trace"] if entry["rule"] == "trigger:big-cart"]
    assert (big_cart["answer"], big_cart["seen"]) == ("no", {"cart.total": "18.50"})


def test_actions_that_would_follow_are_in_the_json_with_their_arguments(running: Shop) -> None:
    [event] = explained(running, *PAID, "--set", "order.id=o1", "--set", "order.number=1001")["events"]

    [task] = [action for action in event["actions"] if action["name"] == "create_task"]
    assert task["arguments"]["title"] == "Thank for order 1001"
    assert task["cause"]["rule"] == "trigger:paid-task"


def test_explaining_beside_a_running_process_leaves_the_database_as_it_is(running: Shop) -> None:
    url = running.settings.database_url
    before = (running.history("eva@example.com"), running.actions(), running.deliveries())

    loods("explain", *PAID, "--set", "order.id=o1", database=url)
    loods("explain", "--delivery", ids(running)["done"], database=url)

    assert (running.history("eva@example.com"), running.actions(), running.deliveries()) == before
    running.says("file.downloaded", "eva@example.com")
    running.turns()
    assert running.history("eva@example.com")[-1].event.name == "file.downloaded"


def test_a_typed_event_is_explained_before_there_is_a_database() -> None:
    result = loods("explain", *PAID, "--set", "order.id=o1", "--format", "json")

    assert result.exit_code == 0
    assert json.loads(result.stdout)["events"][0]["is_new_contact"]


def test_a_typed_event_finds_its_owner_by_what_belongs_to_them(running: Shop) -> None:
    url = running.settings.database_url
    of_nobody = ("--event", "order.shipped", "--connection", "webshop", "--set")

    known = loods("explain", *of_nobody, "order.id=77", database=url)
    unknown = loods("explain", *of_nobody, "order.id=4711", database=url)

    assert "about: eva@example.com" in known.output
    assert "parked: nobody is known" in unknown.output


def test_a_delivery_whose_connection_is_gone_is_said_to_be(running: Shop, tmp_path: Path) -> None:
    shutil.copytree(MAPPING, tmp_path / "mapping")
    [connections] = [one for one in (tmp_path / "mapping").iterdir() if "webshop:" in one.read_text()]
    connections.write_text(connections.read_text().replace("webshop:", "store:"))
    delivery, url = ids(running)["done"], running.settings.database_url

    result = loods("explain", "--delivery", delivery, database=url, mappings=tmp_path / "mapping")

    assert result.exit_code == 1
    assert "no connection 'webshop' listens" in result.output


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ((*PAID, "--set", "order.totl=1"), 'did you mean "total"?'),
        (("--event", "order.payd", "--contact", "eva@example.com"), 'did you mean "order.paid"?'),
        (("--event", "order.paid"), "--contact EMAIL"),
        (("--delivery", "01ABC"), "there is no delivery 01ABC"),
    ],
)
def test_what_cannot_be_explained_says_why_with_exit_code_1(words: tuple[str, ...], said: str) -> None:
    result = loods("explain", *words)

    assert result.exit_code == 1
    assert said in result.output


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ((), "Ask about one thing"),
        (("--event", "order.paid", "--delivery", "01ABC"), "Ask about one thing"),
        ((*PAID, "--topic", "orders/paid"), "--topic says nothing of --event"),
        (("--delivery", "01ABC", "--contact", "eva@example.com"), "--contact says nothing of --delivery"),
        ((*PAID, "--set", "order.total"), "has no value"),
        ((__file__,), "--connection NAME"),
        ((__file__, "--connection", "webshop", "--set", "a=b"), "--set says nothing of a FILE"),
    ],
)
def test_options_that_do_not_go_together_are_a_usage_error(words: tuple[str, ...], said: str) -> None:
    result = loods("explain", *words)

    assert result.exit_code == 2
    assert said in result.output


def test_a_file_whose_topic_stood_in_a_header_asks_for_it(tmp_path: Path) -> None:
    file = tmp_path / "order.json"
    file.write_text(json.dumps(order()))
    words = ("explain", str(file), "--connection", "webshop")

    unsaid = loods(*words, database=f"sqlite:///{tmp_path}/no.db")
    said = loods(*words, "--topic", "order.updated", database=f"sqlite:///{tmp_path}/no.db")

    assert (unsaid.exit_code, said.exit_code) == (1, 0), unsaid.output + said.output
    assert "woocommerce names it in the header X-WC-Webhook-Topic; say it by --topic: " in unsaid.output
    assert "order.updated" in unsaid.output


def test_a_subject_of_which_nothing_is_said_takes_no_line(tmp_path: Path) -> None:
    file = tmp_path / "question.json"
    file.write_text('{"event": "question.asked", "contact": {"email": "eva@example.com"}}')

    result = loods("explain", str(file), "--connection", "website", database=f"sqlite:///{tmp_path}/no.db")

    assert result.exit_code == 0
    assert "question.asked" in result.output
    assert "form:" not in result.output
