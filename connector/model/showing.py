"""How values look in a line of text: short, local, and inert."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

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


def inert(text: str) -> str:
    """The text without control characters, so that nothing in a payload can steer a terminal."""
    return "".join(letter if letter.isprintable() else "·" for letter in text)
