"""What the purchases of a contact say: recency, frequency, money, and when the next one is expected.

RFM is by fixed bounds, the same for every company: a mark is one more for each bound that is reached.
The next order is expected one mean interval of the contact's own after the last. Until then nobody leaves;
from then on half of the chance that they come back is gone with each further interval.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Final

from connector.journey.fading import faded
from connector.journey.ledger import Purchases

DAYS_SINCE: Final = (365, 180, 90, 30)
"""A purchase at most so many days ago has 2, 3, 4, 5 for recency; an older one 1."""

ORDERS: Final = (2, 3, 5, 10)
"""So many orders have 2, 3, 4, 5 for frequency."""

SPENT: Final = (Decimal(100), Decimal(250), Decimal(500), Decimal(1000))
"""So much, in the shop's currency and less what was refunded, has 2, 3, 4, 5 for money."""

_CENT: Final = Decimal("0.01")
_TWICE: Final = 2


def rfm(bought: Purchases, now: datetime) -> dict[str, int]:
    """Three marks from 1 to 5; nothing of somebody who never bought."""
    if bought.last_at is None:
        return {}
    since = Decimal((now - bought.last_at) / timedelta(days=1))
    return {
        "recency": 1 + sum(since <= days for days in DAYS_SINCE),
        "frequency": _mark(Decimal(bought.count), [Decimal(one) for one in ORDERS]),
        "monetary": _mark(bought.total, SPENT),
    }


def expected(bought: Purchases, now: datetime) -> dict[str, object]:
    """When the next order is expected, and the chance that none comes; nothing after a single order."""
    first, last = bought.first_at, bought.last_at
    if first is None or last is None or bought.count < _TWICE or first == last:
        return {}
    interval = (last - first) / (bought.count - 1)
    comes_back = faded(Decimal(1), last + interval, now, interval)
    return {"next_order_at": last + interval, "churn": (1 - comes_back).quantize(_CENT)}


def _mark(value: Decimal, bounds: Sequence[Decimal]) -> int:
    return 1 + sum(value >= bound for bound in bounds)
