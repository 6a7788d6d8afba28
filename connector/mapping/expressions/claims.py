"""What a question says of the values that it reads, in every way in which its answer can be yes (or no).

A way is a list of claims that would all have to be so: this value is there, that one is missing, this one is
above 5. It follows from the logic of three answers: a comparison that is told, whatever the answer, has found
its values. Where the language is richer than this, a claim is about the whole question.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import pairwise, product
from typing import Final, TypeAlias

from jinja2 import nodes

from connector.mapping.expressions.bench import flat
from connector.mapping.expressions.bounds import Bound, compared, leave_nothing
from connector.mapping.expressions.kinds import Key, key_of
from connector.mapping.expressions.parts import Parts
from connector.mapping.expressions.terms import Term
from connector.mapping.expressions.written import written
from connector.model.types import Sort

MOST_WAYS: Final = 64

_THERE, _MISSING = "there", "missing"
_EMPTY: Final = {Sort.NUMBER: 0, Sort.TEXT: "", Sort.YES_NO: False}
"""What of each sort is there and yet counts as no."""
_NEVER_EMPTY: Final = frozenset({Sort.TIME, Sort.DATE, Sort.STAGE})
_MIRRORED: Final = {"lt": "gt", "gt": "lt", "lteq": "gteq", "gteq": "lteq"}
_SIDES: Final = {
    "eq": {"same"},
    "ne": {"less", "more"},
    "lt": {"less"},
    "lteq": {"less", "same"},
    "gt": {"more"},
    "gteq": {"more", "same"},
}


class TooManyWays(Exception):
    """The question has more ways than are worth a look."""


@dataclass(frozen=True, slots=True)
class Claim:
    """That a value is there, is missing, or is within a bound.

    `of` is how the value is written, `terms` the kind of value that the bound is about, and `node` the part
    of the question that says so.
    """

    of: str
    terms: str
    node: nodes.Expr
    bound: Bound | None = None


Way: TypeAlias = tuple[Claim, ...]


class Known:
    """What has been worked out of one condition, once for every part of it."""

    def __init__(self, parts: Parts) -> None:
        self.culture = parts.culture
        self._parts = parts
        self._terms: dict[nodes.Expr, Term] = {}
        self._ways: dict[tuple[nodes.Expr, bool], list[Way]] = {}

    def term(self, node: nodes.Expr) -> Term:
        """The part as a value."""
        if node not in self._terms:
            self._terms[node] = self._parts.term(node)
        return self._terms[node]

    def ways(self, node: nodes.Expr, *, wanted: bool) -> list[Way]:
        """All ways in which the answer can be `wanted`; none where it never is. Raises `TooManyWays`."""
        if (node, wanted) not in self._ways:
            self._ways[node, wanted] = _ways(self, node, wanted=wanted)
        return self._ways[node, wanted]


def _ways(known: Known, node: nodes.Expr, *, wanted: bool) -> list[Way]:
    match node:
        case nodes.Not():
            found = known.ways(node.node, wanted=not wanted)
        case nodes.And() | nodes.Or():
            each = [known.ways(part, wanted=wanted) for part in flat(node)]
            found = _any(each) if isinstance(node, nodes.Or) == wanted else _all(each)
        case nodes.Compare() if len(node.ops) > 1:
            each = [known.ways(pair, wanted=wanted) for pair in _pairs(node)]
            found = _all(each) if wanted else _any(each)
        case nodes.Compare():
            found = list(_of_comparison(known, node, wanted=wanted))
        case nodes.Test():
            found = _of_being_there(known, node.node, node, is_there=(node.name == "defined") is wanted)
        case nodes.Const(value=bool() as value):
            found = [()] if value is wanted else []
        case _:
            found = list(_of_asking(known, node, wanted=wanted))
    return found


def _pairs(node: nodes.Compare) -> list[nodes.Compare]:
    """The comparisons of `a < b <= c`, one by one."""
    operands = [node.expr, *(one.expr for one in node.ops)]
    return [
        nodes.Compare(left, [one], lineno=left.lineno)
        for (left, _), one in zip(pairwise(operands), node.ops, strict=True)
    ]


def conflict(way: Way) -> list[Claim]:
    """Claims of the way that cannot all be so; empty where it is possible as far as can be seen."""
    for of in dict.fromkeys(claim.of for claim in way):
        about = [claim for claim in way if claim.of == of]
        if {_MISSING} < {claim.terms for claim in about}:
            return about
        for terms in dict.fromkeys(claim.terms for claim in about):
            alike = [claim for claim in about if claim.terms == terms]
            if leave_nothing([claim.bound for claim in alike if claim.bound]):
                return alike
    return []


def _any(each: Iterable[list[Way]]) -> list[Way]:
    return _few([way for some in each for way in some])


def _all(each: Iterable[list[Way]]) -> list[Way]:
    joined: list[Way] = [()]
    for some in each:
        joined = _few([(*one, *other) for one, other in product(joined, some)])
    return joined


def _few(found: list[Way]) -> list[Way]:
    if len(found) > MOST_WAYS:
        raise TooManyWays
    return found


def _of_comparison(known: Known, node: nodes.Compare, *, wanted: bool) -> Iterator[Way]:
    sign, left, right = node.ops[0].op, node.expr, node.ops[0].expr
    one, other = known.term(left), known.term(right)
    if one.constant:
        left, right, one, other, sign = right, left, other, one, _MIRRORED.get(sign, sign)
    if other.constant and other.constant.value is None:
        yield from _of_being_there(known, left, node, is_there=(sign == "ne") is wanted)
    elif sign in {"in", "notin"}:
        yield from _of_membership(known, node, wanted=wanted is (sign == "in"))
    elif (key := key_of(sign, one, other, known.culture)) is None:
        yield _whole(node, wanted=wanted)
    elif other.constant:
        bound = compared(sign, key(other.constant.value))
        yield _within(known, left, node, key, bound if wanted else bound.opposite)
    else:
        yield _between(left, right, node, Bound("in" if wanted else "notin", _SIDES[sign]))


def _of_membership(known: Known, node: nodes.Compare, *, wanted: bool) -> Iterator[Way]:
    left, right = node.expr, node.ops[0].expr
    one, elements = known.term(left), known.term(right).elements
    if elements is None:
        yield _whole(node, wanted=wanted)
    elif not elements:
        yield from [] if wanted else [()]
    elif keys := _one_key(known, one, elements):
        some = frozenset(key(element.constant.value) for key, element in keys if element.constant)
        yield _within(known, left, node, keys[0][0], Bound("in" if wanted else "notin", some))
    else:
        yield _whole(node, wanted=wanted)


def _one_key(known: Known, one: Term, elements: Iterable[Term]) -> list[tuple[Key, Term]]:
    """The elements with the key by which they are compared, if that is the same for all of them."""
    if one.type.sort not in {Sort.TEXT, Sort.NUMBER, Sort.STAGE}:
        return []
    keys = [(key_of("eq", one, element, known.culture), element) for element in elements]
    return [(key, element) for key, element in keys if key is not None]


def _within(known: Known, of: nodes.Expr, node: nodes.Expr, key: Key, bound: Bound) -> Way:
    """That the value is there, of its type, and within the bound."""
    type_, name = known.term(of).type, written(of)
    bounds = [bound]
    if type_.sort is Sort.NUMBER:
        bounds += [Bound("gteq", type_.least)] if type_.least is not None else []
        bounds += [Bound("lteq", type_.most)] if type_.most is not None else []
    if type_.sort is Sort.STAGE:
        bounds.append(Bound("in", frozenset(key(stage) for stage in type_.stages)))
    sample = next(iter(bound.value), None) if isinstance(bound.value, frozenset) else bound.value
    return tuple(Claim(name, _terms(sample), node, one) for one in bounds)


def _terms(sample: object) -> str:
    """Values of different kinds (a day, a moment) are never held against each other."""
    return "number" if not isinstance(sample, bool) and hasattr(sample, "__int__") else type(sample).__name__


def _between(left: nodes.Expr, right: nodes.Expr, node: nodes.Expr, bound: Bound) -> Way:
    """That the two values are there, and which is the larger."""
    one, other = written(left), written(right)
    if one > other:
        one, other = other, one
        turned = {"less": "more", "more": "less"}
        bound = Bound(bound.sign, {turned.get(side, side) for side in bound.value})
    sides = Bound("in", {"same"} if one == other else {"less", "same", "more"})
    which = [Claim(f"{one} and {other}", "side", node, each) for each in (bound, sides)]
    return (Claim(one, _THERE, node), Claim(other, _THERE, node), *which)


def _of_being_there(known: Known, of: nodes.Expr, node: nodes.Expr, *, is_there: bool) -> list[Way]:
    term = known.term(of)
    if not is_there and _is_always_there(term):
        return []
    return [(Claim(written(of), _THERE if is_there else _MISSING, node),)]


def _of_asking(known: Known, node: nodes.Expr, *, wanted: bool) -> Iterator[Way]:
    """Whether a value is there and says something; a no is one that is missing, too."""
    term, name = known.term(node), written(node)
    if term.type.sort in _NEVER_EMPTY:
        yield (Claim(name, _THERE if wanted else _MISSING, node),)
        return
    if term.is_answer or term.type.sort not in _EMPTY:
        there = (Claim(name, _THERE, node),) if wanted else ()
        yield (*there, *_whole(node, wanted=wanted))
        return
    empty = _EMPTY[term.type.sort]
    bound = Bound("notin" if wanted else "in", frozenset({empty}))
    kinds = [bound, Bound("in", frozenset({True, False}))] if term.type.sort is Sort.YES_NO else [bound]
    yield tuple(Claim(name, _terms(empty), node, one) for one in kinds)
    if not wanted and not _is_always_there(term):
        yield (Claim(name, _MISSING, node),)


def _whole(node: nodes.Expr, *, wanted: bool) -> Way:
    """All that can be said: the question as a whole is answered so, which it is or is not."""
    return (Claim(f"whether {written(node)}", "answer", node, Bound("in", {wanted})),)


def _is_always_there(term: Term) -> bool:
    """Whether this is a plain path whose value counts as something where it was never touched."""
    return bool(term.keys) and term.type.absent is not None
