"""The filters on lists, `join`, `first`, `count` and `pluck`; and `default`, for what is missing."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from connector.errors import ExpressionFailed
from connector.mapping.expressions import paths
from connector.mapping.expressions.filter import Use, mapped
from connector.mapping.expressions.problems import Refused
from connector.mapping.expressions.terms import Term
from connector.mapping.expressions.values import as_text, bounded_text, describe
from connector.mapping.terms import CannotTell, Scope
from connector.model.types import ANY, Sort, Type, list_of


def join(use: Use) -> Term:
    """The elements as one text, with `, ` or the argument between them; missing ones are left out."""
    between, zone = use.text(", "), use.culture.zone
    item = use.operand.type.item
    if item is not None and item.sort is Sort.RECORD:
        raise Refused(
            use.operand.at, "M213", "whole records make no text", "take a field first: | pluck('name')"
        )
    return mapped(
        use.operand,
        Type(Sort.TEXT),
        lambda value: bounded_text(between.join(as_text(element, zone) for element in _elements(value))),
    )


def first(use: Use) -> Term:
    """The first element; missing where the list is empty."""
    term = mapped(use.operand, use.operand.type.item or ANY, lambda value: next(iter(_elements(value)), None))
    return Term(term.type, term.run, term.at, f"{term.path}[0]")


def count(use: Use) -> Term:
    """How many elements; 0 where there is no list at all."""
    run = use.operand.run

    def number(scope: Scope) -> object:
        value = run(scope)
        if value.__class__ is CannotTell:
            return value
        return 0 if value is None else len(_list(value))

    return Term(Type(Sort.NUMBER, absent=0, least=0), number, use.operand.at, use.operand.path)


def pluck(use: Use) -> Term:
    """One field of every element, as a list; elements without it are left out."""
    key, item = use.text(""), use.operand.type.item or ANY
    element = Term(item, use.operand.run, use.arguments[0].at, f"one of {use.operand.path}")
    field = paths.item(element, key, use.arguments[0].at)

    def plucked(value: object) -> list[object]:
        found = [entry.get(key) for entry in _elements(value) if isinstance(entry, Mapping)]
        return [entry for entry in found if entry is not None]

    return mapped(use.operand, list_of(field.type), plucked)


def default(use: Use) -> Term:
    """The value, or the argument where it is missing, cannot be told, or is an empty text."""
    run, otherwise = use.operand.run, use.arguments[0]

    def value_or_default(scope: Scope) -> object:
        value = run(scope)
        if value is None or value == "" or value.__class__ is CannotTell:
            return otherwise.run(scope)
        return value

    alike = use.operand.type.sort is otherwise.type.sort
    gives = replace(use.operand.type, least=None, most=None, choices=()) if alike else ANY
    return Term(gives, value_or_default, use.operand.at, use.operand.path)


def _list(value: object) -> Sequence[object]:
    if isinstance(value, (list, tuple)) or (isinstance(value, Sequence) and not isinstance(value, str)):
        return value
    raise ExpressionFailed(f"{describe(value)} is no list")


def _elements(value: object) -> list[object]:
    return [element for element in _list(value) if element is not None]
