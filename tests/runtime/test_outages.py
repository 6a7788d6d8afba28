"""A platform that is away for long loses nothing of what waits, and is asked little meanwhile."""

from __future__ import annotations

import pytest

from connector.runtime.backoff import GIVE_UP_AFTER
from connector.sandbox import Sandbox
from connector.store.outbox import ActionStatus
from tests.runtime.shop import Shop

DOWN = {"status": 503, "body": {"message": "sorry"}}
LOST = {"drop": True}
QUOTA = {"status": 429, "body": {"status": "error", "policyName": "DAILY", "message": "your daily limit"}}
PEOPLE = 5
A_WHILE = 2
"""So many times an hour something is done."""


@pytest.fixture
def waiting(shop: Shop) -> Shop:
    """Tasks of some people, which wait."""
    for number in range(PEOPLE):
        shop.says("cart.updated", f"reader{number}@example.com", cart={"id": f"c-{number}", "total": "600"})
    while shop.system.processor.step():
        pass
    return shop


def goes_by(shop: Shop, hours: int) -> None:
    """Let time go by, some minutes after the other, and do what is due."""
    for _ in range(hours * A_WHILE):
        shop.clock.moves(minutes=60 / A_WHILE)
        shop.turns()


def asked(sandbox: Sandbox) -> int:
    """How many calls HubSpot got."""
    return sum(one["path"].startswith(("/crm", "/account")) for one in sandbox.state()["calls"])


@pytest.mark.parametrize("answer", [DOWN, LOST], ids=["unavailable", "silent"])
def test_an_outage_of_more_than_a_day_loses_nothing_and_is_asked_little(
    waiting: Shop, answer: dict[str, object]
) -> None:
    waiting.sandbox.script({"path": "/crm"}, [answer], times=None)

    goes_by(waiting, hours=30)

    assert {one.status for one in waiting.actions()} <= {ActionStatus.WAITING, ActionStatus.UNKNOWN}
    assert asked(waiting.sandbox) <= 30 * A_WHILE + GIVE_UP_AFTER * PEOPLE
    waiting.sandbox.reset()
    goes_by(waiting, hours=1)
    assert {one.status for one in waiting.actions()} == {ActionStatus.DONE}
    assert len(waiting.sandbox.state()["hubspot"]["tasks"]) == PEOPLE


def test_an_action_that_breaks_the_platform_is_given_up_though_nothing_else_is_asked(
    shop: Shop,
) -> None:
    shop.says("cart.updated", "eva@example.com", cart={"id": "c-1", "total": "600"})
    shop.sandbox.script({"path": "/crm"}, [{"status": 500, "body": {"message": "oops"}}], times=None)

    goes_by(shop, hours=60)

    assert {one.status for one in shop.actions()} == {ActionStatus.DEAD}


def test_an_outage_of_more_than_a_week_ends_in_dead_actions(waiting: Shop) -> None:
    waiting.sandbox.script({"path": "/crm"}, [DOWN], times=None)
    waiting.clock.moves(days=7)

    goes_by(waiting, hours=60)

    assert {one.status for one in waiting.actions()} == {ActionStatus.DEAD}


def test_a_day_whose_calls_are_used_up_loses_nothing(waiting: Shop) -> None:
    waiting.sandbox.script({"path": "/crm"}, [QUOTA], times=None)

    goes_by(waiting, hours=14)

    assert {one.status for one in waiting.actions()} == {ActionStatus.WAITING}
    assert asked(waiting.sandbox) <= 15
