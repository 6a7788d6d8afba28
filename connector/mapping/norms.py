"""What purchases are measured by: the bounds of RFM, and what is usual among all contacts."""

from __future__ import annotations

from collections import abc
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from typing import Final, TypeAlias

Bounds: TypeAlias = tuple[Decimal, ...]
"""Four numbers, the lowest first, between the five marks."""

BOUNDS: Final[abc.Mapping[str, Bounds]] = {
    "recency": tuple(map(Decimal, (30, 90, 180, 365))),
    "frequency": tuple(map(Decimal, (2, 3, 5, 10))),
    "monetary": tuple(map(Decimal, (100, 250, 500, 1000))),
}
"""What purchases are marked by where a mapping says nothing else: days since the last order, orders, and
money in the shop's currency, less what was refunded."""

EVERYBODY: Final = ""
"""The name under which the usual interval of all contacts stands."""


@dataclass(frozen=True, slots=True)
class Rfm:
    """By what each mark of `contact.rfm` is given: its `bounds`, and which go `by_quintiles` where these are
    known. What goes by quintiles has the usual bounds until then.
    """

    bounds: abc.Mapping[str, Bounds] = field(default_factory=lambda: BOUNDS)
    by_quintiles: frozenset[str] = frozenset()


BY_BOUNDS: Final = Rfm()
"""As a mapping has it that says nothing of it."""


@dataclass(frozen=True, slots=True)
class Usual:
    """The usual interval between two orders in days: that of the contact in the middle, of so many."""

    days: Decimal
    of: int


@dataclass(frozen=True, slots=True)
class Norms:
    """What is usual among the contacts, as they were `at` a moment under mapping `version`.

    `asked` names what had been asked of them. `buyers` are the contacts who have bought. `quintiles` has by
    mark the highest values of the first, second, third and fourth fifth of them, each to its first three
    digits (days since the last order, orders, money). `intervals` are by segment, and of `EVERYBODY`. Either
    lacks what too few contacts could tell.
    """

    at: datetime | None = None
    version: str = ""
    asked: str = ""
    buyers: int = 0
    quintiles: abc.Mapping[str, Bounds] = field(default_factory=dict)
    intervals: abc.Mapping[str, Usual] = field(default_factory=dict)


UNKNOWN: Final = Norms()
"""What is usual where nobody has looked yet."""
