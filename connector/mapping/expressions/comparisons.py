"""Comparing two values: the closure that does it.

- Numbers by size, texts exactly (capitals count), yes and no with `==` and `!=` only.
- Stages by their place in the journey. A stage that the mapping does not know (any more) cannot be told.
- Times as moments. As soon as one side is a date, both are compared as days in the mapping's zone, so that
  `order.paid_at <= '2026-11-02'` holds all day long. A literal without offset is in the mapping's zone.
- Values of a payload by what they turn out to be (`payload.py`).

To compare with a missing value cannot be told, save with `none`, which asks whether there is one.
"""

from __future__ import annotations

import operator
from collections.abc import Callable, Mapping
from typing import Any, Final

from connector.mapping.expressions.kinds import Key, key_of
from connector.mapping.expressions.logic import is_there, negation
from connector.mapping.expressions.payload import Judge, judge_unlike
from connector.mapping.expressions.problems import Refused
from connector.mapping.expressions.shortcuts import with_shortcut
from connector.mapping.expressions.terms import Culture, Run, Term
from connector.mapping.terms import CannotTell, Scope

_JUDGES: Final[Mapping[str, Callable[[Any, Any], object]]] = {
    "eq": operator.eq,
    "ne": operator.ne,
    "lt": operator.lt,
    "lteq": operator.le,
    "gt": operator.gt,
    "gteq": operator.ge,
}
_MIRRORED: Final = {"lt": "gt", "gt": "lt", "lteq": "gteq", "gteq": "lteq"}


def compare(op: str, left: Term, right: Term, culture: Culture) -> Run:
    """The question `left op right`. Raises `Refused` where the two cannot be compared."""
    if _is_none(left) or _is_none(right):
        return _is_missing(op, right if _is_none(left) else left)
    if left.constant and right.constant:
        raise Refused(left.at, "M214", "this compares two fixed values, so the answer is always the same")
    key, judge = key_of(op, left, right, culture), _JUDGES[op]
    if key is None:
        return _unlike(judge, left, right, culture)
    if right.constant:
        return with_fixed(judge, left, key, key(right.constant.value))
    if left.constant:
        return with_fixed(_JUDGES[_MIRRORED.get(op, op)], right, key, key(left.constant.value))
    return _with_each_other(judge, known(left, key), known(right, key))


def with_fixed(judge: Judge, term: Term, key: Key, wanted: object) -> Run:
    """The question how the term compares with a value that is known beforehand."""
    return with_shortcut(judge, term, key, wanted, in_full(judge, term, key, wanted))


def in_full(judge: Judge, term: Term, key: Key, wanted: object) -> Run:
    """The same question, for whatever may be found."""
    run, missing = term.run, term.missing

    def comparison(scope: Scope) -> object:
        value = run(scope)
        if value is None:
            return missing
        if value.__class__ is CannotTell:
            return value
        found = key(value)
        return missing if found is None else judge(found, wanted)

    return comparison


def known(term: Term, key: Key | None = None) -> Run:
    """The term's value by the key, or that it cannot be told; never None."""
    run, missing = term.run, term.missing

    def value_or_unknown(scope: Scope) -> object:
        value = run(scope)
        if value is None or value.__class__ is CannotTell:
            return value or missing
        found = key(value) if key else value
        return missing if found is None else found

    return value_or_unknown


def _is_none(term: Term) -> bool:
    return term.constant is not None and term.constant.value is None


def _is_missing(op: str, term: Term) -> Run:
    if op not in {"eq", "ne"}:
        raise Refused(term.at, "M210", "nothing is larger or smaller than none", 'write "is none"')
    there = is_there(term.run)
    return there if op == "ne" else negation(there)


def _with_each_other(judge: Judge, left: Run, right: Run) -> Run:
    def comparison(scope: Scope) -> object:
        one = left(scope)
        if one.__class__ is CannotTell:
            return one
        other = right(scope)
        return other if other.__class__ is CannotTell else judge(one, other)

    return comparison


def _unlike(judge: Judge, left: Term, right: Term, culture: Culture) -> Run:
    unknown = left.missing if left.path else right.missing

    def judge_values(one: object, other: object) -> object:
        answer = judge_unlike(judge, one, other, culture.zone)
        return unknown if answer is None else answer

    plain = _with_each_other(judge_values, known(left), known(right))
    wanted = right.constant.value if right.constant else None
    return _with_text(judge, left.run, wanted, plain) if isinstance(wanted, str) else plain


def _with_text(judge: Judge, run: Run, wanted: str, plain: Run) -> Run:
    """How a value of the payload compares with a text that is written; two texts compare as they are."""

    def comparison(scope: Scope) -> object:
        value = run(scope)
        return judge(value, wanted) if value.__class__ is str else plain(scope)

    return comparison
