"""A write that fails between any two effects: nothing is lost, only what nobody can look up may double."""

from __future__ import annotations

from collections import Counter

import pytest

from connector.errors import StoreError
from connector.model.delivery import DeliveryStatus
from connector.platforms.base import Platform
from connector.platforms.hubspot.adapter import HubSpot
from connector.platforms.mailchimp.adapter import Mailchimp
from connector.runtime.dispatcher import Dispatcher
from connector.runtime.processor import Processor
from connector.store import contacts
from connector.store.outbox import ActionStatus
from tests.runtime.faulty import FaultyStore
from tests.runtime.shop import AUDIENCE, Shop

WRITES = 24
"""More than it takes from a delivery to the last of its actions."""

FEW_WRITES = 14
"""More than it takes until two are one and what follows is done."""

ACME = {"domain": "acme.example", "name": "Acme"}


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


@pytest.mark.slow
@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
@pytest.mark.parametrize("how", ["undone", "unanswered"])
@pytest.mark.parametrize("dies", [False, True], ids=["goes on", "starts anew"])
def test_nor_does_one_while_people_become_one_and_events_come_late(shop: Shop, how: str, dies: bool) -> None:
    """With it are their companies, what of our changes may come back, and histories folded anew."""
    for number in range(1, FEW_WRITES + 1):
        store = FaultyStore(shop.system.store, **{how: frozenset({number})})
        works = Works(shop, store)
        visitor, email = {"id": f"v{number}"}, f"eva{number}@example.com"
        page, then = {"url": "https://example.com"}, shop.clock().isoformat()
        shop.clock.moves(seconds=1)
        shop.says("page.viewed", None, contact=visitor, page=page)
        shop.clock.moves(seconds=1)
        shop.says("newsletter.confirmed", email, company=ACME)
        for turn in range(12):
            if turn == 3:
                shop.says("page.viewed", None, contact={**visitor, "email": email}, page=page)
                shop.says("page.viewed", email, occurred_at=then, page=page)
            if not works.turn() and dies:
                works = Works(shop, store)
                works.recover()
            shop.clock.moves(seconds=30)

    with shop.system.store.reading() as tx:
        people = contacts.peek(tx, contacts.page(tx, "", 2 * FEW_WRITES)).values()
    [company] = {one.company_id: one.company for one in people}.values()
    assert {row.status for row in shop.deliveries()} == {DeliveryStatus.DONE}
    assert [one.counters["page.viewed"] for one in people] == [3] * FEW_WRITES
    assert [one.counters["newsletter.confirmed"] for one in people] == [1] * FEW_WRITES
    assert company is not None
    assert company.people.keys() == {one.id for one in people}
    assert {one.status for one in shop.actions()} == {ActionStatus.DONE}
    assert len(shop.actions()) == 2 * FEW_WRITES


def _unknown(shop: Shop) -> int:
    """Attempts at starting a journey whose outcome is recorded as unknown."""
    started = [one for one in shop.actions() if one.action.name == "start_journey"]
    return sum(try_.outcome == "unknown" for one in started for try_ in shop.attempts(one))
