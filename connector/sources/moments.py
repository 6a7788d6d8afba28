"""Times as shops write them: ISO with or without an offset, seconds, milliseconds, microseconds, and junk.

A time without an offset is UTC: so WooCommerce's `_gmt` fields and Mailchimp's `fired_at` are meant.
"""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from functools import lru_cache
from typing import Final

from connector.model.values import Value

EARLIEST: Final = datetime(1990, 1, 1, tzinfo=UTC)
"""Before this nothing happened in a webshop: it is a default value, such as 1970 or year 1."""

AHEAD: Final = timedelta(days=1)
"""How far a sender's clock may be ahead: a zone that was mistaken for UTC is off by half a day."""

_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_ISO: Final = re.compile(
    r"\d{4}-\d\d-\d\d(?:[T ]\d\d:\d\d(?::\d\d(?:[.,]\d+)?)? ?(?:Z|[+-]\d\d:?\d\d)?)?", re.ASCII
)
_SHORT: Final = 40
"""Characters of a text that is remembered as a moment."""
_DIGITS: Final = re.compile(r"\d{9,16}", re.ASCII)


def read_moment(value: Value) -> datetime | None:
    """The moment in UTC, or None for what is no time (`0000-00-00`, a second 60, words)."""
    try:
        if isinstance(value, str):
            return _often_written(value) if len(value) <= _SHORT else _written(value)
        if isinstance(value, (int, Decimal)) and not isinstance(value, bool):
            return _since_epoch(int(value))
    except (ValueError, OverflowError):
        pass
    return None


def is_plausible(moment: datetime, received_at: datetime) -> bool:
    """Whether something that is over can have happened then, as far as we can tell at `received_at`."""
    return EARLIEST <= moment <= received_at + AHEAD


def _written(value: str) -> datetime | None:
    text = value.strip()
    if not _ISO.fullmatch(text):
        return _since_epoch(int(text)) if _DIGITS.fullmatch(text) else None
    if " " in text:
        text = text.replace(" Z", "Z").replace(" +", "+").replace(" -", "-")
    moment = datetime.fromisoformat(text)
    if moment.tzinfo is UTC:
        return moment
    return moment.astimezone(UTC) if moment.tzinfo else moment.replace(tzinfo=UTC)


_often_written: Final = lru_cache(maxsize=1024)(_written)
"""The same, remembered: a delivery says the same moment several times over."""


def _since_epoch(number: int) -> datetime:
    """Seconds reach the year 5138 with eleven digits; more are milliseconds, then microseconds."""
    unit = 1_000_000 if abs(number) < 10**11 else 1_000 if abs(number) < 10**14 else 1
    return _EPOCH + timedelta(microseconds=number * unit)
