"""Conditions, and parts of them, whose answer is known beforehand: never yes, or never anything else.

`cart.total < 0`, `x > 5 and x < 3`, `contact.stage == 'do' and contact.stage == 'care'`. A condition that is
never yes is an error, since its rule would never do anything; the rest works, and is hardly meant. What is
told here is certain; what is not told may still be so.
"""

from __future__ import annotations

from typing import Final

from jinja2 import nodes

from connector.errors import Problem
from connector.mapping.expressions.bench import flat
from connector.mapping.expressions.claims import Claim, Known, TooManyWays, Way, conflict
from connector.mapping.expressions.compiled import CompiledExpression
from connector.mapping.expressions.parsing import parse
from connector.mapping.expressions.parts import Parts
from connector.mapping.expressions.problems import Report, short
from connector.mapping.expressions.written import written
from connector.mapping.terms import Expression

NEVER: Final = "M220"
NEVER_A_PART: Final = "M231"
ALWAYS: Final = "M232"

_WITHOUT: Final = 'leave it out; whether a value is there is asked with "is defined"'


def foregone(condition: Expression) -> tuple[Problem, ...]:
    """What of a condition is known beforehand, by place."""
    if not isinstance(condition, CompiledExpression):
        return ()
    report, tree = Report(condition.text, condition.place), parse(condition.text)
    search = _Search(condition.parts, report)
    if search.is_never(tree, wanted=True):
        search.note(tree, NEVER)
    elif search.is_never(tree, wanted=False):
        report.add(_at(tree), ALWAYS, "this is never no", _WITHOUT, "warning")
    else:
        search.within(tree, wanted=True)
    return tuple(sorted(report.problems))


class _Search:
    def __init__(self, parts: Parts, report: Report) -> None:
        self._known = Known(parts)
        self._report = report

    def is_never(self, node: nodes.Expr, *, wanted: bool) -> bool:
        """Whether the answer is surely never `wanted`."""
        found = self._ways(node, wanted=wanted)
        return found is not None and all(map(conflict, found))

    def within(self, node: nodes.Expr, *, wanted: bool) -> None:
        """Look at the parts of what is neither: a choice that never holds, a demand that always does."""
        match node:
            case nodes.Not():
                self.within(node.node, wanted=not wanted)
            case nodes.And() | nodes.Or():
                is_choice = isinstance(node, nodes.Or) == wanted
                for part in flat(node):
                    self._part(part, wanted=wanted, is_choice=is_choice)

    def _part(self, part: nodes.Expr, *, wanted: bool, is_choice: bool) -> None:
        if is_choice and self.is_never(part, wanted=wanted):
            self.note(part, NEVER_A_PART, wanted=wanted)
        elif not is_choice and self.is_never(part, wanted=not wanted):
            never = "no" if wanted else "yes"
            self._report.add(_at(part), ALWAYS, f"this part is never {never}", _WITHOUT, "warning")
        else:
            self.within(part, wanted=wanted)

    def note(self, node: nodes.Expr, code: str, *, wanted: bool = True) -> None:
        """Say that the answer is never `wanted`, and why."""
        found = self._ways(node, wanted=wanted) or []
        clash = conflict(found[0]) if len(found) == 1 else []
        at, why = _at(clash[-1].node) if clash else _at(node), _why(clash)
        message = f"this {'' if code == NEVER else 'part '}is never {'yes' if wanted else 'no'}{why}"
        self._report.add(
            at, code, message, _remedy(clash, self._known), "error" if code == NEVER else "warning"
        )

    def _ways(self, node: nodes.Expr, *, wanted: bool) -> list[Way] | None:
        try:
            return self._known.ways(node, wanted=wanted)
        except TooManyWays:
            return None


def _why(clash: list[Claim]) -> str:
    said = list(dict.fromkeys(_said(one) for one in clash))
    match said:
        case []:
            return ""
        case [only]:
            return f": {only}"
        case _:
            return f": {', '.join(said[:-1])} and {said[-1]} exclude each other"


def _said(claim: Claim) -> str:
    """The part that makes the claim, without the brackets around it."""
    words = written(claim.node)
    return short(words[1:-1] if words.startswith("(") and words.endswith(")") else words)


def _remedy(clash: list[Claim], known: Known) -> str:
    if not clash:
        return "it holds for nobody, whatever happens"
    if all(one.node is clash[0].node for one in clash):
        return _limits(clash, known)
    if all(one.bound and one.bound.sign == "in" and _is_value(one) for one in clash):
        return f"one value is not several: write or between them, or {clash[0].of} in [… , …]"
    return "between two that exclude each other stands or"


def _is_value(claim: Claim) -> bool:
    return isinstance(claim.node, nodes.Compare) and claim.of == written(claim.node.expr)


def _limits(clash: list[Claim], known: Known) -> str:
    """What the value can be at all, where a single comparison asks for more."""
    compared = clash[0].node
    sides = [compared.expr, compared.ops[0].expr] if isinstance(compared, nodes.Compare) else []
    for type_ in (known.term(side).type for side in sides):
        if type_.stages:
            return f"the stages, in their order: {', '.join(type_.stages)}"
        if type_.least is not None or type_.most is not None:
            least = f"at least {type_.least}" if type_.least is not None else ""
            most = f"at most {type_.most}" if type_.most is not None else ""
            return f"{clash[0].of} is {' and '.join(filter(None, [least, most]))}"
    return "leave it out"


def _at(node: nodes.Expr) -> int:
    """Where the node begins: its leftmost part, not its operator."""
    match node:
        case nodes.Compare(expr=left) | nodes.And(left=left) | nodes.Or(left=left):
            return _at(left)
        case nodes.Filter(node=nodes.Expr() as left) | nodes.Call(node=left):
            return _at(left)
        case nodes.Test(node=left) | nodes.Getattr(node=left) | nodes.Getitem(node=left):
            return _at(left)
        case _:
            return node.lineno
