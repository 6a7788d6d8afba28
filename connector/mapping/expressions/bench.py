"""The bench on which one expression is compiled: its names, its problems, what it reads, and how large it is.

Each part is compiled by itself, so that all problems of an expression are found at once; a part with a
problem counts as a payload value, which fits anywhere.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Final, TypeAlias

from jinja2 import nodes

from connector.mapping.expressions import logic
from connector.mapping.expressions.fixed_values import always_same
from connector.mapping.expressions.parsing import DEEPEST
from connector.mapping.expressions.problems import Refused, Report
from connector.mapping.expressions.terms import Culture, Run, Term, answer, broken
from connector.model.types import Sort, Type

MOST: Final = 200
"""Parts that an expression may have."""

Form: TypeAlias = "Callable[[Bench, Any], Term]"
"""Compiles one kind of node; raises `Refused`."""


class TooMuch(Refused):
    """The expression is too large, or has too many problems, to be looked at further."""


class Bench:
    """Compiles the nodes of one expression by their `forms`; what has no form does not exist in the language.

    `reads` holds what the expression reads, by path.
    """

    def __init__(
        self,
        names: Mapping[str, Type],
        culture: Culture,
        report: Report,
        forms: Mapping[type[nodes.Node], Form],
    ) -> None:
        self.names = names
        self.culture = culture
        self.report = report
        self.reads: dict[str, Term] = {}
        self._forms = forms
        self._depth = 0
        self._count = 0

    def term(self, node: nodes.Expr) -> Term:
        """The node as a value."""
        self.count(1)
        self._depth += 1
        if self._depth > DEEPEST:
            raise TooMuch(node.lineno or 0, "M217", "this is nested too deeply", f"at most {DEEPEST} levels")
        try:
            return self._forms.get(type(node), not_allowed)(self, node)
        except TooMuch:
            raise
        except Refused as problem:
            self.report.stop(problem)
            if self.report.is_full:
                raise TooMuch(problem.at, problem.code, problem.message, problem.hint) from None
            return broken(problem.at)
        finally:
            self._depth -= 1

    def condition(self, node: nodes.Expr) -> Term:
        """The node as a question, whose only answers are yes, no and *cannot tell*."""
        return answer(self.question(node), 0)

    def question(self, node: nodes.Expr) -> Run:
        """The same, as a closure; each part of an `or` is asked by itself."""
        if isinstance(node, nodes.Or):
            return logic.any_of(tuple(self.question(part) for part in flat(node)))
        return self.asked(self.term(node))

    def asked(self, term: Term) -> Run:
        """The question whether the term's value is there; a fixed value is no question."""
        if term.is_answer or (term.constant and isinstance(term.constant.value, bool)):
            return term.run
        if term.constant or term.elements is not None:
            self.report.stop(always_same(term, self.names))
        return logic.asked(term.run, in_payload=term.type.sort is Sort.ANY)

    def count(self, parts: int) -> None:
        """Count what is compiled. Raises `TooMuch`."""
        self._count += parts
        if self._count > MOST:
            raise TooMuch(0, "M217", "this has too many parts", f"at most {MOST}; split it into segments")


_REFUSED: Final[Mapping[str, tuple[str, str]]] = {
    "Pow": ("** does not exist here", "multiply"),
    "FloorDiv": ("// does not exist here", "write /"),
    "Mod": ("% does not exist here", "write 10% as 0.1"),
    "Dict": ("records cannot be written here", "name the fields of a value"),
    "Slice": ("a part of a list cannot be cut out", "take one element, [0], or | first"),
}


def not_allowed(_: Bench, node: nodes.Node) -> Term:
    """What is compiled of a node that the language does not have: a problem."""
    message, hint = _REFUSED.get(type(node).__name__, ("this is not part of the language", ""))
    raise Refused(node.lineno or 0, "M207", message, hint)


def flat(node: nodes.And | nodes.Or) -> list[nodes.Expr]:
    """The parts of `a and b and c`, which the parser nests to the left."""
    parts: list[nodes.Expr] = []
    left: nodes.Expr = node
    while isinstance(left, type(node)):
        parts.append(left.right)
        left = left.left
    return [left, *reversed(parts)]
