"""`loods why` answers from what is stored: what was done, what stopped it, and what would have to change."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable, Iterator
from datetime import datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from click.testing import Result

from connector import bootstrap
from connector.mapping.local_time import tell_local
from connector.runtime.publisher import Text
from connector.sandbox import Sandbox
from tests.cli.command import MAPPING, loods
from tests.runtime.shop import Shop

EVA = "eva@example.com"
TASKS = {"method": "POST", "path": "/crm/v3/objects/tasks"}


def local(moment: datetime) -> str:
    """The moment by the clocks of the mapping's zone, which are not those of the machine."""
    return tell_local(moment, ZoneInfo("Europe/Amsterdam"))


@pytest.fixture
def shop(migrated_url: str, sandbox: Sandbox) -> Iterator[Shop]:
    """A Loods that runs, beside which the questions are asked."""
    sandbox.reset()
    with Shop(migrated_url, sandbox, MAPPING) as made:
        yield made


@pytest.fixture
def why(shop: Shop) -> Callable[..., Result]:
    def ask(trigger: str, *words: str, email: str = EVA) -> Result:
        return loods("why", email, trigger, *words, database=shop.settings.database_url)

    return ask


def fills_a_cart(shop: Shop, cart_id: str, total: str, email: str = EVA) -> None:
    """A cart changes, and everything that follows is done."""
    shop.says("cart.updated", email, cart={"id": cart_id, "total": total})
    shop.turns()
    shop.clock.moves(minutes=1)


def test_what_was_done_is_told_with_what_the_platform_made_of_it(
    shop: Shop, why: Callable[..., Result]
) -> None:
    at = shop.clock()
    fills_a_cart(shop, "c1", "600")

    result = why("big-cart")

    assert result.exit_code == 0
    assert f"{local(at)}  cart.updated  (website)\n  it acted  [cart.total = 600]" in result.output
    assert "→ hubspot.create_task title = Call the customer" in result.output
    assert f"done on {local(at)}, there it is" in result.output


def test_what_was_refused_is_told_in_the_platforms_words(shop: Shop, why: Callable[..., Result]) -> None:
    shop.sandbox.script(TASKS, [{"status": 400, "body": {"message": "no \x1b[31mowner"}}])
    fills_a_cart(shop, "c1", "600")

    result = why("big-cart")

    assert "given up on" in result.output
    assert "owner" in result.output
    assert all(letter.isprintable() for letter in result.output.replace("\n", ""))


def test_what_waits_for_a_busy_platform_says_until_when(shop: Shop, why: Callable[..., Result]) -> None:
    shop.sandbox.script(TASKS, [{"status": 503, "body": {"message": "resting"}}])
    fills_a_cart(shop, "c1", "600")

    result = why("big-cart")

    assert "waits for its next attempt on" in result.output
    assert "after 1 failed attempt:" in result.output


def test_what_a_paused_connection_holds_up_is_told(shop: Shop, why: Callable[..., Result]) -> None:
    shop.sandbox.script(TASKS, [{"status": 401, "body": {"message": "expired", "category": "EXPIRED"}}])
    fills_a_cart(shop, "c1", "600")

    assert "hubspot is paused since" in why("big-cart").output


def test_what_stopped_it_is_told_with_what_would_have_to_change(
    shop: Shop, why: Callable[..., Result]
) -> None:
    fills_a_cart(shop, "c1", "18.50")

    result = why("big-cart")

    assert result.exit_code == 0
    assert "its condition said no  [cart.total = 18.50]" in result.output
    assert "- cart.total was 18.50 and must be at least 500" in result.output


def test_withdrawn_consent_is_told_with_its_evidence(shop: Shop, why: Callable[..., Result]) -> None:
    withdrawn_at = shop.clock()
    shop.says("newsletter.unsubscribed", EVA)
    shop.turns()
    shop.clock.moves(seconds=-30)
    shop.says("newsletter.confirmed", EVA)
    shop.turns()

    result = why("welcome")

    assert "it was held back without consent" in result.output
    assert f"was withdrawn on {local(withdrawn_at)} by newsletter.unsubscribed website:" in result.output


def test_what_was_held_back_just_before_it_left_is_told(shop: Shop, why: Callable[..., Result]) -> None:
    shop.says("newsletter.confirmed", EVA)
    shop.system.processor.step()
    shop.clock.moves(seconds=1)
    shop.says("newsletter.unsubscribed", EVA)
    shop.turns()

    result = why("welcome")

    assert "given up on" in result.output
    assert "held back" in result.output


def test_the_newest_comes_first_and_older_ones_are_announced(shop: Shop, why: Callable[..., Result]) -> None:
    for number in range(3):
        fills_a_cart(shop, f"c{number}", str(10 + number))

    result = why("big-cart", "--limit", "2")

    assert result.output.index("was 12 and") < result.output.index("was 11 and")
    assert "was 10 and" not in result.output
    assert "--limit shows them" in result.output


def test_where_nothing_happened_it_says_what_is_waited_for(shop: Shop, why: Callable[..., Result]) -> None:
    fills_a_cart(shop, "c1", "18.50")

    result = why("paid-task")

    assert result.exit_code == 0
    assert "nothing that it listens to has happened to this contact; it waits for:" in result.output
    assert "- order.paid" in result.output


def test_where_nothing_happened_deliveries_that_were_not_decided_are_pointed_to(
    shop: Shop, why: Callable[..., Result]
) -> None:
    fills_a_cart(shop, "c1", "18.50")
    decided = why("paid-task").output
    shop.says("order.paid", None, order={"id": "o1", "total": "120"})
    shop.says("order.paid", EVA, order={"id": "o2", "total": "many"})
    shop.turns()

    result = why("paid-task")

    assert "loods deliveries" not in decided
    assert "may be one (1 parked, 1 failed): see `loods deliveries`" in result.output


def test_what_stands_in_line_behind_another_waits_for_its_turn(
    shop: Shop, why: Callable[..., Result]
) -> None:
    shop.sandbox.script(TASKS, [{"status": 503, "body": {"message": "resting"}}])
    fills_a_cart(shop, "c1", "600")
    shop.clock.moves(minutes=-1)
    shop.says("cart.updated", EVA, cart={"id": "c2", "total": "700"})
    shop.turns()

    newest = why("big-cart", "--limit", "1")

    assert "waits for its turn" in newest.output


def test_a_trigger_on_a_stage_is_answered_for_what_led_there(
    shop: Shop, why: Callable[..., Result], tmp_path: Path
) -> None:
    shutil.copytree(MAPPING, tmp_path / "mapping")
    rule = "trigger: warm\non: {stage: do}\ndo:\n  - hubspot.tag: {add: [warm]}\n"
    (tmp_path / "mapping" / "warm.yaml").write_text(rule)
    with Shop(f"sqlite:///{tmp_path}/warm.db", shop.sandbox, tmp_path / "mapping") as other:
        fills_a_cart(other, "c1", "18.50")
        url = other.settings.database_url

    result = loods("why", EVA, "warm", database=url, mappings=tmp_path / "mapping")

    assert "cart.updated" in result.output
    assert "it acted" in result.output
    assert "→ hubspot.tag add = [warm]" in result.output


def test_a_decision_under_another_mapping_is_marked(shop: Shop, why: Callable[..., Result]) -> None:
    fills_a_cart(shop, "c1", "300")
    files = {one.name: one.read_bytes().replace(b">= 500", b">= 100") for one in MAPPING.iterdir()}
    publisher = bootstrap.publisher(shop.settings, shop.system.store)

    before = why("big-cart")
    publisher.publish(Text(files, (), (shop.system.mapping.version,)))
    after = why("big-cart")

    assert "the rule may have changed since" not in before.output
    assert "the rule may have changed since" in after.output
    assert "with these values the rule, as it is now, says yes" in after.output


def test_the_answer_comes_as_json_where_asked(shop: Shop, why: Callable[..., Result]) -> None:
    fills_a_cart(shop, "c1", "600")
    fills_a_cart(shop, "c2", "18.50")

    told: dict[str, Any] = json.loads(why("big-cart", "--format", "json").output)

    assert (told["trigger"], told["contact"]["email"]) == ("big-cart", EVA)
    small, big = told["occasions"]
    assert (small["answer"], small["seen"]) == ("no", {"cart.total": "18.50"})
    assert small["change"] == ["cart.total was 18.50 and must be at least 500"]
    assert [action["status"] for action in big["actions"]] == ["done"]
    assert big["version"] == told["version"]


def test_a_trigger_that_does_not_exist_is_answered_with_the_nearest(
    shop: Shop, why: Callable[..., Result]
) -> None:
    result = why("bigcart")

    assert result.exit_code == 1
    assert 'there is no trigger "bigcart"; did you mean "big-cart"?' in result.output


def test_somebody_who_is_not_known_is_said_to_be(shop: Shop, why: Callable[..., Result]) -> None:
    result = why("big-cart", email="nobody@example.com")

    assert result.exit_code == 1
    assert "nobody is known as nobody@example.com" in result.output


def test_without_a_database_it_says_how_to_get_one() -> None:
    result = loods("why", EVA, "big-cart")

    assert result.exit_code == 1
    assert "there is no database" in result.output
