"""The allow-list: every kind of node that the language has, and how it is compiled into a term."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from jinja2 import nodes

from connector.mapping.expressions import filters, forms_of_logic, methods, paths, reckoning
from connector.mapping.expressions.bench import Bench, Form, not_allowed
from connector.mapping.expressions.filter import Use
from connector.mapping.expressions.forms_of_logic import missing_quotes
from connector.mapping.expressions.logic import is_there, negation
from connector.mapping.expressions.problems import Refused, did_you_mean, short
from connector.mapping.expressions.terms import Term, answer, broken, fixed
from connector.model.types import ANY, Sort, Type

_TESTS: Final = {"defined": True, "undefined": False, "none": False}
"""The tests, and whether a value that is there passes them."""


_OTHER_TESTS: Final = {
    "in": "write x in ['a', 'b']",
    "empty": "write not x",
    "true": "ask x by itself",
    "false": "write not x",
}
_LIST_HINT: Final = "as in ['a', 'b']; a decimal is written with a point, as in 99.95"


def _constant(_: Bench, node: nodes.Const) -> Term:
    return fixed(node.value, node.lineno)


def _path(bench: Bench, node: nodes.Expr) -> Term:
    """A name and all its attributes and items. Only the whole path counts as read."""
    steps: list[nodes.Getattr | nodes.Getitem] = []
    while isinstance(node, (nodes.Getattr, nodes.Getitem)):
        steps.append(node)
        node = node.node
    bench.count(len(steps))
    is_name = isinstance(node, nodes.Name)
    term = (
        paths.name(node.name, bench.names, node.lineno) if isinstance(node, nodes.Name) else bench.term(node)
    )
    for step in reversed(steps):
        term = _step(bench, term, step)
    if is_name:
        bench.reads.setdefault(term.path, term)
    return term


def _step(bench: Bench, outer: Term, step: nodes.Getattr | nodes.Getitem) -> Term:
    if isinstance(step, nodes.Getattr):
        return paths.attribute(outer, step.attr, step.lineno)
    if isinstance(step.arg, nodes.Slice):
        return not_allowed(bench, step.arg)
    key = bench.term(step.arg)
    return paths.item(outer, key.constant.value if key.constant else None, key.at)


def _list(bench: Bench, node: nodes.List | nodes.Tuple) -> Term:
    elements = tuple(_element(bench, item) for item in node.items)
    values = tuple(element.constant.value for element in elements if element.constant)
    sorts = {element.type.sort for element in elements}
    item = Type(sorts.pop()) if len(sorts) == 1 else ANY
    return Term(Type(Sort.LIST, item=item), lambda scope: values, node.lineno, elements=elements)


def _element(bench: Bench, node: nodes.Expr) -> Term:
    if isinstance(node, nodes.Name) and node.name not in bench.names:
        bench.report.stop(missing_quotes(node))
        return broken(node.lineno)
    term = bench.term(node)
    if term.constant is None or term.constant.value is None:
        raise Refused(term.at, "M207", "a list that is written out holds fixed values", _LIST_HINT)
    return term


def _binary(bench: Bench, node: nodes.BinExpr) -> Term:
    sign, operation = reckoning.OPERATIONS[type(node)]
    return reckoning.reckon(sign, operation, bench.term(node.left), bench.term(node.right))


def _negative(bench: Bench, node: nodes.Neg) -> Term:
    return reckoning.minus(bench.term(node.node), node.lineno)


def _joined(bench: Bench, node: nodes.Concat) -> Term:
    return reckoning.joined(tuple(bench.term(part) for part in node.nodes), bench.culture)


def _filter(bench: Bench, node: nodes.Filter) -> Term:
    if node.node is None:
        return not_allowed(bench, node)
    arguments = _arguments(bench, node)
    return filters.apply(
        node.name, Use(bench.term(node.node), arguments, bench.names, bench.culture), node.lineno
    )


def _call(bench: Bench, node: nodes.Call) -> Term:
    if not isinstance(node.node, nodes.Getattr):
        hint = f"the methods of a text are {', '.join(methods.METHODS)}"
        raise Refused(node.lineno, "M207", "nothing can be called here", hint)
    arguments = _arguments(bench, node)
    return methods.call(node.node.attr, bench.term(node.node.node), arguments, node.node.lineno)


def _test(bench: Bench, node: nodes.Test) -> Term:
    term = bench.term(node.node)
    if node.name not in _TESTS or node.args or node.kwargs:
        known = "there are: is defined, is none, is not defined, is not none"
        hint = _OTHER_TESTS.get(node.name) or did_you_mean(node.name, _TESTS, known)
        raise Refused(node.lineno, "M208", f'"is {short(node.name)}" cannot be asked', hint)
    there = is_there(term.run)
    return answer(there if _TESTS[node.name] else negation(there), node.lineno)


def _arguments(bench: Bench, node: nodes.Filter | nodes.Call) -> tuple[Term, ...]:
    if node.kwargs or node.dyn_args or node.dyn_kwargs:
        raise Refused(node.lineno, "M209", "arguments have no names here", "write the value only")
    return tuple(bench.term(argument) for argument in node.args)


FORMS: Final[Mapping[type[nodes.Node], Form]] = MappingProxyType(
    {
        nodes.Const: _constant,
        nodes.Name: _path,
        nodes.Getattr: _path,
        nodes.Getitem: _path,
        nodes.List: _list,
        nodes.Tuple: _list,
        nodes.Compare: forms_of_logic.comparison,
        nodes.And: forms_of_logic.conjunction,
        nodes.Or: forms_of_logic.disjunction,
        nodes.Not: forms_of_logic.opposite,
        nodes.CondExpr: forms_of_logic.choice,
        **dict.fromkeys(reckoning.OPERATIONS, _binary),
        nodes.Neg: _negative,
        nodes.Concat: _joined,
        nodes.Filter: _filter,
        nodes.Test: _test,
        nodes.Call: _call,
    }
)
"""Every node of the language."""
