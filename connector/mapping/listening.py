"""Who listens to what: found once, as a mapping is made."""

from __future__ import annotations

from collections import abc
from typing import TypeVar

Heard = TypeVar("Heard", bound=abc.Hashable)
Listener = TypeVar("Listener")


def listeners(pairs: abc.Iterable[tuple[Heard, Listener]]) -> dict[Heard, tuple[Listener, ...]]:
    """By what they listen to, those that do: each in the order in which the pairs name it."""
    found: dict[Heard, list[Listener]] = {}
    for heard, listener in pairs:
        found.setdefault(heard, []).append(listener)
    return {heard: tuple(some) for heard, some in found.items()}
