"""Comparing values of a source's payload, whose kinds are only known when they are there.

Shops write numbers as texts and yes as `true`, `"true"` or `1`; an administrator should not have to know:

- a number and a text that spells one compare as numbers (`"19.95" > 5`, `123 == "123"`), two texts as texts;
- `true` equals `"true"`, but not `1`;
- a time compares with a text that spells one;
- anything else that is unlike is unequal. Which of two unlike values is the larger cannot be told.
"""

from __future__ import annotations

import operator
from collections.abc import Callable, Mapping, Sequence
from datetime import date, tzinfo
from decimal import Decimal
from typing import TypeAlias

from connector.mapping.expressions.values import as_moment, as_text, moment_in, number_in

Judge: TypeAlias = Callable[[object, object], object]


def judge_unlike(judge: Judge, one: object, other: object, zone: tzinfo) -> object:
    """What the judge says of the two in their common kind; None where it cannot be told."""
    pair = _pair(one, other, zone)
    if pair is not None:
        return judge(*pair)
    if judge not in {operator.eq, operator.ne}:
        return None
    are_equal = one.__class__ is other.__class__ and one == other
    return are_equal if judge is operator.eq else not are_equal


def is_part(one: object, whole: object, zone: tzinfo) -> bool:
    """Whether a value is an element of a list, a key of a record or a part of a text."""
    match whole:
        case str():
            return isinstance(one, str) and one in whole
        case Mapping():
            return isinstance(one, str) and one in whole
        case Sequence():
            return any(judge_unlike(operator.eq, one, element, zone) is True for element in whole)
        case _:
            return False


def _pair(one: object, other: object, zone: tzinfo) -> tuple[object, object] | None:
    """The two in the kind in which they can be compared, if there is one."""
    match one, other:
        case (str(), str()):
            return one, other
        case (bool(), bool() | str()) | (str(), bool()):
            return as_text(one).lower(), as_text(other).lower()
        case (date(), _) | (_, date()):
            return _moments(one, other, zone)
        case (int() | float() | Decimal() | str(), int() | float() | Decimal() | str()):
            first, second = number_in(one), number_in(other)
            return None if first is None or second is None else (first, second)
        case _:
            return None


def _moments(one: object, other: object, zone: tzinfo) -> tuple[object, object] | None:
    for value in (one, other):
        if not isinstance(value, date) and (not isinstance(value, str) or moment_in(value) is None):
            return None
    return as_moment(one, zone), as_moment(other, zone)
