"""What an event carries: orders, carts, files and so on, read from a part by their source's rules."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal
from typing import Final, TypeVar

from connector.errors import TranslationError
from connector.mapping.source import Each, EventRule, Source
from connector.mapping.terms import Expression
from connector.model.identities import NAMED_BY
from connector.model.types import Sort, Type
from connector.model.values import Value
from connector.model.vocabulary import SUBJECTS
from connector.sources.by_hand import CURRENCY, ID, NONE, NOTHING, TOTAL, Field, Short, short_to, together
from connector.sources.convert import as_elements, as_id, as_number
from connector.sources.fields import below, converted, is_empty, path_of, typed, value_of
from connector.sources.moments import is_plausible
from connector.sources.part import Part, Read

_TEXT: Final = Type(Sort.TEXT)

Subjects = Mapping[str, Mapping[str, Value]]

_Told = TypeVar("_Told")


def subjects_of(source: Source, rule: EventRule) -> Read[Subjects]:
    """Reads what the rule's event carries; missing and empty fields are left out."""
    carried = [(name, _subject_of(name, source, rule)) for name in rule.carries]
    return lambda part: {name: read(part) for name, read in carried}


def _subject_of(name: str, source: Source, rule: EventRule) -> Read[Mapping[str, Value]]:
    declared = source.subjects[name].fields if name in source.subjects else {}
    rules: dict[str, Expression | Each] = {**declared, **rule.fields.get(name, {})}
    types = rule.data if name == "data" else SUBJECTS[name].fields
    fields = [
        Field(field, _plain(one), *_ways_of(f"{name}.{field}", types.get(field) or _TEXT, one))
        for field, one in rules.items()
    ]
    told = together("body", fields)
    needed = NAMED_BY.get(name, ())
    nameless = path_of(_plain(rules.get(needed[0])), name) if needed else ""

    def read(part: Part) -> Mapping[str, Value]:
        subject = told(part)
        if needed and not any(field in subject for field in needed):
            raise TranslationError(nameless, f"the {name} has no {needed[0]}")
        return subject

    return read


def _plain(rule: Expression | Each | None) -> Expression | None:
    return None if isinstance(rule, Each) else rule


def _ways_of(name: str, type_: Type, rule: Expression | Each) -> tuple[Short, Read[Value]]:
    """The short ways to a field, and how it is read by itself."""
    if isinstance(rule, Each):
        is_total = type_.sort is Sort.NUMBER
        return NONE, _total_of(name, rule) if is_total else _some(_list_of(name, type_, rule))
    if type_.sort is Sort.NUMBER:
        return TOTAL, converted(rule, _number_in, name)
    if name.endswith(".id"):
        return ID, converted(rule, as_id, name)
    told = typed(rule, type_, name)
    if type_.sort is Sort.TIME and name.startswith(("order.", "cart.")):
        return NONE, _past(name, told)
    if type_.sort is Sort.TEXT and name.endswith(".currency"):
        return CURRENCY, _upper(told)
    return short_to(type_.sort), _some(told) if type_.sort is Sort.LIST else told


def _some(told: Read[Value]) -> Read[Value]:
    """Reads the same; an empty list says nothing."""

    def read(part: Part) -> Value:
        value = told(part)
        return None if value.__class__ is list and not value else value

    return read


def _past(name: str, told: Read[Value]) -> Read[Value]:
    """A time in the future would hold back every later change of the same order: it is let go."""

    def read(part: Part) -> Value:
        moment = told(part)
        if not isinstance(moment, datetime) or is_plausible(moment, part.received_at):
            return moment
        part.note(f"{name} cannot be right")
        return None

    return read


def _upper(told: Read[Value]) -> Read[Value]:
    def read(part: Part) -> Value:
        value = told(part)
        return value.upper() if isinstance(value, str) else value

    return read


def _list_of(name: str, type_: Type, rule: Each) -> Read[Value]:
    """One record for each element."""
    known = type_.item.fields if type_.item else {}
    types = {field: known.get(field) or _TEXT for field in rule.fields}
    fields = [
        Field(field, one, short_to(types[field].sort), typed(one, types[field], field))
        for field, one in rule.fields.items()
    ]
    return _of_each(name, rule, together("item", fields))


def _total_of(name: str, rule: Each) -> Read[Decimal | None]:
    """The sum of what all elements tell: shops tell some totals in pieces only. Missing without a piece."""
    pieces = [converted(one, _numbers_in, field) for field, one in rule.fields.items()]
    each = _of_each(name, rule, lambda part: [one for told in pieces for one in told(part) or ()])

    def read(part: Part) -> Decimal | None:
        numbers = [one for some in each(part) for one in some]
        return sum(numbers, NOTHING) if numbers else None

    return read


def _of_each(name: str, rule: Each, read_one: Read[_Told]) -> Read[list[_Told]]:
    told, path = value_of(rule.each, name), path_of(rule.each, name)

    def read(part: Part) -> list[_Told]:
        elements = told(part)
        if elements is None or elements == []:
            return []
        if not isinstance(elements, (list, tuple)):
            raise TranslationError(path, f"{name} is no list")
        inner = part.of_items()
        found: list[_Told] = []
        try:
            for element in elements:
                inner.view["item"] = element
                found.append(read_one(inner))
        except TranslationError as error:
            raise below(f"{path}[{len(found)}]", error) from error
        return found

    return read


def _number_in(value: Value) -> Decimal | None:
    """A number, or the sum of a list's."""
    if isinstance(value, (list, tuple)):
        numbers = _numbers_in(value)
        return sum(numbers, NOTHING) if numbers else None
    return None if is_empty(value) else NOTHING + as_number(value)


def _numbers_in(value: Value) -> list[Decimal]:
    return [as_number(one) for one in as_elements(value) if not is_empty(one)]
