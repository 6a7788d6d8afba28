"""The methods of a text: `startswith`, `endswith`, `lower`, `upper` and `strip`."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Final

from connector.mapping.expressions.comparisons import known
from connector.mapping.expressions.filter import mapped
from connector.mapping.expressions.kinds import NOUNS, named
from connector.mapping.expressions.problems import Refused, did_you_mean, short
from connector.mapping.expressions.terms import Run, Term, answer
from connector.mapping.expressions.values import as_text, bounded_text
from connector.mapping.terms import CannotTell, Scope
from connector.model.types import Sort, Type

_CHANGES: Final[Mapping[str, Callable[[str], str]]] = {
    "lower": str.lower,
    "upper": str.upper,
    "strip": str.strip,
}
_QUESTIONS: Final[Mapping[str, Callable[[str, str], bool]]] = {
    "startswith": str.startswith,
    "endswith": str.endswith,
}
METHODS: Final = (*_QUESTIONS, *_CHANGES)
_TEXTS: Final = frozenset({Sort.TEXT, Sort.STAGE, Sort.ANY})


def call(name: str, operand: Term, arguments: tuple[Term, ...], at: int) -> Term:
    """The term for `operand.name(arguments)`. Raises `Refused`; `at` is the place of the name."""
    if name not in METHODS:
        hint = did_you_mean(name, METHODS, f"the methods of a text are {', '.join(METHODS)}")
        raise Refused(at, "M208", f'there is no method "{short(name)}"', hint)
    wanted = 1 if name in _QUESTIONS else 0
    if len(arguments) != wanted:
        raise Refused(
            at, "M209", f"{name} takes {wanted or 'no'} argument{'s' * (not wanted)}", _example(name)
        )
    for term in (operand, *arguments):
        if term.type.sort not in _TEXTS:
            raise Refused(
                term.at, "M213", f"{name} works on texts, and {named(term)} is {NOUNS[term.type.sort]}"
            )
    if name in _CHANGES:
        change = _CHANGES[name]
        return mapped(operand, Type(Sort.TEXT), lambda value: bounded_text(change(as_text(value))))
    return answer(
        _question(_QUESTIONS[name], known(operand, as_text), known(arguments[0], as_text)), operand.at
    )


def _example(name: str) -> str:
    return f".{name}('…')" if name in _QUESTIONS else f".{name}()"


def _question(ask: Callable[[str, str], bool], whole: Run, part: Run) -> Run:
    def question(scope: Scope) -> object:
        one = whole(scope)
        if one.__class__ is CannotTell:
            return one
        other = part(scope)
        return other if other.__class__ is CannotTell else ask(str(one), str(other))

    return question
