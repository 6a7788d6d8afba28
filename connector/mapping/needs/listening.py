"""Which webhooks a mapping wants: the topics of each source, where to, and which properties matter."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final, Protocol

from connector.mapping.accounts import Connection
from connector.mapping.expressions.compared import compared_with
from connector.mapping.expressions.compiled import CompiledExpression
from connector.mapping.mapping import Mapping
from connector.mapping.needs.asking import compared
from connector.mapping.source import POLLED, EventRule, Source
from connector.mapping.terms import Place

CHANGE, ASKED, VALUE = "change", "change.property", "change.value"
"""The subject that tells of a changed property, and how rules ask for its name and for its new value."""
PATH: Final = re.compile(r"[A-Za-z_][\w.]*")


@dataclass(frozen=True, slots=True)
class Heard:
    """A property whose changes are to be told by `topic`, as it is named at `place`.

    `whose` is what has it (`contact`, `company`, `deal`). `is_standing`: it is the source file that reads it,
    for what every one of them has. `values` are those for which a rule waits.
    """

    topic: str
    whose: str
    property: str
    place: Place
    is_standing: bool = False
    values: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Listening:
    """The webhooks of one connection: `path` is where they are posted to, below our own public address.

    `topics` are those of webhooks that mean something, as the source file writes them; a `*` stands for
    anything.
    `properties` are those whose changes are read, where topics tell of one property each.
    """

    connection: str
    source: str
    path: str
    topics: tuple[str, ...]
    properties: tuple[Heard, ...]
    place: Place


def listening(mapping: Mapping) -> tuple[Listening, ...]:
    """What each connection that listens wants to hear, in the order of connections."""
    return tuple(
        Listening(
            one.name,
            one.source,
            f"/webhooks/{one.name}",
            tuple(topic for topic in mapping.sources[one.source].events if not topic.startswith(POLLED)),
            tuple(dict.fromkeys(_heard(mapping, one, mapping.sources[one.source]))),
            one.place,
        )
        for one in mapping.connections.values()
        if one.source is not None
    )


class _Listens(Protocol):
    @property
    def on(self) -> frozenset[str]: ...


def _heard(mapping: Mapping, connection: Connection, source: Source) -> Iterator[Heard]:
    change = source.subjects.get(CHANGE)
    written = getattr(change.fields.get("property"), "text", "") if change else ""
    for topic, rules in source.events.items():
        if not PATH.fullmatch(written) or all(CHANGE not in rule.carries for rule in rules):
            continue  # it does not tell of one property or another
        carried = [source.subjects[name] for rule in rules for name in rule.carries]
        whose = str(rules[0].name).partition(".")[0]
        for text, by in compared((rules, carried), written):
            yield Heard(topic, whose, text, by.place, is_standing=True)
        for rule in rules:
            if CHANGE in rule.carries:
                yield from _asked(mapping, connection, topic, rule)


def _asked(mapping: Mapping, connection: Connection, topic: str, rule: EventRule) -> Iterator[Heard]:
    """The properties for which the mapping's own rules and fields ask when this event comes."""
    whose = str(rule.name).partition(".")[0]
    for part in _rules(mapping):
        if rule.name in part.on:
            for text, by in compared(part, ASKED):
                yield Heard(topic, whose, text, by.place, values=_values(by))
    filled = {"contact.changed": mapping.filled, "company.changed": mapping.filled_of_company}
    for name, property_ in filled.get(rule.name or "", {}):
        if name == connection.name:
            at = mapping.filled_at.get((name, property_), connection.place)
            yield Heard(topic, whose, property_, at)


def _values(condition: CompiledExpression) -> tuple[str, ...]:
    """The values for which it waits, where it asks for one property only."""
    is_one = len(compared_with(condition.text, ASKED)) == 1
    return compared_with(condition.text, VALUE) if is_one else ()


def _rules(mapping: Mapping) -> Iterator[_Listens]:
    """All that listens to events: triggers, moves between stages, points of scores."""
    yield from mapping.triggers.values()
    for journey in mapping.journeys.values():
        yield from journey.moves
    for score in mapping.scores.values():
        yield from score.points
