"""What a filter is, and how the functions behind filters become closures."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace

from connector.mapping.expressions.problems import Refused
from connector.mapping.expressions.terms import Culture, Term
from connector.mapping.terms import CannotTell, Scope
from connector.model.types import Sort, Type


@dataclass(frozen=True, slots=True)
class Use:
    """One use of a filter: what it stands behind, and with what."""

    operand: Term
    arguments: tuple[Term, ...]
    names: Mapping[str, Type]
    culture: Culture

    def text(self, otherwise: str) -> str:
        """The argument, a fixed text; `otherwise` where none is given. Raises `Refused` for anything else."""
        if not self.arguments:
            return otherwise
        given = self.arguments[0]
        if given.constant is None or not isinstance(given.constant.value, str):
            raise Refused(given.at, "M209", "the argument of this filter is a fixed text", "put it in quotes")
        return given.constant.value


@dataclass(frozen=True, slots=True)
class Filter:
    """One filter: its sentence in the reference, the sorts that it takes, and how a use of it is compiled."""

    about: str
    takes: frozenset[Sort]
    make: Callable[[Use], Term]
    least: int = 0
    most: int = 0


def mapped(operand: Term, gives: Type, function: Callable[[object], object]) -> Term:
    """The term for a pure function of one value; what is missing or cannot be told passes by it."""
    run = operand.run

    def result(scope: Scope) -> object:
        value = run(scope)
        return value if value is None or value.__class__ is CannotTell else function(value)

    return derived(replace(operand, run=result), gives)


def derived(term: Term, gives: Type) -> Term:
    """A term that goes on from another: it keeps the place and the path for messages, and nothing else."""
    return Term(gives, term.run, term.at, term.path)
