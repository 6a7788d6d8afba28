"""Tasks that close themselves, from YAML to HubSpot: that very task, by what HubSpot calls it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from connector.sandbox import Sandbox
from connector.store import outbox, stops
from connector.store.outbox import ActionStatus, Queued
from connector.store.stops import Stop
from tests.runtime.conftest import MAPPING
from tests.runtime.shop import Shop

EVA = "eva@example.com"
TASKS = {"method": "POST", "path": "/crm/v3/objects/tasks"}
UNTIL = "{title: Call, due: 1 working day, until: order.placed}"
LEFT = f"""\
trigger: left
on: cart.updated
do: {{hubspot.create_task: {UNTIL}}}
"""
BY_HAND = """\
trigger: by-hand
on: question.asked
do: {hubspot.create_task: {title: Call, due: 1 working day}}
"""


@pytest.fixture
def rules(tmp_path: Path) -> Path:
    """The mapping of the other tests, and two rules that make tasks of one title."""
    folder = tmp_path / "rules"
    folder.mkdir()
    (folder / "shop.yaml").write_text((MAPPING / "shop.yaml").read_text(encoding="utf-8"), encoding="utf-8")
    (folder / "left.yaml").write_text(LEFT, encoding="utf-8")
    (folder / "by-hand.yaml").write_text(BY_HAND, encoding="utf-8")
    return folder


@pytest.fixture
def shop(database_url: str, sandbox: Sandbox, rules: Path) -> Iterator[Shop]:
    with Shop(database_url, sandbox, rules) as made:
        yield made


def leaves_a_cart(shop: Shop) -> None:
    shop.says("cart.updated", EVA, cart={"id": "c1", "total": 80})


def orders(shop: Shop) -> None:
    shop.clock.moves(minutes=5)
    shop.says("order.placed", EVA, order={"id": "o1"})


def statuses(shop: Shop) -> list[str]:
    """Of the tasks in HubSpot, the oldest first."""
    held: dict[str, dict[str, Any]] = shop.sandbox.state()["hubspot"]["tasks"]
    return [held[id_]["properties"]["hs_task_status"] for id_ in sorted(held, key=int)]


def only(shop: Shop, name: str) -> Queued:
    (found,) = [one for one in shop.actions() if one.action.name == name]
    return found


def closing_calls(shop: Shop) -> list[dict[str, Any]]:
    return shop.calls("/tasks/batch/update")


def test_the_order_closes_the_task_of_the_cart_in_hubspot(shop: Shop) -> None:
    leaves_a_cart(shop)
    shop.turns()
    before = statuses(shop)

    orders(shop)
    shop.turns()

    assert (before, statuses(shop)) == (["NOT_STARTED"], ["COMPLETED"])
    assert only(shop, "complete_task").status is ActionStatus.DONE


def test_another_task_of_the_same_title_stays_open(shop: Shop) -> None:
    shop.says("question.asked", EVA)
    shop.turns()
    leaves_a_cart(shop)
    shop.turns()

    orders(shop)
    shop.turns()

    assert statuses(shop) == ["NOT_STARTED", "COMPLETED"]


def test_the_next_process_closes_it_as_well(database_url: str, sandbox: Sandbox, rules: Path) -> None:
    with Shop(database_url, sandbox, rules) as before:
        leaves_a_cart(before)
        before.turns()

    with Shop(database_url, sandbox, rules) as after:
        orders(after)
        after.turns()

        assert statuses(after) == ["COMPLETED"]


def test_a_task_that_still_waits_is_made_and_then_closed(shop: Shop) -> None:
    shop.sandbox.script(TASKS, [{"status": 503, "body": {"message": "sorry"}}], times=2)
    leaves_a_cart(shop)
    shop.turns()
    orders(shop)
    shop.turns()
    before = [only(shop, name).status for name in ("create_task", "complete_task")]

    shop.clock.moves(hours=1)
    shop.turns()

    assert before == [ActionStatus.WAITING, ActionStatus.WAITING]
    assert statuses(shop) == ["COMPLETED"]


def test_a_task_whose_making_was_in_doubt_is_closed_once_it_was_found(shop: Shop) -> None:
    shop.sandbox.script(TASKS, [{"drop": True, "apply": True}])
    leaves_a_cart(shop)
    shop.turns()
    orders(shop)

    shop.clock.moves(hours=1)
    shop.turns()

    assert statuses(shop) == ["COMPLETED"]


def test_where_the_making_was_refused_nothing_is_closed_and_nothing_is_dead(shop: Shop) -> None:
    shop.sandbox.script(TASKS, [{"status": 400, "body": {"message": "no such owner"}}])
    leaves_a_cart(shop)
    shop.turns()

    orders(shop)
    shop.turns()

    closing = only(shop, "complete_task")
    assert (closing.status, closing.failures) == (ActionStatus.DONE, 0)
    assert closing.words == "nothing to close: what was to make it is dead"
    assert [one.outcome for one in shop.attempts(closing)] == ["needless"]
    assert closing_calls(shop) == []


def test_what_a_person_discarded_is_not_closed_either(shop: Shop) -> None:
    shop.sandbox.script(TASKS, [{"status": 503, "body": {"message": "sorry"}}])
    leaves_a_cart(shop)
    shop.turns()
    making = only(shop, "create_task")
    shop.system.store.write(lambda tx: outbox.discard(tx, making.id, shop.clock()))

    orders(shop)
    shop.turns()

    assert only(shop, "complete_task").words == "nothing to close: what was to make it is dead"


def test_a_task_that_a_colleague_deleted_needs_no_more(shop: Shop) -> None:
    leaves_a_cart(shop)
    shop.turns()
    missing = {"category": "OBJECT_NOT_FOUND", "message": "no such task", "context": {"ids": ["1"]}}
    answer = {"status": 207, "body": {"status": "COMPLETE", "results": [], "errors": [missing]}}
    shop.sandbox.script({"method": "POST", "path": "/crm/v3/objects/tasks/batch/update"}, [answer])

    orders(shop)
    shop.turns()

    assert len(closing_calls(shop)) == 1
    assert only(shop, "complete_task").status is ActionStatus.DONE


def test_what_the_contact_has_open_survives_its_row(shop: Shop) -> None:
    leaves_a_cart(shop)
    shop.turns()

    (opened,) = shop.contact(EVA).opened

    making = only(shop, "create_task")
    assert (opened.key, opened.connection, opened.by) == (making.action.key, "hubspot", ("order.placed",))
    assert opened.about.subjects == {"cart": {"id": "c1"}}


def test_a_rule_that_is_stopped_holds_the_closing_behind_the_making(shop: Shop) -> None:
    leaves_a_cart(shop)
    shop.system.processor.step()
    shop.system.store.write(lambda tx: stops.stop(tx, Stop("trigger:left", shop.clock(), "Ann", "")))
    orders(shop)
    shop.turns()
    held = statuses(shop)

    shop.system.store.write(lambda tx: stops.start(tx, "trigger:left"))
    shop.turns()

    assert (held, statuses(shop)) == ([], ["COMPLETED"])
