"""The mapping by which this process works: one at a time, replaced as a whole."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import replace
from typing import TypeAlias, TypeVar

from connector.failpoints import reach
from connector.mapping.mapping import Mapping
from connector.mapping.norms import Norms
from connector.runtime.keeping import Text, UnknownTextError

T = TypeVar("T")

Keep: TypeAlias = Callable[[Mapping, frozenset[Text]], Mapping]


def as_it_is(mapping: Mapping, texts: frozenset[Text]) -> Mapping:
    """No older text is there: runs that need one are over."""
    return mapping if texts <= mapping.gone else replace(mapping, gone=mapping.gone | texts)


class Live:
    """Holds the live mapping. Whoever does several things by one mapping asks once and keeps the answer.

    `keep` gives a mapping the older texts by which runs still go. What is usual among the contacts, each
    mapping that is live knows.
    """

    def __init__(self, mapping: Mapping, keep: Keep = as_it_is) -> None:
        self._keep = keep
        self._changing = threading.Lock()
        self._norms = mapping.norms
        self._mapping = keep(mapping, frozenset())

    @property
    def mapping(self) -> Mapping:
        """The mapping that is live at this moment."""
        return self._mapping

    def swap(self, mapping: Mapping) -> None:
        """From now on this one is live."""
        with self._changing:
            known = _knowing(self._keep(mapping, frozenset()), self._norms)
            self._mapping = _stopped(known, self._mapping.stopped)
        reach("mapping-swapped")

    def know(self, norms: Norms) -> None:
        """From now on this is usual among the contacts."""
        with self._changing:
            self._norms = norms
            self._mapping = _knowing(self._mapping, norms)

    def heed(self, stopped: frozenset[str]) -> Mapping:
        """The live mapping, in which these rules are stopped from now on."""
        with self._changing:
            self._mapping = _stopped(self._mapping, stopped)
            return self._mapping

    def learn(self, unknown: UnknownTextError) -> Mapping:
        """The mapping that did not know some texts, with them; where it is live, this one is from now on."""
        with self._changing:
            kept = self._keep(unknown.mapping, unknown.texts)
            if self._mapping is unknown.mapping:
                self._mapping = kept
            return kept

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


def _knowing(mapping: Mapping, norms: Norms) -> Mapping:
    return mapping if mapping.norms == norms else replace(mapping, norms=norms)


def _stopped(mapping: Mapping, rules: frozenset[str]) -> Mapping:
    return mapping if mapping.stopped == rules else replace(mapping, stopped=rules)
