"""A compiled part of an expression: what it is, what it reads, and the closure that works it out."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import tzinfo
from decimal import Decimal
from typing import TypeAlias

from babel import Locale

from connector.mapping.mapping import WorkingDays
from connector.mapping.terms import CannotTell, Scope
from connector.model.types import ANY, Sort, Type

Run: TypeAlias = Callable[[Scope], object]
"""The value in a scope; None where it is missing, `CannotTell` where it cannot be told."""


@dataclass(frozen=True, slots=True)
class Culture:
    """How a mapping writes and reads: its time zone, its locale, and the days on which it works."""

    zone: tzinfo
    locale: Locale
    week: WorkingDays = field(default_factory=WorkingDays)


@dataclass(frozen=True, slots=True)
class Constant:
    """A value that stands in the expression itself."""

    value: object


@dataclass(frozen=True, slots=True)
class Term:
    """One compiled part. `at` is where it begins in the text.

    `path` names what it reads, for *cannot tell*; `keys` are the steps of a plain path, empty for
    anything else. `constant` is set for what is written in the expression. `chain` holds the records
    that a path went through, nearest last. `elements` are those of a list that is written out.
    `is_answer`: nothing but True, False and *cannot tell* can come of it.
    """

    type: Type
    run: Run
    at: int
    path: str = ""
    keys: tuple[str | int, ...] = ()
    constant: Constant | None = None
    chain: tuple[Term, ...] = ()
    elements: tuple[Term, ...] | None = None
    is_answer: bool = False

    @property
    def missing(self) -> CannotTell:
        """What a comparison with this says when the value is missing."""
        return CannotTell(self.path)


def broken(at: int) -> Term:
    """Stands for a part with a problem, so that the rest can still be checked."""
    return Term(ANY, lambda scope: None, at)


def fixed(value: object, at: int) -> Term:
    """A value that is written in the expression."""
    return Term(Type(_sort_of(value)), lambda scope: value, at, constant=Constant(value))


def answer(run: Run, at: int) -> Term:
    """A question that has been compiled."""
    return Term(Type(Sort.YES_NO), run, at, is_answer=True)


def _sort_of(value: object) -> Sort:
    match value:
        case bool():
            return Sort.YES_NO
        case Decimal():
            return Sort.NUMBER
        case str():
            return Sort.TEXT
        case _:
            return Sort.ANY
