"""What a source's file says, worked out once for all its deliveries, and kept as long as its mapping is."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from typing import Final
from weakref import WeakKeyDictionary

from connector.mapping.mapping import Mapping as Rules
from connector.mapping.source import Source
from connector.model.event import Event
from connector.sources.events import Rule, rules_of
from connector.sources.part import Part
from connector.sources.scope import topic_of
from connector.sources.topics import heard

_TOPICS: Final = 256
"""Topics of which is kept what they mean: a source tells some dozen."""

_readers: Final[WeakKeyDictionary[Rules, dict[str, Reader]]] = WeakKeyDictionary()
"""Readers by mapping, which never changes, and by source. A reader holds no mapping: it would never go."""


@dataclass(frozen=True, slots=True)
class Reader:
    """Reads events out of the deliveries of one source, by the rules of their topics."""

    source: Source
    heard: Callable[[str], tuple[Rule, ...] | str]

    def read(self, part: Part) -> list[Event] | str:
        """The events of one part, or a sentence that says why it means nothing. Raises TranslationError."""
        topic = topic_of(self.source, part.view)
        rules = self.heard(topic)
        if isinstance(rules, str):
            return rules
        part.view["topic"] = topic
        events = [event for rule in rules for event in rule.events(part)]
        return events or f"nothing of this {topic[:80]} counts: no rule of {self.source.name} says yes to it"


def reader_of(mapping: Rules, name: str) -> Reader:
    """The reader of a source of the mapping."""
    readers = _readers.setdefault(mapping, {})
    if name not in readers:
        readers[name] = _made(mapping.sources[name], mapping)
    return readers[name]


def _made(source: Source, mapping: Rules) -> Reader:
    rules = rules_of(source, mapping)
    return Reader(source, lru_cache(_TOPICS)(lambda topic: heard(source, rules, topic)))
