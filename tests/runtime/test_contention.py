"""A batch that other workers get in the way of is taken again, then piece by piece, and never for ever."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

import pytest

from connector.model.delivery import DeliveryStatus
from connector.runtime.arrivals import ContendedError
from connector.runtime.contention import TRIES
from connector.runtime.dispatcher import Dispatcher
from connector.runtime.processor import Processor
from connector.store.database import Store, Transaction
from connector.store.outbox import ActionStatus
from tests.runtime.faulty import FaultyStore
from tests.runtime.shop import Shop
from tests.runtime.test_dispatcher import SETTLE, outcomes, task, wants_a_call
from tests.runtime.test_poison import Knowing

T = TypeVar("T")
TAKE = 1
"""The first write of a processor's step."""

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


class Pressed(FaultyStore):
    """A real store in which another worker is quicker at the writes from `first` to `last`."""

    def __init__(self, real: Store, first: int, last: int) -> None:
        super().__init__(real)
        self._contended = range(first, last + 1)
        self.asked = 0

    def write(self, work: Callable[[Transaction], T]) -> T:
        self.asked += 1
        if self.asked in self._contended:
            raise ContendedError("an identity was taken by another worker at the same moment")
        return super().write(work)


def processor(shop: Shop, store: Store) -> Processor:
    """One beside the shop's own, on this store."""
    system = shop.system
    return Processor(store, system.live, shop.clock, system.settings.resolve, lambda: None)


def come(shop: Shop, count: int) -> None:
    """So many people sign up."""
    for number in range(count):
        shop.says("newsletter.confirmed", f"eva{number}@example.com")


def test_a_batch_that_is_contended_again_and_again_is_taken_one_by_one(shop: Shop) -> None:
    come(shop, 3)
    store = Pressed(shop.system.store, TAKE + 1, TAKE + TRIES)

    processor(shop, store).step()

    assert {one.status for one in shop.deliveries()} == {DeliveryStatus.DONE}
    assert store.asked >= TAKE + TRIES + 3


def test_a_delivery_that_is_contended_all_the_time_waits_and_is_no_failure(shop: Shop) -> None:
    come(shop, 1)
    ours = processor(shop, Pressed(shop.system.store, TAKE + 1, TAKE + TRIES))

    with pytest.raises(ContendedError):
        ours.step()
    before = {one.status for one in shop.deliveries()}
    ours.step()

    assert before == {DeliveryStatus.WAITING}
    assert {one.status for one in shop.deliveries()} == {DeliveryStatus.DONE}


def test_what_came_of_a_call_is_written_down_when_the_others_are_done(shop: Shop) -> None:
    wants_a_call(shop)
    store = Pressed(shop.system.store, SETTLE, SETTLE + TRIES - 1)
    one = Dispatcher("hubspot", Knowing("4711"), store, shop.system.live, shop.clock)

    with pytest.raises(ContendedError):
        one.step()
    one.step()

    assert task(shop).status is ActionStatus.DONE
    assert outcomes(shop, task(shop)) == ["done"]
