"""What is left of an amount of which half is gone in so long a time."""

from __future__ import annotations

from datetime import datetime, timedelta
from decimal import Decimal
from typing import Final

GONE_AFTER: Final = 200
"""Half-lives after which nothing is left that could be told from nothing."""


def faded(amount: Decimal, at: datetime, now: datetime, half_life: timedelta | None) -> Decimal:
    """What is left by `now` of an amount that was whole at `at`; before that it is whole, and without a
    half-life always. Two floats of 53 bits do it: more digits would say no more."""
    if half_life is None or now <= at:
        return amount
    halves = (now - at) / half_life
    return amount * Decimal(2.0**-halves) if halves < GONE_AFTER else Decimal(0)
