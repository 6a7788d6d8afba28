"""One part of a delivery becomes events, by the rules of its topic and by what an order's status says."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final, TypeAlias

from connector.mapping.mapping import Mapping
from connector.mapping.source import EventRule, Source
from connector.model.event import ConsentClaim, Event
from connector.model.values import Value
from connector.model.vocabulary import FACTS
from connector.sources.about import Telling, reads_alike, telling_of
from connector.sources.convert import Unreadable, as_text
from connector.sources.fields import answer_of, moment_of, once, value_of
from connector.sources.part import Part, Read
from connector.sources.person import consent_of
from connector.sources.scope import key_of
from connector.sources.subjects import Subjects

LONGEST_KEY: Final = 200
"""Characters up to which the key of an event is readable; a longer one is hashed."""

Happened: TypeAlias = list[tuple[str, datetime]]
"""Names of events, and when they happened."""


@dataclass(frozen=True, slots=True)
class Rule:
    """One rule of a topic, worked out as far as it depends on no delivery."""

    source: str
    when: Read[Value] | None
    telling: Telling
    happened: Callable[[Subjects, Part], Happened]
    consent: Read[tuple[ConsentClaim, ...]]
    is_echo: Read[bool]
    key: Read[list[str]]

    def events(self, part: Part) -> list[Event]:
        """What it makes of a part. Raises TranslationError."""
        if self.when is not None and self.when(part) is not True:
            return []
        told = part.anew()
        happened = self.happened(self.telling.subjects(told), told)
        return self._events(happened, told) if happened else []

    def _events(self, happened: Happened, part: Part) -> list[Event]:
        about, consent, is_echo = self.telling.about(part), self.consent(part), self.is_echo(part)
        key, note = self.key(part), "; ".join(part.notes)
        return [
            Event(
                key=event_key(name, key),
                name=name,
                occurred_at=at,
                connection=part.connection.name,
                source=self.source,
                people=about.people,
                belongings=about.belongings,
                fields=about.fields,
                consent=() if number else consent,
                subjects=about.subjects,
                is_echo=is_echo,
                note=note,
                company=about.company,
                company_fields=about.company_fields,
            )
            for number, (name, at) in enumerate(happened)
        ]


def rules_of(source: Source, mapping: Mapping) -> dict[str, tuple[Rule, ...]]:
    """The rules of a source by topic. Those that read alike read each part together."""
    alike: dict[tuple[str, ...], Telling] = {}
    key, is_echo = once(lambda part: key_of(source, part.view)), _echo_of(source)

    def rule_of(rule: EventRule) -> Rule:
        telling = alike.get(rule.carries) if reads_alike(rule) else None
        if telling is None:
            telling = telling_of(source, rule, mapping)
        if reads_alike(rule):
            alike[rule.carries] = telling
        when = answer_of(rule.when, "when") if rule.when is not None else None
        happened, consent = _happened_of(source, rule), consent_of(source, rule)
        return Rule(source.name, when, telling, happened, consent, is_echo, key)

    return {topic: tuple(map(rule_of, rules)) for topic, rules in source.events.items()}


def _happened_of(source: Source, rule: EventRule) -> Callable[[Subjects, Part], Happened]:
    """What happened and when: the rule's own event, then what the status of a carried order tells."""
    own = moment_of(rule.at, source.occurred_at)
    facts = _facts_of(source)

    def happened(subjects: Subjects, part: Part) -> Happened:
        named = [(rule.name, own(part))] if rule.name else []
        status = subjects.get("order", {}).get("status") if facts else None
        if isinstance(status, str):
            told = [(name, at(part)) for name, at in facts.get(status.casefold(), ())]
            named += [one for one in told if one[0] != rule.name]
        return named

    return happened


def _facts_of(source: Source) -> dict[str, list[tuple[str, Read[datetime]]]]:
    """What each status of an order says, and when that was."""
    facts: dict[str, list[tuple[str, Read[datetime]]]] = {}
    for fact in FACTS:
        told = f"order.{fact}", moment_of(source.status_times.get(fact), source.occurred_at)
        for status in {one.casefold() for one in source.statuses.get(fact, ())}:
            facts.setdefault(status, []).append(told)
    return facts


def _echo_of(source: Source) -> Read[bool]:
    if source.echo is None:
        return lambda part: False
    told = value_of(source.echo, "echo")

    def is_echo(part: Part) -> bool:
        try:
            cause = as_text(told(part))
        except Unreadable:
            return False
        return cause is not None and cause == part.app_id

    return is_echo


def event_key(name: str, parts: Sequence[str]) -> str:
    """The key under which an event happens once; readable where that is unambiguous and short."""
    readable = "|".join((name, *parts))
    if len(readable) <= LONGEST_KEY and readable.isprintable() and readable.count("|") == len(parts):
        return readable
    return f"{name}|{hashlib.sha256(json.dumps(list(parts)).encode()).hexdigest()}"
