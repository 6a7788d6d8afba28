"""What the purchases of a contact say: recency, frequency, money, and when the next one is expected.

RFM is by bounds, where a mark is one more for each bound that is reached; or by the quintiles of all buyers,
where it is one more for each fifth of them that is left behind. What is equal has equal marks. Where the
quintiles are not known (a new shop), the bounds hold.

The next order is expected one interval after the last: the contact's own, drawn to what is usual. With `n`
intervals of their own, on average `own` long, it is

    (n * own + 2 * usual) / (n + 2)

so that what is usual counts as much as two intervals of their own: all after a single order, half after
three, a sixth after eleven. Where it is not known what is usual, their own counts alone, and a single order
tells nothing. Until the next order is due nobody leaves; from then on half of the chance that they come back
is gone with each further interval.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from decimal import Decimal
from typing import Final

from connector.journey.fading import faded
from connector.journey.ledger import Purchases
from connector.mapping.norms import Norms, Rfm, Usual

USUAL_COUNTS: Final = 2
"""As how many intervals of a contact's own the usual one counts."""

DAY: Final = timedelta(days=1)

BEST: Final = 5
"""The highest mark; the lowest is 1."""

_CENT: Final = Decimal("0.01")
_DIGITS: Final = 3
_LARGEST: Final = 10**15
_SECOND: Final = timedelta(seconds=1)


def first_digits(value: Decimal) -> Decimal:
    """The value to its first three digits, the rest cut off, but no finer than 0.01; at least 0."""
    cents = min(max(int(value * 100), 0), _LARGEST)
    step = 10 ** max(len(str(cents)) - _DIGITS, 0)
    return Decimal(cents // step * step) / 100


def measures(bought: Purchases, now: datetime) -> dict[str, Decimal]:
    """What the marks are given for: days since the last order, orders, money; nothing of who never bought."""
    if bought.last_at is None:
        return {}
    since = Decimal((now - bought.last_at) / DAY)
    return {"recency": since, "frequency": Decimal(bought.count), "monetary": bought.total}


def rfm(bought: Purchases, now: datetime, rules: Rfm, norms: Norms) -> dict[str, int]:
    """Three marks from 1 to 5; nothing of somebody who never bought."""
    return {
        mark: _mark_by_quintiles(mark, value, norms)
        if is_by_quintiles(mark, rules, norms)
        else _mark_by_bounds(mark, value, rules)
        for mark, value in measures(bought, now).items()
    }


def is_by_quintiles(mark: str, rules: Rfm, norms: Norms) -> bool:
    """Whether a mark goes by quintiles, which the mapping wants and which are known."""
    return mark in rules.by_quintiles and mark in norms.quintiles


def own_interval(bought: Purchases) -> timedelta | None:
    """How long it takes on average from one order to the next; None of who has ordered at one moment only."""
    first, last = bought.first_at, bought.last_at
    return None if first is None or last is None or first == last else (last - first) / (bought.count - 1)


def expected(bought: Purchases, now: datetime, usual: Usual | None) -> dict[str, object]:
    """When the next order is expected, and the chance that none comes; `usual` where that is known."""
    interval = _drawn(bought, usual)
    if bought.last_at is None or not interval:
        return {}
    comes_back = faded(Decimal(1), bought.last_at + interval, now, interval)
    return {"next_order_at": bought.last_at + interval, "churn": (1 - comes_back).quantize(_CENT)}


def _drawn(bought: Purchases, usual: Usual | None) -> timedelta | None:
    """The interval of a contact, drawn to the usual one; to the second where it is drawn."""
    own = own_interval(bought)
    if usual is None:
        return own
    intervals = bought.count - 1 if own is not None else 0
    usually = float(usual.days) * DAY
    drawn = (intervals * (own or DAY) + USUAL_COUNTS * usually) / (intervals + USUAL_COUNTS)
    return drawn // _SECOND * _SECOND


def _mark_by_bounds(mark: str, value: Decimal, rules: Rfm) -> int:
    bounds = rules.bounds[mark]
    reached = (value <= bound if mark == "recency" else value >= bound for bound in bounds)
    return 1 + sum(reached)


def _mark_by_quintiles(mark: str, value: Decimal, norms: Norms) -> int:
    """The fifth with the lowest values has the lowest mark; of recency, the highest."""
    left_behind = sum(first_digits(value) > highest for highest in norms.quintiles[mark])
    return BEST - left_behind if mark == "recency" else 1 + left_behind
