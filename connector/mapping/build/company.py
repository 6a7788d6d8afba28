"""From what a source says of companies to the rule that reads it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TypeVar

from connector.mapping.checker import Checker, Names
from connector.mapping.nodes import Written
from connector.mapping.scalars import did_you_mean
from connector.mapping.schema.sources import CompanyPart, SourcePart
from connector.mapping.source import CompanyRule
from connector.mapping.terms import Expression
from connector.model.profile import COMPANY_SEEN
from connector.model.types import Type
from connector.model.vocabulary import company_type

Key = TypeVar("Key", bound=str)


def build_company(part: CompanyPart | None, names: Names, checker: Checker) -> CompanyRule:
    """How the company is read; a field that no company has is told to the checker."""
    if part is None:
        return CompanyRule()
    known = stated_of_company(checker)
    for key in part.fields:
        if key not in known:
            message = f'a company has no field "{key[:60]}" that could be stated'
            checker.refuse(key.place, "M146", message, did_you_mean(key, known))
    return CompanyRule(_all(part.identities, names, checker), _all(part.fields, names, checker))


def check_known(part: SourcePart, checker: Checker) -> None:
    """That a company of which something is said is known by something."""
    rules = (rule.company for rules in part.events.values() for rule in rules)
    said = [one for one in (part.company, *rules) if one is not None]
    if said and not any(one.identities for one in said):
        hint = "add identities:, as in {domain: body.company.domain}; a name identifies nothing"
        checker.refuse(said[0].place, "M121", "nothing says by what the company is known", hint)


def stated_of_company(checker: Checker) -> dict[str, Type]:
    """The fields of a company that a source may state, the mapping's own among them."""
    kind = checker.own.get("company") or company_type()
    return {name: one for name, one in kind.fields.items() if name not in COMPANY_SEEN}


def _all(codes: Mapping[Key, Written], names: Names, checker: Checker) -> dict[str, Expression]:
    return {str(key): checker.expression(code, names) for key, code in codes.items()}
