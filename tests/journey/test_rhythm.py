"""What purchases say of a contact, and of when the next one is expected."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

import pytest

from connector.journey.ledger import Purchases
from connector.journey.rhythm import expected, rfm
from tests.journey.build import NOON

DAY = timedelta(days=1)


def bought(count: int, total: int, first: int, last: int) -> Purchases:
    """Purchases of which the first and the last were so many days ago."""
    return Purchases(count, Decimal(total), NOON - first * DAY, NOON - last * DAY)


@pytest.mark.parametrize(
    ("purchases", "marks"),
    [
        (bought(1, 20, 400, 400), (1, 1, 1)),
        (bought(1, 100, 365, 365), (2, 1, 2)),
        (bought(2, 250, 400, 180), (3, 2, 3)),
        (bought(4, 999, 400, 31), (4, 3, 4)),
        (bought(12, 1000, 400, 30), (5, 5, 5)),
    ],
)
def test_each_bound_that_is_reached_is_one_mark_more(
    purchases: Purchases, marks: tuple[int, int, int]
) -> None:
    assert tuple(rfm(purchases, NOON).values()) == marks


def test_of_somebody_who_never_bought_nothing_is_told() -> None:
    assert rfm(Purchases(), NOON) == {}
    assert expected(Purchases(), NOON) == {}


def test_one_order_has_no_rhythm() -> None:
    assert expected(bought(1, 20, 40, 40), NOON) == {}


@pytest.mark.parametrize(("last", "churn"), [(0, "0.00"), (30, "0.00"), (60, "0.50"), (90, "0.75")])
def test_half_of_the_chance_to_come_back_is_gone_with_each_interval_that_is_overdue(
    last: int, churn: str
) -> None:
    told = expected(bought(3, 20, last + 60, last), NOON)

    assert told == {"next_order_at": NOON + (30 - last) * DAY, "churn": Decimal(churn)}
