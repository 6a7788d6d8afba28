"""While many deliveries wait, the next batch is in hand with the commit of the one before."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from connector.model.delivery import DeliveryStatus
from connector.runtime.pace import LARGEST_BATCH, SMALLEST_BATCH
from connector.runtime.processor import BATCHES_A_LOOK
from connector.store.schema import hands
from tests.runtime.shop import Shop


@pytest.fixture
def busy(shop: Shop) -> Shop:
    """More deliveries wait than all batches until the next look can take."""
    for number in range(BATCHES_A_LOOK * LARGEST_BATCH + 1):
        shop.says("page.viewed", None, contact={"id": f"v{number}"}, page={"url": "https://example.com"})
    return shop


def in_hand(shop: Shop) -> set[str]:
    with shop.system.store.reading() as tx:
        return {one for held in tx.execute(select(hands.c.delivery_ids)).scalars() for one in held}


def waiting(shop: Shop) -> set[str]:
    return {row.delivery.id for row in shop.deliveries() if row.status is DeliveryStatus.WAITING}


def test_the_next_batch_is_in_hand_while_many_wait(busy: Shop) -> None:
    step = busy.system.processor.step
    step()
    held = in_hand(busy)
    assert len(held) >= SMALLEST_BATCH
    assert held <= waiting(busy)
    step()
    assert not held & waiting(busy)


def test_nothing_is_in_hand_when_something_else_has_its_turn(busy: Shop) -> None:
    held = []
    for _ in range(BATCHES_A_LOOK):
        busy.system.processor.step()
        held.append(bool(in_hand(busy)))
    assert held == [*[True] * (BATCHES_A_LOOK - 1), False]


def test_nothing_is_in_hand_once_all_is_settled(busy: Shop) -> None:
    busy.turns()
    assert not waiting(busy)
    assert not in_hand(busy)


def test_a_processor_that_leaves_lets_go_of_the_next_batch(busy: Shop) -> None:
    busy.system.processor.step()
    busy.system.processor.leave()
    assert not in_hand(busy)
