"""The expressions that stand anywhere in a part of a mapping, however deep."""

from __future__ import annotations

from collections import abc
from collections.abc import Iterator
from dataclasses import fields, is_dataclass

from connector.mapping.expressions.compared import compared_with
from connector.mapping.expressions.compiled import CompiledExpression


def compared(part: object, path: str) -> Iterator[tuple[str, CompiledExpression]]:
    """The texts with which the value at `path` is compared in the part's expressions, each with its own."""
    for one in _expressions(part):
        for text in compared_with(one.text, path):
            yield text, one


def _expressions(part: object) -> Iterator[CompiledExpression]:
    if isinstance(part, CompiledExpression):
        yield part
    elif is_dataclass(part) and not isinstance(part, type):
        for one in fields(part):
            if one.init:  # the others are made of these
                yield from _expressions(getattr(part, one.name))
    elif isinstance(part, abc.Mapping):
        for value in part.values():
            yield from _expressions(value)
    elif isinstance(part, tuple | list):
        for value in part:
            yield from _expressions(value)
