"""One part of a delivery becomes events, by the rules of its topic and by what an order's status says."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import Final

from connector.errors import TranslationError
from connector.mapping.accounts import Connection
from connector.mapping.mapping import Mapping
from connector.mapping.source import EventRule, Source
from connector.model.event import Event
from connector.model.identities import belongings_in
from connector.model.vocabulary import FACTS
from connector.sources.company import read_company, read_company_fields, read_filled_of_company
from connector.sources.convert import Unreadable, as_text
from connector.sources.keep import kept_fields, kept_of_company, kept_subjects
from connector.sources.part import Part
from connector.sources.person import read_consent, read_fields, read_filled, read_identities
from connector.sources.scope import key_of, topic_of
from connector.sources.subjects import Subjects, read_subjects
from connector.sources.topics import rules_for

LONGEST_KEY: Final = 200
"""Characters up to which the key of an event is readable; a longer one is hashed."""


@dataclass(frozen=True, slots=True)
class Context:
    """What all parts of a delivery share. `app_id` is our own at this source, where it is known."""

    mapping: Mapping
    connection: Connection
    source: Source
    app_id: str | None = None


def read_part(context: Context, part: Part) -> tuple[Event, ...] | str:
    """The events of one part, or a sentence that says why it means nothing. Raises TranslationError."""
    topic = topic_of(context.source, part.view)
    rules = rules_for(context.source, topic)
    if isinstance(rules, str):
        return rules
    told = Part({**part.view, "topic": topic}, part.received_at)
    events = [event for rule in rules for event in _by_rule(context, rule, told.anew())]
    return (
        tuple(events)
        or f"nothing of this {topic[:80]} counts: no rule of {context.source.name} says yes to it"
    )


def _by_rule(context: Context, rule: EventRule, part: Part) -> list[Event]:
    if rule.when is not None and part.value(rule.when, "when") is not True:
        return []
    subjects = read_subjects(context.source, rule, part)
    named = _occurrences(context.source, rule, subjects, part)
    if not named:
        return []
    model = _model(context, rule, subjects, part)
    key = part.once("key", lambda fresh: key_of(context.source, fresh.view))
    (name, at), *others = named
    first = model(key=event_key(name, key), name=name, occurred_at=at)
    return [
        first,
        *(model(key=event_key(one, key), name=one, occurred_at=at, consent=()) for one, at in others),
    ]


def _occurrences(
    source: Source, rule: EventRule, subjects: Subjects, part: Part
) -> list[tuple[str, datetime]]:
    """What happened and when: the rule's own event, then what the status of a carried order tells."""
    own = [(rule.name, part.moment(rule.at, source.occurred_at))] if rule.name else []
    facts = _facts(source, subjects.get("order", {}).get("status"))
    told = [
        (f"order.{fact}", part.moment(source.status_times.get(fact), source.occurred_at)) for fact in facts
    ]
    return own + [one for one in told if one[0] != rule.name]


def _facts(source: Source, status: object) -> Iterable[str]:
    if not isinstance(status, str):
        return ()
    return [fact for fact in FACTS if status.casefold() in map(str.casefold, source.statuses.get(fact, ()))]


def _model(context: Context, rule: EventRule, subjects: Subjects, part: Part) -> partial[Event]:
    """All that the events of a rule have in common. Raises TranslationError where it is about nobody."""
    source, connection = context.source, context.connection
    found = read_identities(source, rule, part, connection.ids)
    things = tuple(one for one in found if not one.is_person) + belongings_in(subjects, connection.ids)
    company = read_company(source, rule, part, connection.ids)
    if not found and not things and not company:
        raise TranslationError("", "it is about nobody: there is no address and no id")
    fields = read_fields(source, rule, part, context.mapping.fields)
    if rule.name == "contact.changed":
        fields = {**fields, **read_filled(context.mapping, connection.name, subjects, part)}
    consent = read_consent(source, rule, part)
    of_company = read_company_fields(source, rule, part, context.mapping) if company else {}
    if company and rule.name == "company.changed":
        filled = read_filled_of_company(context.mapping, connection.name, subjects, part)
        of_company = {**of_company, **filled}
    return partial(
        Event,
        connection=connection.name,
        source=source.name,
        people=tuple(one for one in found if one.is_person),
        belongings=tuple(dict.fromkeys(things)),
        fields=kept_fields(source, fields),
        consent=consent,
        subjects=kept_subjects(source, subjects),
        is_echo=_is_echo(context, part),
        note="; ".join(part.notes),
        company=company,
        company_fields=kept_of_company(source, of_company),
    )


def _is_echo(context: Context, part: Part) -> bool:
    try:
        cause = as_text(part.value(context.source.echo, "echo"))
    except Unreadable:
        return False
    return cause is not None and cause == context.app_id


def event_key(name: str, parts: Sequence[str]) -> str:
    """The key under which an event happens once; readable where that is unambiguous and short."""
    readable = "|".join((name, *parts))
    if len(readable) <= LONGEST_KEY and readable.isprintable() and readable.count("|") == len(parts):
        return readable
    return f"{name}|{hashlib.sha256(json.dumps(list(parts)).encode()).hexdigest()}"
