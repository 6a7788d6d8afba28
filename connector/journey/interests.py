"""What a contact is interested in: a count by category, brand and topic, of which half is gone in 90 days.

A product that is viewed or bought counts for its category and its brand, a page for the first part of its
path, an event of the company's own for its `topic`. Names are written small, with `_` for all that is no
letter or digit, so that `Tuin & Terras` is `contact.interests.tuin_terras`.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from decimal import Decimal
from functools import lru_cache
from typing import Final

from connector.journey.fading import faded
from connector.journey.recency import items_of
from connector.journey.subjects import text
from connector.model.contact import Contact, Interest
from connector.model.event import Event
from connector.model.values import Value

HALF_LIFE: Final = timedelta(days=90)

KEPT: Final = 100
"""How many interests are remembered of a contact; beyond that the faintest is forgotten."""

_ONE: Final = Decimal(1)
_PRECISE: Final = Decimal("0.000001")
_SHOWN: Final = Decimal("0.01")
_NO_NAME: Final = re.compile(r"[\W_]+")
_LONGEST: Final = 60


def interests_after(contact: Contact, event: Event) -> Mapping[str, Interest]:
    """The interests with what the event says of them; in any order the same but for rounding."""
    said = {raw for raw in _topics(event) if isinstance(raw, str)}
    names = {name for one in said if (name := _named(one))}
    if not names:
        return contact.interests
    interests = dict(contact.interests)
    for name in names:
        interests[name] = _more(interests.get(name), event.occurred_at)
    return interests if len(interests) <= KEPT else _strongest(interests)


def shown(contact: Contact, now: datetime) -> dict[str, Decimal]:
    """How much is left of each interest, to the hundredth."""
    left = {name: faded(one.amount, one.at, now, HALF_LIFE) for name, one in contact.interests.items()}
    return {name: amount.quantize(_SHOWN) for name, amount in left.items()}


def _more(before: Interest | None, at: datetime) -> Interest:
    if before is None:
        return Interest(_ONE, at)
    latest = max(before.at, at)
    amount = faded(before.amount, before.at, latest, HALF_LIFE) + faded(_ONE, at, latest, HALF_LIFE)
    return Interest(amount.quantize(_PRECISE), latest)


def _strongest(interests: Mapping[str, Interest]) -> dict[str, Interest]:
    latest = max(one.at for one in interests.values())
    left = {name: faded(one.amount, one.at, latest, HALF_LIFE) for name, one in interests.items()}
    kept = sorted(interests, key=lambda name: (-left[name], name))[:KEPT]
    return {name: interests[name] for name in kept}


def _topics(event: Event) -> Sequence[Value]:
    match event.name:
        case "product.viewed":
            product = event.subjects.get("product", {})
            return (product.get("category"), product.get("brand"))
        case "order.paid":
            return [item.get(key) for item in items_of(event, "order") for key in ("category", "brand")]
        case "page.viewed":
            return (_section(event.subjects.get("page", {}).get("path")),)
        case _:
            return (event.subjects["data"].get("topic"),) if "data" in event.subjects else ()


def _section(path: Value) -> Value:
    """The first part of a path that is not a language: `tuin` of `/nl/tuin/gieters`."""
    parts = [part for part in (text(path) or "").split("/") if len(part) > 2]
    return parts[0] if parts else None


@lru_cache(maxsize=4096)
def _named(said: str) -> str:
    """The name; what a shop sells has few categories and brands, and every order names some."""
    return _NO_NAME.sub("_", said.lower()).strip("_")[:_LONGEST]
