"""Which values are surely there when a condition says yes: `cart.total >= 500` is never yes without a total.

It follows from the logic of three answers. To compare with what is missing cannot be told, so a yes and a no
both prove that the compared values are there; to ask for a value proves it by a yes alone; `and`, `or` and
`not` carry that on. What is not proven here may still be there.
"""

from __future__ import annotations

from functools import reduce
from typing import Final, NamedTuple, TypeAlias

from jinja2 import nodes

from connector.mapping.expressions.bench import flat
from connector.mapping.expressions.parsing import LONGEST, parse
from connector.mapping.expressions.problems import Refused

Path: TypeAlias = tuple[str, ...]
"""The steps of a plain path: `("cart", "total")`."""
Paths: TypeAlias = frozenset[Path]

NOTHING: Final[Paths] = frozenset()
_ASK_WHETHER_THERE: Final = {"defined": True, "undefined": False, "none": False}
_ANSWERING: Final = frozenset({"startswith", "endswith"})


class _Proof(NamedTuple):
    """What is surely there when a question is answered with yes, and with no."""

    yes: Paths
    no: Paths


def present_if_yes(source: str) -> Paths:
    """The paths whose values are surely there when the condition says yes; none if it cannot be read."""
    try:
        return _proof(parse(source)).yes if len(source) <= LONGEST else NOTHING
    except (Refused, RecursionError):
        return NOTHING


def _proof(node: nodes.Expr) -> _Proof:
    match node:
        case nodes.And():
            parts = [_proof(part) for part in flat(node)]
            proof = _Proof(_union([one.yes for one in parts]), _common([one.no for one in parts]))
        case nodes.Or():
            parts = [_proof(part) for part in flat(node)]
            proof = _Proof(_common([one.yes for one in parts]), _union([one.no for one in parts]))
        case nodes.Not():
            proof = _Proof(*reversed(_proof(node.node)))
        case nodes.Compare():
            proof = _of_comparison(node)
        case nodes.Test(name=name) if name in _ASK_WHETHER_THERE:
            proof = _of_being_there(node.node, is_yes=_ASK_WHETHER_THERE[name])
        case nodes.Call(node=nodes.Getattr(attr=name)) if name in _ANSWERING:
            proof = _Proof(_needed(node), _needed(node))
        case _:
            proof = _Proof(_needed(node), NOTHING)
    return proof


def _of_comparison(node: nodes.Compare) -> _Proof:
    """Of `a < b <= c`: a yes proves all of them, a no only what every pair has in common."""
    left, proofs = node.expr, []
    for operand in node.ops:
        proofs.append(_of_pair(left, operand))
        left = operand.expr
    return _Proof(_union([one.yes for one in proofs]), _common([one.no for one in proofs]))


def _of_pair(left: nodes.Expr, operand: nodes.Operand) -> _Proof:
    both = _needed(left) | _needed(operand.expr)
    for one, other in ((left, operand.expr), (operand.expr, left)):
        if isinstance(one, nodes.Const) and one.value is None:
            return _of_being_there(other, is_yes=operand.op == "ne")
    match operand.op:
        case "in":
            return _Proof(both, NOTHING)  # Nothing is in an empty list, not even what is missing.
        case "notin":
            return _Proof(NOTHING, both)
    return _Proof(both, both)


def _of_being_there(node: nodes.Expr, *, is_yes: bool) -> _Proof:
    there = _needed(node)
    return _Proof(there, NOTHING) if is_yes else _Proof(NOTHING, there)


def _needed(node: nodes.Expr) -> Paths:
    """The paths without whose values this has no value itself."""
    needed = NOTHING
    match node:
        case nodes.Name() | nodes.Getattr() | nodes.Getitem():
            needed = frozenset(filter(None, [path_of(node)]))
        case nodes.Filter(node=nodes.Expr() as operand):
            needed = _of_filter(node, operand)
        case nodes.Neg(node=operand):
            needed = _needed(operand)
        case nodes.Call(node=nodes.Getattr(node=operand)):
            needed = _union([_needed(operand), *map(_needed, node.args)])
        case nodes.Concat():
            needed = _union([_needed(part) for part in node.nodes])
        case nodes.Or():
            needed = _common([_needed(part) for part in flat(node)])
        case nodes.Add() | nodes.Sub() | nodes.Mul() | nodes.Div():
            needed = _needed(node.left) | _needed(node.right)
        case nodes.CondExpr(expr2=nodes.Expr() as otherwise):
            needed = _needed(node.expr1) & _needed(otherwise)
    return needed


def _of_filter(node: nodes.Filter, operand: nodes.Expr) -> Paths:
    """A filter passes by what is missing, save `default`, which replaces it, and `count`, which is then 0."""
    if node.name == "count":
        return NOTHING
    instead = [_needed(argument) for argument in node.args] if node.name == "default" else []
    return _common([_needed(operand), *instead])


def path_of(node: nodes.Node) -> Path:
    """The steps of a path of names; empty for anything else, such as a place in a list."""
    match node:
        case nodes.Name():
            return (node.name,)
        case nodes.Getattr() if outer := path_of(node.node):
            return (*outer, node.attr)
        case nodes.Getitem(arg=nodes.Const(value=str() as key)) if outer := path_of(node.node):
            return (*outer, key)
    return ()


def _union(some: list[Paths]) -> Paths:
    return frozenset[Path]().union(*some)


def _common(some: list[Paths]) -> Paths:
    return reduce(frozenset.intersection, some)
