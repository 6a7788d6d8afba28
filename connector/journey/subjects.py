"""Reading what an event carries: values of the declared type, or None; never an exception."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from typing import Final

from connector.model.event import Event
from connector.model.values import Value

_DIGITS: Final = 15
"""Digits before the point beyond which an amount is a mistake, not money."""


def text(value: Value) -> str | None:
    """A text that says something."""
    return value if isinstance(value, str) and value else None


def amount(value: Value) -> Decimal | None:
    """An amount of money that can be reckoned with."""
    if type(value) is int:
        value = Decimal(value)
    if not isinstance(value, Decimal):
        return None
    return value if value.is_finite() and value.adjusted() < _DIGITS else None


def time(value: Value) -> datetime | None:
    """An aware moment."""
    return value if isinstance(value, datetime) and value.tzinfo is not None else None


def scope_of(event: Event, kind: str) -> str:
    """Where the ids of the event's subject are known: the scope of its identity, else the connection."""
    for one in event.belongings:
        if one.kind == kind and one.scope:
            return one.scope
    return event.connection
