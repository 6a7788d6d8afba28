"""`loods import`: what a file would bring is shown first, and brought where somebody says so."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from click.testing import Result

from connector.cli.importing.acting import NotImportedError, accept
from connector.sandbox import Sandbox
from tests.cli.command import MAPPING, loods
from tests.runtime.shop import Shop
from tests.runtime.test_way_of_an_event import day, order

EVA = "eva@example.com"
FILLING = """\
trigger: order
on: order.paid
do: {mailchimp.update_order: {id: "{{ order.id }}", currency: EUR, total: "{{ order.total }}"}}
"""
ORDERS = ("--topic", "order.updated")


@pytest.fixture
def shop(migrated_url: str, sandbox: Sandbox) -> Iterator[Shop]:
    """A shop to whom Eva is known."""
    with Shop(migrated_url, sandbox, MAPPING) as made:
        made.says("newsletter.confirmed", EVA)
        made.turns()
        yield made


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """Two orders, of Eva and of Bob, and one that cannot be read."""
    path = tmp_path / "orders.json"
    bob = order(id=78, billing={"email": "bob@example.com"})
    path.write_text(json.dumps({"orders": [order(), bob]}, indent=1), encoding="utf-8")
    return path


def imports(url: str, file: Path, *words: str) -> Result:
    return loods("import", "webshop", str(file), *words, database=url)


def brought(shop: Shop) -> int:
    return len([one for one in shop.deliveries() if one.delivery.connection == "webshop"])


def test_what_it_would_bring_is_shown_and_nothing_is_brought(
    shop: Shop, migrated_url: str, file: Path
) -> None:
    result = imports(migrated_url, file, *ORDERS, "--dry-run")

    assert result.exit_code == 0, result.output
    assert "webshop: 2 records" in result.output
    assert "  order.paid                           2" in result.output
    assert "about 2 people: 1 who are new, 1 who are known" in result.output
    assert "of them 1 have given no consent here" in result.output
    assert brought(shop) == 0


def test_where_nobody_says_that_it_is_wanted_nothing_is_brought(
    shop: Shop, migrated_url: str, file: Path
) -> None:
    result = imports(migrated_url, file, *ORDERS)

    assert result.exit_code == 1
    assert "nobody answered; --yes does it" in result.output
    assert brought(shop) == 0


def test_what_is_wanted_is_brought_and_does_nothing(migrated_url: str, sandbox: Sandbox, file: Path) -> None:
    result = imports(migrated_url, file, *ORDERS, "--yes")

    with Shop(migrated_url, sandbox, MAPPING) as shop:
        shop.turns()
        assert result.exit_code == 0, result.output
        assert "2 records brought" in result.output
        assert shop.stage(EVA) == shop.stage("bob@example.com") == "care"
        assert shop.actions() == []


def test_what_has_come_before_is_not_brought_again_and_does_not_act_then(
    migrated_url: str, file: Path
) -> None:
    imports(migrated_url, file, *ORDERS, "--yes")

    again = imports(migrated_url, file, *ORDERS, "--acts-since", day())

    assert again.exit_code == 0, again.output
    assert "2 records, 2 of which have come before" in again.output
    assert again.output.endswith("all of it has come before: there is nothing to bring\n")


def test_what_cannot_be_read_is_named_with_its_place(shop: Shop, migrated_url: str, tmp_path: Path) -> None:
    file = tmp_path / "orders.jsonl"
    file.write_text(f"{json.dumps(order())}\n{json.dumps(order(total='many'))}\n{{\n", encoding="utf-8")

    result = imports(migrated_url, file, *ORDERS, "--dry-run")

    assert result.exit_code == 1
    assert "left out, because they cannot be read: 2 records" in result.output
    assert "record 2, line 2: " in result.output
    assert "record 3, line 3: " in result.output


@pytest.mark.parametrize(
    ("connection", "words", "said"),
    [
        ("webshpo", ORDERS, "did you mean webshop?"),
        ("hubspot", ORDERS, "the topic of hubspot stands in its records; leave --topic out"),
        ("webshop", (), "give --topic, one of: order.created"),
        ("mailchimp", (), "mailchimp tells by forms"),
    ],
)
def test_what_it_cannot_do_it_says(
    migrated_url: str, file: Path, connection: str, words: tuple[str, ...], said: str
) -> None:
    result = loods("import", connection, str(file), *words, database=migrated_url)

    assert result.exit_code == 1
    assert said in result.output


def test_what_happened_since_a_moment_acts_once_it_is_shown_whom_for(
    migrated_url: str, sandbox: Sandbox, file: Path
) -> None:
    result = imports(migrated_url, file, *ORDERS, "--yes", "--acts-since", day())

    with Shop(migrated_url, sandbox, MAPPING) as shop:
        shop.turns()
        assert result.exit_code == 0, result.output
        assert "acts as if it came now: 4 events" in result.output
        assert "trigger:paid-task: begins 2 times within the hour, for 2 contacts" in result.output
        assert "nothing acts upon them" not in result.output
        assert {one.action.cause.rule for one in shop.actions()} >= {"trigger:paid-task"}


def test_what_happened_before_that_moment_is_history(migrated_url: str, sandbox: Sandbox, file: Path) -> None:
    result = imports(migrated_url, file, *ORDERS, "--yes", "--acts-since", f"{day()}T09:05:01Z")

    with Shop(migrated_url, sandbox, MAPPING) as shop:
        shop.turns()
        assert "acts as if it came now: 0 events" in result.output
        assert shop.actions() == []


def test_nothing_acts_where_that_would_fill_a_store_at_mailchimp(
    migrated_url: str, file: Path, tmp_path: Path
) -> None:
    folder = tmp_path / "filling"
    folder.mkdir()
    rules = (MAPPING / "shop.yaml").read_text(encoding="utf-8")
    rules = rules.replace("platform: mailchimp\n", "platform: mailchimp\n    store: shop\n")
    (folder / "shop.yaml").write_text(rules, encoding="utf-8")
    (folder / "order.yaml").write_text(FILLING, encoding="utf-8")

    words = ("import", "webshop", str(file), *ORDERS, "--yes", "--acts-since", day())
    result = loods(*words, database=migrated_url, mappings=folder)

    assert result.exit_code == 1
    assert "order.yaml:3" in result.output
    assert "fills a store at Mailchimp" in result.output
    assert "records" not in result.output


def test_what_costs_too_much_is_for_a_person_to_accept() -> None:
    with pytest.raises(NotImportedError, match="grows by half; --accept-cost accepts it"):
        accept(["mailchimp grows by half"], is_sure=True, accept_cost=False)

    accept(["mailchimp grows by half"], is_sure=True, accept_cost=True)


def test_a_moment_that_is_none_is_said(migrated_url: str, file: Path) -> None:
    result = imports(migrated_url, file, *ORDERS, "--acts-since", "yesterday")

    assert result.exit_code == 1
    assert "'yesterday' is no moment; write 2026-11-20" in result.output


def test_a_file_that_is_not_there_is_said(migrated_url: str, tmp_path: Path) -> None:
    result = imports(migrated_url, tmp_path / "nowhere.json", *ORDERS)

    assert result.exit_code == 1
    assert "nowhere.json: No such file" in result.output
