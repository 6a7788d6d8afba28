"""What becomes of actions when the database, a platform or a rule fails around a call."""

from __future__ import annotations

from connector.platforms.hubspot import HubSpot
from connector.runtime.dispatcher import Dispatcher
from connector.store.outbox import ActionStatus, Queued
from tests.runtime.faulty import FaultyStore
from tests.runtime.shop import Shop

LOOK, CLAIM, SETTLE = 1, 2, 3
"""The writes of a dispatcher's first step."""


def dispatcher(shop: Shop, store: FaultyStore) -> Dispatcher:
    """One for HubSpot beside the shop's own, which is left alone."""
    system = shop.system
    platform = HubSpot("pat-eu1-test", base_url=shop.sandbox.hubspot_url, owner="sales@example.com")
    return Dispatcher("hubspot", platform, store, system.mapping, shop.clock)


def wants_a_call(shop: Shop) -> None:
    """An event whose only action is a task at HubSpot."""
    shop.says("cart.updated", "eva@example.com", cart={"id": "c-1", "total": "600"})
    shop.system.processor.step()


def task(shop: Shop) -> Queued:
    [found] = [one for one in shop.actions() if one.action.name == "create_task"]
    return found


def step(one: Dispatcher) -> bool:
    """Whether a step went well."""
    try:
        one.step()
    except Exception:
        return False
    return True


def test_an_answer_that_could_not_be_written_down_is_written_at_the_next_step(shop: Shop) -> None:
    wants_a_call(shop)
    one = dispatcher(shop, FaultyStore(shop.system.store, undone=frozenset({SETTLE})))

    went_well = [step(one), step(one)]

    assert went_well == [False, True]
    assert task(shop).status is ActionStatus.DONE
    assert [one.outcome for one in shop.attempts(task(shop))] == ["done"]
    assert len(shop.sandbox.state()["hubspot"]["tasks"]) == 1


def test_an_answer_whose_commit_was_lost_is_written_down_once(shop: Shop) -> None:
    wants_a_call(shop)
    one = dispatcher(shop, FaultyStore(shop.system.store, unanswered=frozenset({SETTLE})))

    went_well = [step(one), step(one)]

    assert went_well == [False, True]
    assert task(shop).status is ActionStatus.DONE
    assert [one.outcome for one in shop.attempts(task(shop))] == ["done"]


def test_a_claim_whose_commit_was_lost_is_looked_at_and_holds_nobody_up(shop: Shop) -> None:
    wants_a_call(shop)
    one = dispatcher(shop, FaultyStore(shop.system.store, unanswered=frozenset({CLAIM})))

    went_well = [step(one), step(one)]
    for _ in range(4):
        shop.clock.moves(seconds=60)
        one.step()

    assert went_well == [False, True]
    assert task(shop).status is ActionStatus.DONE
    assert len(shop.sandbox.state()["hubspot"]["tasks"]) == 1
