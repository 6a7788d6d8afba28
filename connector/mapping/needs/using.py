"""Which events a mapping uses: what nobody asks for need not be fetched."""

from __future__ import annotations

from collections import abc
from collections.abc import Collection, Iterator
from dataclasses import fields, is_dataclass

from connector.mapping.mapping import Mapping
from connector.mapping.source import Source
from connector.model.vocabulary import counter_of


def uses(mapping: Mapping, events: Collection[str]) -> bool:
    """Whether a rule listens to one of these events, waits for it, or asks how often or when it happened.

    Older texts of triggers count, as long as somebody waits under them.
    """
    names, counters = frozenset(events), tuple(map(counter_of, events))
    return any(word in names or any(one in word for one in counters) for word in _words(_rules(mapping)))


def told_by(source: Source, topics: Collection[str]) -> frozenset[str]:
    """The events that these topics of a source mean."""
    rules = [rule for topic in topics for rule in source.events.get(topic, ())]
    return frozenset(rule.name for rule in rules if rule.name)


def _rules(mapping: Mapping) -> tuple[object, ...]:
    return (
        mapping.triggers,
        mapping.kept,
        mapping.journeys,
        mapping.scores,
        mapping.segments,
        mapping.grid,
        mapping.goals,
        mapping.groups,
    )


def _words(part: object) -> Iterator[str]:
    """Every text that stands anywhere in it, those of expressions among them."""
    match part:
        case str():
            yield part
        case abc.Mapping():
            for value in part.values():
                yield from _words(value)
        case tuple() | list() | frozenset():
            for value in part:
                yield from _words(value)
        case _ if is_dataclass(part) and not isinstance(part, type):
            for one in fields(part):
                if one.init:  # the others are made of these
                    yield from _words(getattr(part, one.name))
        case _:
            text = getattr(part, "text", None)
            if isinstance(text, str):
                yield text
