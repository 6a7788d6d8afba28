"""What purchases say of a contact, and of when the next one is expected."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

import pytest

from connector.journey.ledger import Purchases
from connector.journey.rhythm import expected, first_digits, rfm
from connector.mapping.norms import BOUNDS, BY_BOUNDS, UNKNOWN, Norms, Rfm, Usual
from tests.journey.build import NOON

DAY = timedelta(days=1)
BY_QUINTILES = Rfm(by_quintiles=frozenset(BOUNDS))
KNOWN = Norms(
    quintiles={
        "recency": tuple(map(Decimal, (10, 20, 40, 80))),
        "frequency": tuple(map(Decimal, (1, 1, 1, 2))),
        "monetary": tuple(map(Decimal, (20, 40, 60, 123))),
    }
)
A_MONTH = Usual(Decimal(30), 100)


def bought(count: int, total: float, first: float, last: float) -> Purchases:
    """Purchases of which the first and the last were so many days ago."""
    return Purchases(count, Decimal(str(total)), NOON - first * DAY, NOON - last * DAY)


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
    """RFM (1 to 5, by bounds or the shop's quintiles) is built in."""
    assert tuple(rfm(purchases, NOON, BY_BOUNDS, KNOWN).values()) == marks


def test_bounds_of_the_mapping_take_the_place_of_the_usual_ones() -> None:
    rules = Rfm({**BOUNDS, "recency": (Decimal("0.5"), Decimal(1), Decimal(2), Decimal(3))})

    assert rfm(bought(2, 250, 9, 1), NOON, rules, UNKNOWN) == {"recency": 4, "frequency": 2, "monetary": 3}


@pytest.mark.parametrize(
    ("purchases", "marks"),
    [
        (bought(1, 20, 90, 90), (1, 1, 1)),
        (bought(2, 20.09, 90, 80), (2, 4, 1)),
        (bought(3, 40, 90, 40), (3, 5, 2)),
        (bought(3, 60, 90, 20.1), (3, 5, 3)),
        (bought(3, 123.99, 90, 20), (4, 5, 4)),
        (bought(3, 124, 90, 0), (5, 5, 5)),
    ],
)
def test_each_fifth_of_the_buyers_that_is_left_behind_is_one_mark_more(
    purchases: Purchases, marks: tuple[int, int, int]
) -> None:
    """RFM (1 to 5, by bounds or the shop's quintiles) is built in."""
    assert tuple(rfm(purchases, NOON, BY_QUINTILES, KNOWN).values()) == marks


def test_only_what_is_wanted_and_known_goes_by_quintiles() -> None:
    once = bought(1, 30, 20, 20)
    known = Norms(quintiles={"monetary": KNOWN.quintiles["monetary"]})

    assert rfm(once, NOON, BY_QUINTILES, UNKNOWN) == rfm(once, NOON, BY_BOUNDS, KNOWN)
    assert rfm(once, NOON, BY_QUINTILES, known) == {"recency": 5, "frequency": 1, "monetary": 2}
    assert rfm(once, NOON, Rfm(by_quintiles=frozenset({"recency"})), KNOWN) == {
        "recency": 4,
        "frequency": 1,
        "monetary": 1,
    }


def test_of_somebody_who_never_bought_nothing_is_told() -> None:
    assert rfm(Purchases(), NOON, BY_QUINTILES, KNOWN) == {}
    assert expected(Purchases(), NOON, A_MONTH) == {}


def test_a_single_order_tells_nothing_where_it_is_not_known_what_is_usual() -> None:
    assert expected(bought(1, 20, 40, 40), NOON, None) == {}


@pytest.mark.parametrize(("last", "churn"), [(0, "0.00"), (30, "0.00"), (60, "0.50"), (90, "0.75")])
def test_half_of_the_chance_to_come_back_is_gone_with_each_interval_that_is_overdue(
    last: int, churn: str
) -> None:
    told = expected(bought(3, 20, last + 60, last), NOON, None)

    assert told == {"next_order_at": NOON + (30 - last) * DAY, "churn": Decimal(churn)}


@pytest.mark.parametrize(("last", "churn"), [(10, "0.00"), (60, "0.50")])
def test_after_a_single_order_the_usual_interval_is_expected(last: int, churn: str) -> None:
    """`contact.expected` has the next order date and the chance of leaving, by the contact's own
    interval and segment."""
    told = expected(bought(1, 20, last, last), NOON, A_MONTH)

    assert told == {"next_order_at": NOON + (30 - last) * DAY, "churn": Decimal(churn)}


@pytest.mark.parametrize(
    ("orders", "days"), [(2, 23), (3, 20), (5, 16 + Decimal(2) / 3), (11, Decimal(80) / 6)]
)
def test_the_usual_interval_counts_as_much_as_two_of_their_own(orders: int, days: Decimal) -> None:
    first = 10 * (orders - 1)
    usual = Usual(Decimal("29.5") if orders == 2 else Decimal(30), 10)

    told = expected(bought(orders, 20, first, 0), NOON, usual)

    assert told["next_order_at"] == NOON + timedelta(seconds=int(days * 86_400))


def test_orders_of_one_moment_are_no_interval() -> None:
    assert expected(bought(3, 20, 9, 9), NOON, None) == {}
    assert expected(bought(3, 20, 9, 9), NOON, A_MONTH) == expected(bought(1, 20, 9, 9), NOON, A_MONTH)


@pytest.mark.parametrize(
    ("value", "kept"),
    [("0", "0"), ("0.009", "0"), ("1.239", "1.23"), ("12.39", "12.3"), ("137.5", "137"), ("1009", "1000")],
)
def test_three_digits_of_a_value_count(value: str, kept: str) -> None:
    assert first_digits(Decimal(value)) == Decimal(kept)


def test_what_is_below_nothing_is_nothing_and_what_is_beyond_all_reason_is_bounded() -> None:
    assert first_digits(Decimal(-3)) == 0
    assert first_digits(Decimal("1e40")) == first_digits(Decimal("1e14"))
