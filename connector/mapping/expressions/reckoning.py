"""`+ - * /` on numbers, and `~` on texts. What is missing cannot be told; what is no number fails.

Numbers are decimals of forty digits. Nothing here can grow: there are no powers and no repeating of texts,
and `~` keeps within the bounds of a result.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from decimal import Decimal
from typing import Final, TypeAlias

from jinja2 import nodes

from connector.errors import ExpressionFailed
from connector.mapping.expressions.comparisons import known
from connector.mapping.expressions.kinds import NOUNS, named, refuse_none
from connector.mapping.expressions.problems import Refused
from connector.mapping.expressions.terms import Culture, Run, Term, fixed
from connector.mapping.expressions.values import EXACT, as_text, bounded_text, exact
from connector.mapping.terms import CannotTell, Scope
from connector.model.types import Sort, Type

_Operation: TypeAlias = Callable[[Decimal, Decimal], Decimal]


def _divided(one: Decimal, other: Decimal) -> Decimal:
    if not other:
        raise ExpressionFailed("a division by zero")
    return EXACT.divide(one, other)


OPERATIONS: Final[Mapping[type[nodes.BinExpr], tuple[str, _Operation]]] = {
    nodes.Add: ("+", EXACT.add),
    nodes.Sub: ("-", EXACT.subtract),
    nodes.Mul: ("*", EXACT.multiply),
    nodes.Div: ("/", _divided),
}


def reckon(sign: str, operation: _Operation, left: Term, right: Term) -> Term:
    """The term for `left sign right`. Raises `Refused` for what are no numbers, and for a division by 0."""
    for term in (left, right):
        _need_number(term, sign)
    if sign == "/" and right.constant and right.constant.value == 0:
        raise Refused(right.at, "M213", "nothing can be divided by zero")
    first, second = known(left, exact), known(right, exact)

    def result(scope: Scope) -> object:
        one, other = first(scope), second(scope)
        if isinstance(one, Decimal) and isinstance(other, Decimal):
            return operation(one, other)
        return other if isinstance(one, Decimal) else one

    return Term(Type(Sort.NUMBER), result, left.at, left.path or right.path)


def minus(term: Term, at: int) -> Term:
    """The term for `-x`."""
    _need_number(term, "-")
    if term.constant:
        return fixed(-exact(term.constant.value), at)
    run = known(term, exact)

    def opposite(scope: Scope) -> object:
        found = run(scope)
        return -found if isinstance(found, Decimal) else found

    return Term(Type(Sort.NUMBER), opposite, at, term.path)


def joined(parts: tuple[Term, ...], culture: Culture) -> Term:
    """The term for `a ~ b`: the values as one text."""
    for part in parts:
        refuse_none(part)
        if part.type.sort is Sort.RECORD:
            raise Refused(
                part.at, "M213", f"{named(part)} is a whole record, not a text", "name one of its fields"
            )
    path = next((part.path for part in parts if part.path), "")
    return Term(Type(Sort.TEXT), _concatenation([known(part) for part in parts], culture), parts[0].at, path)


def _concatenation(runs: list[Run], culture: Culture) -> Run:
    def text(scope: Scope) -> object:
        written = []
        for run in runs:
            value = run(scope)
            if value.__class__ is CannotTell:
                return value
            written.append(as_text(value, culture.zone))
        return bounded_text("".join(written))

    return text


def _need_number(term: Term, sign: str) -> None:
    refuse_none(term)
    if term.type.sort in {Sort.NUMBER, Sort.ANY}:
        return
    hints = {
        Sort.TEXT: "join texts with ~" if sign == "+" else "make a number of it with | decimal",
        Sort.TIME: "use | days_since, | hours_since or | plus('3d')",
        Sort.DATE: "use | days_since or | plus('3d')",
        Sort.LIST: "count it with | count",
        Sort.YES_NO: "put ( ) around what belongs together",
    }
    raise Refused(
        term.at,
        "M213",
        f"{sign} reckons with numbers, and {named(term)} is {NOUNS[term.type.sort]}",
        hints.get(term.type.sort, ""),
    )
