"""What a condition reads, before anybody asks it."""

from __future__ import annotations

from jinja2 import nodes

from connector.mapping.expressions.parsing import LONGEST, parse
from connector.mapping.expressions.presence import NOTHING, Paths, path_of
from connector.mapping.expressions.problems import Refused


def asked_by(source: str) -> Paths:
    """Every path that stands in an expression, and the beginnings of each; none if it cannot be read."""
    try:
        whole = parse(source) if len(source) <= LONGEST else None
        found = [whole, *whole.find_all((nodes.Getattr, nodes.Getitem))] if whole is not None else []
        return frozenset(filter(None, map(path_of, found)))
    except (Refused, RecursionError):
        return NOTHING
