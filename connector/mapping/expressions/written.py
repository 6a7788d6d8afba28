"""A part of an expression as text again: for sentences about it, not to be compiled."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from types import MappingProxyType
from typing import Any, Final

from jinja2 import nodes

from connector.model.showing import one_value

_SIGNS: Final = {
    "eq": "==",
    "ne": "!=",
    "lt": "<",
    "lteq": "<=",
    "gt": ">",
    "gteq": ">=",
    "in": "in",
    "notin": "not in",
}


def written(node: nodes.Node) -> str:
    """The node in the language's own words; brackets stand around what is made of several parts."""
    form = _PLAIN.get(type(node))
    return form(node) if form else f"({_COMBINED[type(node)](node)})"


def _constant(node: nodes.Const) -> str:
    return f"'{node.value}'" if isinstance(node.value, str) else one_value(node.value).lower()


def _filter(node: nodes.Filter) -> str:
    operand = written(node.node) if node.node else ""
    return f"{operand} | {node.name}" + (f"({_several(node.args)})" if node.args else "")


def _comparison(node: nodes.Compare) -> str:
    return " ".join([written(node.expr), *(f"{_SIGNS[one.op]} {written(one.expr)}" for one in node.ops)])


def _choice(node: nodes.CondExpr) -> str:
    other = f" else {written(node.expr2)}" if node.expr2 else ""
    return f"{written(node.expr1)} if {written(node.test)}{other}"


def _several(parts: Iterable[nodes.Node]) -> str:
    return ", ".join(map(written, parts))


def _between(sign: str) -> Callable[[Any], str]:
    return lambda node: f"{written(node.left)} {sign} {written(node.right)}"


_Form = Callable[[Any], str]
_PLAIN: Final[Mapping[type[nodes.Node], _Form]] = MappingProxyType(
    {
        nodes.Name: lambda node: str(node.name),
        nodes.Getattr: lambda node: f"{written(node.node)}.{node.attr}",
        nodes.Getitem: lambda node: f"{written(node.node)}[{written(node.arg)}]",
        nodes.Const: _constant,
        nodes.List: lambda node: f"[{_several(node.items)}]",
        nodes.Tuple: lambda node: f"[{_several(node.items)}]",
        nodes.Filter: _filter,
        nodes.Call: lambda node: f"{written(node.node)}({_several(node.args)})",
    }
)
_COMBINED: Final[Mapping[type[nodes.Node], _Form]] = MappingProxyType(
    {
        nodes.And: _between("and"),
        nodes.Or: _between("or"),
        nodes.Not: lambda node: f"not {written(node.node)}",
        nodes.Neg: lambda node: f"-{written(node.node)}",
        nodes.Add: _between("+"),
        nodes.Sub: _between("-"),
        nodes.Mul: _between("*"),
        nodes.Div: _between("/"),
        nodes.Concat: lambda node: " ~ ".join(map(written, node.nodes)),
        nodes.Compare: _comparison,
        nodes.Test: lambda node: f"{written(node.node)} is {node.name}",
        nodes.CondExpr: _choice,
    }
)
