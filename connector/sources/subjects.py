"""What an event carries: orders, carts, files and so on, read from a part by their source's rules."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal
from typing import Final

from connector.errors import TranslationError
from connector.mapping.source import Each, EventRule, Source
from connector.mapping.terms import Expression
from connector.model.identities import NAMED_BY
from connector.model.types import Sort, Type
from connector.model.values import Value
from connector.model.vocabulary import SUBJECTS
from connector.sources.convert import Unreadable, as_elements, as_id, as_number
from connector.sources.moments import is_plausible
from connector.sources.part import Part, below, is_empty, path_of

_TEXT: Final = Type(Sort.TEXT)

Subjects = Mapping[str, Mapping[str, Value]]


def read_subjects(source: Source, rule: EventRule, part: Part) -> dict[str, dict[str, Value]]:
    """What the rule's event carries; missing and empty ones left out. Raises TranslationError."""
    return {name: _subject(name, source, rule, part) for name in rule.carries}


def _subject(name: str, source: Source, rule: EventRule, part: Part) -> dict[str, Value]:
    """One subject; that of the source itself is the same for all its rules."""
    if name == "data" or name in rule.fields:
        return _read(name, source, rule, part)
    return part.once(name, lambda fresh: _read(name, source, rule, fresh))


def _read(name: str, source: Source, rule: EventRule, part: Part) -> dict[str, Value]:
    declared = source.subjects[name].fields if name in source.subjects else {}
    fields: dict[str, Expression | Each] = {**declared, **rule.fields.get(name, {})}
    types = rule.data if name == "data" else SUBJECTS[name].fields
    read = {
        field: _field(f"{name}.{field}", types.get(field) or _TEXT, one, part)
        for field, one in fields.items()
    }
    subject: dict[str, Value] = {
        field: value for field, value in read.items() if value is not None and value != []
    }
    needed = NAMED_BY.get(name, ())
    if needed and not subject.keys() & set(needed):
        raise TranslationError(path_of(_plain(fields.get(needed[0])), name), f"the {name} has no {needed[0]}")
    return subject


def _plain(rule: Expression | Each | None) -> Expression | None:
    return None if isinstance(rule, Each) else rule


def _field(name: str, type_: Type, rule: Expression | Each, part: Part) -> Value:
    if type_.sort is Sort.NUMBER:
        return _number(name, rule, part)
    if isinstance(rule, Each):
        return _list(name, type_, rule, part)
    if name.endswith(".id"):
        return _id(name, rule, part)
    value = part.typed(rule, type_, name)
    if type_.sort is Sort.TIME and name.startswith(("order.", "cart.")):
        return _past(name, value, part)
    return value.upper() if name.endswith(".currency") and isinstance(value, str) else value


def _id(name: str, rule: Expression, part: Part) -> str | None:
    try:
        return as_id(part.value(rule, name))
    except Unreadable as error:
        raise TranslationError(path_of(rule, name), f"{name} {error}") from error


def _past(name: str, moment: Value, part: Part) -> Value:
    """A time in the future would hold back every later change of the same order: it is let go."""
    if not isinstance(moment, datetime) or is_plausible(moment, part.received_at):
        return moment
    part.note(f"{name} cannot be right")
    return None


def _list(name: str, type_: Type, rule: Each, part: Part) -> list[Value]:
    """One record for each element."""
    item, path = type_.item or Type(Sort.RECORD), path_of(rule.each, name)
    kinds = {field: item.fields.get(field) or _TEXT for field in rule.fields}
    records: list[Value] = []
    for index, element in enumerate(_elements(name, rule, part)):
        with below(f"{path}[{index}]"):
            records.append(_record(kinds, rule, part.of_item(element)))
    return records


def _record(kinds: Mapping[str, Type], rule: Each, part: Part) -> dict[str, Value]:
    read = {field: part.typed(one, kinds[field], field) for field, one in rule.fields.items()}
    return {field: value for field, value in read.items() if value is not None}


def _number(name: str, rule: Expression | Each, part: Part) -> Decimal | None:
    """A number, or the sum of a list's: shops tell some totals in pieces only. Missing without a piece."""
    numbers: list[Decimal] = []
    if isinstance(rule, Each):
        for index, element in enumerate(_elements(name, rule, part)):
            with below(f"{path_of(rule.each, name)}[{index}]"):
                for field, one in rule.fields.items():
                    numbers += _numbers(field, one, part.of_item(element))
    else:
        numbers = _numbers(name, rule, part)
    return sum(numbers, Decimal(0)) if numbers else None


def _numbers(name: str, expression: Expression, part: Part) -> list[Decimal]:
    value = part.value(expression, name)
    try:
        return [as_number(one) for one in as_elements(value) if not is_empty(one)]
    except Unreadable as error:
        raise TranslationError(path_of(expression, name), f"{name} {error}") from error


def _elements(name: str, rule: Each, part: Part) -> list[Value] | tuple[Value, ...]:
    elements = part.value(rule.each, name)
    if elements is None:
        return ()
    if not isinstance(elements, (list, tuple)):
        raise TranslationError(path_of(rule.each, name), f"{name} is no list")
    return elements
