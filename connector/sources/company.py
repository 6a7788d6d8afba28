"""Of which company a part speaks, and what it says of it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Final

from connector.mapping.source import EventRule, Source
from connector.mapping.terms import Expression
from connector.model import domains
from connector.model.event import Identity
from connector.model.types import Sort, Type
from connector.model.values import Value
from connector.sources.by_hand import NONE, Field, short_to, together
from connector.sources.convert import as_id, as_text
from connector.sources.fields import converted, forgiving, is_empty, typed, value_of
from connector.sources.part import Part, Read

_TEXT: Final = Type(Sort.TEXT)


def company_of(source: Source, rule: EventRule) -> Read[tuple[Identity, ...]]:
    """Reads by what the company can be recognised, its own id first, which is known where the connection is.

    A rule's own expression takes the place of the source's. What is no domain, or a public mail provider's,
    is noted and identifies nothing. A wrong id fails.
    """
    kinds = {**source.company.identities, **rule.company.identities}
    told = [make(kinds[kind]) for kind, make in _READ.items() if kind in kinds]
    return lambda part: tuple([one for found in told if (one := found(part)) is not None])


def company_fields_of(source: Source, rule: EventRule, company: Type) -> Read[dict[str, Value]]:
    """Reads what is said of the company, in the types that `company` has for its fields.

    What is missing or empty says nothing; what is not of its type is noted and left out.
    """
    said = {**source.company.fields, **rule.company.fields}
    return together("body", [_field_of(name, one, company) for name, one in said.items()])


def _by_id(expression: Expression) -> Read[Identity | None]:
    told = converted(expression, as_id, "company")

    def read(part: Part) -> Identity | None:
        text = told(part)
        return domains.company_id(part.connection.ids, text) if text is not None else None

    return read


def _by_domain(expression: Expression) -> Read[Identity | None]:
    told = value_of(expression, "company.domain")

    def read(part: Part) -> Identity | None:
        value = told(part)
        if is_empty(value):
            return None
        name = domains.canonical_domain(value) if isinstance(value, str) else None
        if name is None:
            part.note("company.domain is no domain")
            return None
        found = domains.domain(name)
        if found is None:
            part.note(f"company.domain {name} is a public mail provider's, and no company's")
        return found

    return read


_READ: Final[Mapping[str, Callable[[Expression], Read[Identity | None]]]] = {
    "id": _by_id,
    "domain": _by_domain,
}


def _field_of(name: str, expression: Expression, company: Type) -> Field:
    type_ = company.fields.get(name, _TEXT)
    told = forgiving(typed(expression, type_, f"company.{name}"))
    is_domain = name == "domain"
    short = NONE if is_domain else short_to(type_.sort)
    return Field(name, expression, short, _canonical(told) if is_domain else told)


def _canonical(told: Read[Value]) -> Read[Value]:
    return lambda part: domains.canonical_domain(as_text(told(part)) or "")
