"""With which constants a value is compared in an expression."""

from __future__ import annotations

from collections.abc import Iterator

from jinja2 import nodes

from connector.mapping.expressions.parsing import LONGEST, parse
from connector.mapping.expressions.presence import path_of
from connector.mapping.expressions.problems import Refused


def compared_with(source: str, path: str) -> tuple[str, ...]:
    """The texts with which the value at `path` is compared, as in `path == 'a'` and `path in ['a', 'b']`.

    In the order in which they stand; none where the expression cannot be read.
    """
    wanted = tuple(path.split("."))
    try:
        whole = parse(source) if len(source) <= LONGEST else None
        found = [whole, *whole.find_all(nodes.Compare)] if whole is not None else []
        return tuple(dict.fromkeys(text for one in found for text in _texts(one, wanted)))
    except (Refused, RecursionError):
        return ()


def _texts(node: nodes.Node, wanted: tuple[str, ...]) -> Iterator[str]:
    if not isinstance(node, nodes.Compare):
        return
    operands = [node.expr, *(one.expr for one in node.ops)]
    if any(path_of(one) == wanted for one in operands):
        for one in operands:
            yield from _constants(one)


def _constants(node: nodes.Node) -> Iterator[str]:
    match node:
        case nodes.Const(value=str() as text):
            yield text
        case nodes.List(items=items) | nodes.Tuple(items=items):
            for one in items:
                yield from _constants(one)
