"""How much a transaction takes in hand: less where somebody waits for its end."""

from __future__ import annotations

import time

from connector.runtime.pace import LARGEST_BATCH, SHORTEST_BATCH, SMALLEST_BATCH, Pace
from tests.patience import until

A_DELIVERY = 0.002


def settled(pace: Pace, batches: int = 8) -> int:
    """The size that it comes to, at two milliseconds a delivery."""
    for _ in range(batches):
        pace.timed(lambda size: time.sleep(size * A_DELIVERY))
    return pace.size


def test_where_somebody_waits_transactions_are_shorter() -> None:
    waited_for = settled(Pace(is_waited_for=lambda: True))
    alone = settled(Pace(is_waited_for=lambda: False))

    assert (waited_for, alone) == (SHORTEST_BATCH, SMALLEST_BATCH)


def test_once_nobody_waits_they_grow_again() -> None:
    waiting = [True]
    pace = Pace(is_waited_for=lambda: waiting[0])
    settled(pace)
    waiting[0] = False

    def has_grown() -> bool:
        pace.timed(lambda size: None)
        return pace.size == LARGEST_BATCH

    assert until(has_grown)
