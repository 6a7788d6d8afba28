"""How values look in a line of text: short, local, and inert."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta

from connector.model.values import Value


def shown(values: Mapping[str, Value]) -> str:
    """`name = value` for everything that is there; dictionaries and lists in brackets."""
    return ", ".join(f"{name} = {one_value(value)}" for name, value in values.items() if value is not None)


def one_value(value: Value) -> str:
    """One value."""
    match value:
        case datetime():
            return local(value)
        case str():
            return inert(value) or "''"
        case Mapping():
            return "{" + shown(value) + "}"
        case list() | tuple():
            return "[" + ", ".join(one_value(one) for one in value) + "]"
        case _:
            return str(value)


def local(moment: datetime) -> str:
    """The moment in the machine's own zone, which is named, to the second."""
    return moment.astimezone().strftime("%Y-%m-%d %H:%M:%S %Z")


def lasting(length: timedelta) -> str:
    """How long it lasts, in its two largest units: `3 d 4 h`, `1 h 5 min`, `45 min`, `12 s`."""
    minutes, seconds = divmod(int(length.total_seconds()), 60)
    hours, minutes = divmod(minutes, 60)
    days, hours = divmod(hours, 24)
    if days:
        return f"{days} d {hours} h"
    if hours:
        return f"{hours} h {minutes} min"
    return f"{minutes} min" if minutes else f"{seconds} s"


def inert(text: str) -> str:
    """The text without control characters, so that nothing in a payload can steer a terminal."""
    return "".join(letter if letter.isprintable() else "·" for letter in text)
