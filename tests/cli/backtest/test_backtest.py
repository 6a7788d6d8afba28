"""`loods backtest`: what a draft would have done, told to people, spreadsheets and programs."""

from __future__ import annotations

import csv
import io
import json
import os
import pty
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from connector.cli.backtest.reports import cell
from connector.sandbox import Sandbox
from tests.cli.command import MAPPING, loods
from tests.runtime.shop import Shop

LOWER = ("cart.total >= 500", "cart.total >= 100")
DROPPED = ("big-cart", "large-cart")


def drafted(folder: Path, *changes: tuple[str, str]) -> Path:
    """A copy of the live mapping with some words changed."""
    draft = folder / "draft"
    shutil.copytree(MAPPING, draft)
    text = (draft / "shop.yaml").read_text()
    for old, new in changes:
        assert old in text
        text = text.replace(old, new)
    (draft / "shop.yaml").write_text(text)
    return draft


def fills_carts(shop: Shop, **totals: int) -> None:
    """Everybody named fills a cart for so much."""
    for name, total in totals.items():
        cart = {"id": f"cart-of-{name}", "total": total, "currency": "EUR"}
        shop.says("cart.updated", f"{name}@example.com", cart=cart)
    shop.turns()


@pytest.fixture
def past(migrated_url: str, sandbox: Sandbox) -> str:
    """A database in which Eva has 600 euro in a cart, Bram 150 and Cas 20; a colleague was to call Eva."""
    sandbox.reset()
    with Shop(migrated_url, sandbox, MAPPING) as shop:
        fills_carts(shop, eva=600, bram=150, cas=20)
    return migrated_url


def row(output: str, trigger: str) -> list[str]:
    """The line of a trigger, word by word."""
    (found,) = [line.split() for line in output.splitlines() if line.startswith(f"{trigger} ")]
    return found


def test_the_live_version_as_a_draft_differs_in_nothing(past: str) -> None:
    result = loods("backtest", str(MAPPING), database=past)

    assert result.exit_code == 0
    assert "3 events of 3 contacts" in result.output
    assert row(result.output, "big-cart") == ["big-cart", "1", "1", "0", "0"]
    assert row(result.output, "paid-task") == ["paid-task", "0", "0", "0", "0"]
    assert "no contact differs" in result.output


def test_who_would_get_more_is_told_by_trigger_and_by_contact(past: str, tmp_path: Path) -> None:
    result = loods("backtest", str(drafted(tmp_path, LOWER)), database=past)

    assert row(result.output, "big-cart") == ["big-cart", "2", "1", "1", "0"]
    differing = result.output[result.output.index("contacts that differ: 1") :]
    assert "bram@example.com" in differing
    assert "only the draft  big-cart  hubspot.create_task" in differing
    assert "eva@example.com" not in differing


def test_what_the_draft_no_longer_does_is_told_as_only_live(past: str, tmp_path: Path) -> None:
    result = loods("backtest", str(drafted(tmp_path, DROPPED)), database=past)

    assert row(result.output, "big-cart") == ["big-cart", "0", "1", "0", "1"]
    assert row(result.output, "large-cart") == ["large-cart", "1", "0", "1", "0"]


def test_what_is_held_back_is_told_with_its_reason(past: str, tmp_path: Path) -> None:
    letter = (
        "on: newsletter.confirmed\n    do:\n      - mailchimp.send_event",
        "on: cart.updated\n    do:\n      - mailchimp.send_event",
    )

    result = loods("backtest", str(drafted(tmp_path, letter)), database=past)

    assert row(result.output, "welcome") == ["welcome", "0", "0", "0", "0", "3", "no", "consent"]


def test_a_connection_to_which_the_draft_does_not_listen_is_named(past: str, tmp_path: Path) -> None:
    renamed = ("  website: {", "  other_site: {")

    result = loods("backtest", str(drafted(tmp_path, renamed)), database=past)

    assert "3 events of website are left out" in result.output


def test_twenty_contacts_are_shown_and_all_where_asked(past: str, tmp_path: Path, sandbox: Sandbox) -> None:
    with Shop(past, sandbox, MAPPING) as shop:
        fills_carts(shop, **{f"somebody-{number}": 200 for number in range(22)})
    draft = str(drafted(tmp_path, LOWER))

    some = loods("backtest", draft, database=past).output
    all_of_them = loods("backtest", draft, "--all", database=past).output

    assert (some.count("@example.com"), "… and 3 more; --all shows them" in some) == (20, True)
    assert (all_of_them.count("@example.com"), "more;" in all_of_them) == (23, False)


def test_csv_has_a_line_for_every_action(past: str, tmp_path: Path) -> None:
    result = loods("backtest", str(drafted(tmp_path, LOWER)), "--format", "csv", database=past)

    lines = {one["contact"]: one for one in csv.DictReader(io.StringIO(result.output))}
    assert result.output.startswith("contact,at,trigger,action,draft,live\n")
    assert {who: (one["draft"], one["live"]) for who, one in lines.items()} == {
        "eva@example.com": ("yes", "yes"),
        "bram@example.com": ("yes", "no"),
    }
    assert lines["eva@example.com"]["action"] == "hubspot.create_task"
    assert lines["eva@example.com"]["at"].endswith("+00:00")


@pytest.mark.parametrize("text", ["=1+1", "+31 20", "-1", "@SUM(1)", "=cmd@example.com"])
def test_no_cell_is_a_formula_to_a_spreadsheet(text: str) -> None:
    assert cell(text) == f"'{text}"


@pytest.mark.parametrize("text", ["\t=1", "\r=1", "\x1b[31m=1"])
def test_what_a_spreadsheet_would_pass_over_before_a_formula_is_seen(text: str) -> None:
    assert cell(text).startswith("·")


def test_an_address_that_is_a_formula_is_quoted_in_the_csv(past: str, sandbox: Sandbox) -> None:
    with Shop(past, sandbox, MAPPING) as shop:
        fills_carts(shop, **{"=hyperlink": 700})

    result = loods("backtest", str(MAPPING), "--format", "csv", database=past)

    assert "\n'=hyperlink@example.com," in result.output


def test_json_holds_the_triggers_and_every_contacts_actions(past: str, tmp_path: Path) -> None:
    result = loods("backtest", str(drafted(tmp_path, LOWER)), "--format", "json", database=past)

    found = json.loads(result.output)
    (cart,) = [one for one in found["triggers"] if one["trigger"] == "big-cart"]
    assert cart == {
        "trigger": "big-cart",
        "would_act": 2,
        "did_act": 1,
        "only_draft": 1,
        "only_live": 0,
        "held_back": {},
    }
    told = {one["contact"]: one["actions"] for one in found["contacts"]}
    assert sorted(told) == ["bram@example.com", "eva@example.com"]
    assert (told["bram@example.com"][0]["draft"], told["bram@example.com"][0]["live"]) == (True, False)
    assert found["events"] == 3


def test_json_of_nobody_is_whole(past: str, tmp_path: Path, sandbox: Sandbox) -> None:
    empty = f"sqlite:///{tmp_path}/empty.db"
    loods("migrate", database=empty)

    found = json.loads(loods("backtest", str(MAPPING), "--format", "json", database=empty).output)

    assert (found["contacts"], found["events"]) == ([], 0)


def test_only_what_happened_within_the_length_counts(past: str, sandbox: Sandbox) -> None:
    with Shop(past, sandbox, MAPPING) as shop:
        shop.clock.moves(days=-3)
        fills_carts(shop, dora=900)

    short = loods("backtest", str(MAPPING), "--since", "2d", database=past).output
    long = loods("backtest", str(MAPPING), "--since", "4 days", database=past).output

    assert ("3 events of 3 contacts" in short, row(short, "big-cart")[1:3]) == (True, ["1", "1"])
    assert ("4 events of 4 contacts" in long, row(long, "big-cart")[1:3]) == (True, ["2", "2"])


def test_a_draft_that_does_not_pass_is_answered_as_by_check(past: str, tmp_path: Path) -> None:
    draft = drafted(tmp_path, ("on: cart.updated\n", "on: cart.updatet\n"))

    result = loods("backtest", str(draft), database=past)

    assert result.exit_code == 1
    assert result.output == loods("check", mappings=draft).output


def test_a_draft_that_waits_acts_when_its_wait_is_over(
    migrated_url: str, tmp_path: Path, sandbox: Sandbox
) -> None:
    sandbox.reset()
    with Shop(migrated_url, sandbox, MAPPING) as shop:
        shop.clock.moves(days=-3)
        fills_carts(shop, eva=600)
    draft = drafted(tmp_path, ("on: cart.updated\n", "on: cart.updated\n    wait: 2h\n"))

    told = json.loads(loods("backtest", str(draft), "--format", "json", database=migrated_url).output)

    tallies = {one["trigger"]: one for one in told["triggers"]}
    assert (tallies["big-cart"]["would_act"], tallies["big-cart"]["did_act"]) == (1, 1)


def test_a_folder_that_is_not_there_is_a_message(past: str, tmp_path: Path) -> None:
    result = loods("backtest", str(tmp_path / "nowhere"), database=past)

    assert result.exit_code == 1
    assert "nowhere" in result.output


def test_a_length_that_is_none_is_a_message(past: str) -> None:
    result = loods("backtest", str(MAPPING), "--since", "a month", database=past)

    assert result.exit_code == 1
    assert "--since" in result.output
    assert "30d" in result.output


def test_without_a_database_it_says_how_to_get_one() -> None:
    result = loods("backtest", str(MAPPING), "--format", "csv")

    assert result.exit_code == 1
    assert result.output.startswith("Error: there is no database at /nowhere/loods.db")


def test_it_works_beside_a_running_loods_and_asks_nothing_of_the_platforms(
    past: str, tmp_path: Path, sandbox: Sandbox
) -> None:
    with Shop(past, sandbox, MAPPING) as shop:
        fills_carts(shop, eva=610)
        calls, asked = shop.calls(""), shop.actions()

        result = loods("backtest", str(drafted(tmp_path, LOWER)), database=past)

        assert result.exit_code == 0
        assert (shop.calls(""), shop.actions()) == (calls, asked)


def test_a_terminal_shows_how_far_it_is(past: str) -> None:
    seen, terminal = pty.openpty()
    words = ["--database", past, "backtest", str(MAPPING)]
    process = subprocess.run(
        [sys.executable, "-m", "connector.cli", *words], stdout=subprocess.PIPE, stderr=terminal, check=True
    )
    os.close(terminal)

    shown = os.read(seen, 65_536).decode()

    os.close(seen)
    assert "100%" in shown
    assert "%" not in process.stdout.decode()
