"""Shortcuts for what conditions ask most: a plain path, compared with a value that is known beforehand.

A shortcut answers only where the value is there and of the very class that the model declares. Everything
else (what is missing, another class, a number that is none) it leaves to the closure that does without it, so
that both always answer alike. It reads and compares in one function: calls are what conditions cost most.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from decimal import Decimal
from typing import Any, Final, TypeAlias

from connector.mapping.expressions.kinds import Key
from connector.mapping.expressions.terms import Run, Term
from connector.mapping.expressions.values import as_number, as_text
from connector.model.types import Sort

_Judge: TypeAlias = Callable[[Any, Any], object]
_Keys: TypeAlias = tuple[str | int, ...]

_CLASSES: Final[Mapping[Key, type]] = {as_text: str, bool: bool}
"""The keys that leave values of a class as they are."""
_ASTRAY: Final = (AttributeError, KeyError, TypeError)
"""What comes of looking into something that is not there, or that is no record."""


def with_shortcut(judge: _Judge, term: Term, key: Key, wanted: object, plain: Run) -> Run:
    """The question `plain`, how a term compares with what is wanted, by a shorter way where there is one."""
    if term.type.sort is Sort.STAGE:
        answers = {stage: judge(key(stage), wanted) for stage in term.type.stages}
        return _of_class(term.keys, str, answers.get, term.missing, plain)
    if key is as_number:
        return _of_number(term.keys, judge, wanted, plain)
    return _of_class(term.keys, _CLASSES[key], judge, wanted, plain) if key in _CLASSES else plain


def _of_number(keys: _Keys, judge: _Judge, wanted: object, plain: Run) -> Run:
    """For numbers: decimals that are finite, and whole ones."""
    match keys:
        case (str() as first, str() as second):

            def of_two(scope: Any) -> object:
                try:
                    value = scope[first].get(second)
                except _ASTRAY:
                    return plain(scope)
                if (value.__class__ is Decimal and value.is_finite()) or value.__class__ is int:
                    return judge(value, wanted)
                return plain(scope)

            return of_two
        case (str() as first, str() as second, str() as third):

            def of_three(scope: Any) -> object:
                try:
                    value = scope[first].get(second).get(third)
                except _ASTRAY:
                    return plain(scope)
                if (value.__class__ is Decimal and value.is_finite()) or value.__class__ is int:
                    return judge(value, wanted)
                return plain(scope)

            return of_three
    return plain


def _of_class(keys: _Keys, kind: type, judge: _Judge, wanted: object, plain: Run) -> Run:
    """For values of one class that are compared as they are."""
    match keys:
        case (str() as first, str() as second):

            def of_two(scope: Any) -> object:
                try:
                    value = scope[first].get(second)
                except _ASTRAY:
                    return plain(scope)
                return judge(value, wanted) if value.__class__ is kind else plain(scope)

            return of_two
        case (str() as first, str() as second, str() as third):

            def of_three(scope: Any) -> object:
                try:
                    value = scope[first].get(second).get(third)
                except _ASTRAY:
                    return plain(scope)
                return judge(value, wanted) if value.__class__ is kind else plain(scope)

            return of_three
    return plain
