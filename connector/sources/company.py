"""Of which company a part speaks, and what it says of it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Final

from connector.errors import TranslationError
from connector.mapping.mapping import Mapping as Rules
from connector.mapping.source import EventRule, Source
from connector.mapping.terms import Expression
from connector.model import domains
from connector.model.event import Identity
from connector.model.types import Sort, Type
from connector.model.values import Value
from connector.sources.convert import Unreadable, as_id, as_text, convert
from connector.sources.part import Part, is_empty, path_of
from connector.sources.subjects import Subjects

_TEXT: Final = Type(Sort.TEXT)


def read_company(source: Source, rule: EventRule, part: Part, scope: str) -> tuple[Identity, ...]:
    """By what the company can be recognised, its own id first; `scope` is where that is known.

    A rule's own expression takes the place of the source's. What is no domain, or a public mail provider's,
    is noted and identifies nothing. Raises TranslationError for a wrong id.
    """
    kinds = {**source.company.identities, **rule.company.identities}
    found = (_READ[kind](kinds[kind], part, scope) for kind in _READ if kind in kinds)
    return tuple(one for one in found if one is not None)


def read_company_fields(source: Source, rule: EventRule, part: Part, mapping: Rules) -> dict[str, Value]:
    """What is said of the company, in the declared types.

    What is missing or empty says nothing; what is not of its type is noted and left out.
    """
    said = {**source.company.fields, **rule.company.fields}
    read = {name: _field(name, one, part, mapping.company_type) for name, one in said.items()}
    return {name: value for name, value in read.items() if value is not None}


def read_filled_of_company(
    mapping: Rules, connection: str, subjects: Subjects, part: Part
) -> dict[str, Value]:
    """The company's own fields that a changed property of a platform fills, in their types.

    An emptied property says nothing; what is not of its type is noted and left out.
    """
    change, read = subjects.get("change", {}), {}
    for name in mapping.filled_of_company.get((connection, str(change.get("property"))), ()):
        try:
            read[name] = convert(change.get("value"), mapping.company_type.fields[name])
        except Unreadable as error:
            part.note(f"company.{name} {error}")
    return {name: value for name, value in read.items() if value is not None}


def _id(expression: Expression, part: Part, scope: str) -> Identity | None:
    try:
        text = as_id(part.value(expression, "company"))
    except Unreadable as error:
        raise TranslationError(path_of(expression, "company"), f"company {error}") from error
    return domains.company_id(scope, text) if text is not None else None


def _domain(expression: Expression, part: Part, scope: str) -> Identity | None:
    value = part.value(expression, "company.domain")
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


_READ: Final[Mapping[str, Callable[[Expression, Part, str], Identity | None]]] = {
    "id": _id,
    "domain": _domain,
}


def _field(name: str, expression: Expression, part: Part, company: Type) -> Value:
    try:
        value = part.typed(expression, company.fields.get(name, _TEXT), f"company.{name}")
    except TranslationError as error:
        part.note(error.reason)
        return None
    return domains.canonical_domain(as_text(value) or "") if name == "domain" else value
