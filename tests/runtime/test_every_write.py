"""A write that fails between any two effects: nothing is lost, only what nobody can look up may double."""

from __future__ import annotations

from collections import Counter

import pytest

from connector.errors import StoreError
from connector.model.delivery import DeliveryStatus
from connector.platforms.base import Platform
from connector.platforms.hubspot import HubSpot
from connector.platforms.mailchimp import Mailchimp
from connector.runtime.dispatcher import Dispatcher
from connector.runtime.processor import Processor
from connector.store.outbox import ActionStatus
from tests.runtime.faulty import FaultyStore
from tests.runtime.shop import AUDIENCE, Shop

WRITES = 24
"""More than it takes from a delivery to the last of its actions."""


class Works:
    """What the threads of one process would do, on a store that fails once."""

    def __init__(self, shop: Shop, store: FaultyStore) -> None:
        system, sandbox = shop.system, shop.sandbox
        platforms: dict[str, Platform] = {
            "hubspot": HubSpot("pat-eu1-test", base_url=sandbox.hubspot_url),
            "mailchimp": Mailchimp("test-us21", AUDIENCE, base_url=sandbox.mailchimp_url),
        }
        self.processor = Processor(store, system.live, shop.clock, system.settings.resolve, lambda: None)
        self.dispatchers = [
            Dispatcher(name, one, store, system.live, shop.clock) for name, one in platforms.items()
        ]

    def recover(self) -> None:
        self.processor.recover()
        for one in self.dispatchers:
            one.recover()

    def turn(self) -> bool:
        """Whether every step went well."""
        steppers: list[Processor | Dispatcher] = [self.processor, *self.dispatchers]
        return [_went_well(one) for one in steppers] == [True] * len(steppers)


def _went_well(stepper: Processor | Dispatcher) -> bool:
    try:
        stepper.step()
    except StoreError:
        return False
    return True


@pytest.mark.slow
@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
@pytest.mark.parametrize("how", ["undone", "unanswered"])
@pytest.mark.parametrize("dies", [False, True], ids=["goes on", "starts anew"])
def test_a_write_that_fails_anywhere_loses_and_doubles_nothing(shop: Shop, how: str, dies: bool) -> None:
    began = shop.clock()
    for number in range(1, WRITES + 1):
        shop.clock.at = began  # the sandbox has a clock of its own, which is compared when it is looked at
        store = FaultyStore(shop.system.store, **{how: frozenset({number})})
        works = Works(shop, store)
        email = f"eva{number}@example.com"
        shop.says("newsletter.confirmed", email)
        shop.says("cart.updated", email, cart={"id": f"c-{number}", "total": "600"})
        for _ in range(10):
            if not works.turn() and dies:
                works = Works(shop, store)
                works.recover()
            shop.clock.moves(seconds=30)

    held = shop.sandbox.state()
    sent = Counter(one["email_address"] for one in held["mailchimp"]["events"])
    assert {row.status for row in shop.deliveries()} == {DeliveryStatus.DONE}
    assert {one.status for one in shop.actions()} == {ActionStatus.DONE}
    assert len(held["hubspot"]["tasks"]) == WRITES
    assert sorted(sent.values()) == [1] * WRITES
    assert len(held["mailchimp"]["journeys"]) <= WRITES + _unknown(shop)


def _unknown(shop: Shop) -> int:
    """Attempts at starting a journey whose outcome is recorded as unknown."""
    started = [one for one in shop.actions() if one.action.name == "start_journey"]
    return sum(try_.outcome == "unknown" for one in started for try_ in shop.attempts(one))
