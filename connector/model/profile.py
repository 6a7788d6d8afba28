"""What Loods itself knows of people and companies, from their history: below `contact` and `company`.

Counts are 0 and lists are empty where nothing happened; all else is missing until it is known.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from connector.model.goods import PAGE, PRODUCT
from connector.model.types import Type, list_of, number, record, text, time

PURCHASES: Final = record(
    "the orders that were paid and not cancelled",
    count=number(absent=0, least=0),
    total=number("less what was refunded", absent=0),
    average=number(),
    first_at=time(),
    last_at=time(),
)

RECENT: Final = record(
    "what the contact last looked at, the newest first",
    products=list_of(PRODUCT),
    pages=list_of(PAGE),
    clicks=list_of(record("a link in an e-mail", url=text(), campaign=text(), subject=text())),
)

EXPECTED: Final = record(
    "what the contact will probably do, by their own rhythm and by what is usual",
    next_order_at=time(),
    churn=number("the chance that they leave: from 0 to 1", least=0, most=1),
)

RFM: Final = record(
    "three marks from 1 (low) to 5 (high)",
    recency=number("how lately they bought", least=1, most=5),
    frequency=number("how often", least=1, most=5),
    monetary=number("for how much", least=1, most=5),
)

SEEN: Final[Mapping[str, Type]] = {
    "shop": text("the connection of the shop where the contact last was"),
    "purchases": PURCHASES,
    "balance": number("points that they have saved up", absent=0),
    "interests": record("points by category, brand and topic", item=number(absent=0, least=0)),
    "recent": RECENT,
    "expected": EXPECTED,
    "rfm": RFM,
}
"""What every contact has beside what is said of them, whatever the mapping."""

COMPANY_FIELDS: Final[Mapping[str, Type]] = {
    "name": text(),
    "domain": text(),
    "industry": text(),
    "employees": number("people who work there", least=0),
    "country": text("two letters, ISO 3166"),
}
"""What a source may say of a company; the mapping's own come from `fields:` with `of: company`."""

COMPANY_SEEN: Final = frozenset({"people", "purchases", "balance", "counters", "stage", "stages", "cycle"})
"""What follows from what a company and its people do, so that nobody can say it."""

COMPANY: Final = record(
    "the company of the contact",
    **COMPANY_FIELDS,
    people=list_of(record("somebody who works there", name=text(), email=text(), role=text())),
    purchases=PURCHASES,
    balance=number("points that it has saved up", absent=0),
)
"""A company before what a mapping adds to it."""
