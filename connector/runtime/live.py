"""The mapping by which this process works: one at a time, replaced as a whole."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

from connector.mapping.mapping import Mapping

T = TypeVar("T")


class Live:
    """Holds the live mapping. Whoever does several things by one mapping asks once and keeps the answer."""

    def __init__(self, mapping: Mapping) -> None:
        self._mapping = mapping

    @property
    def mapping(self) -> Mapping:
        """The mapping that is live at this moment."""
        return self._mapping

    def swap(self, mapping: Mapping) -> None:
        """From now on this one is live."""
        self._mapping = mapping

    def made(self, make: Callable[[Mapping], T]) -> Callable[[], T]:
        """What `make` makes of the live mapping, made anew when another one is live."""
        kept = self._mapping, make(self._mapping)

        def made_now() -> T:
            nonlocal kept
            mapping, found = kept
            live = self._mapping
            if mapping is not live:
                found = make(live)
                kept = live, found
            return found

        return made_now
