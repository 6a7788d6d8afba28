"""What an action is given, made ready: what was written as it is, once, and what is worked out each time."""

from __future__ import annotations

from collections import abc
from dataclasses import dataclass
from typing import NamedTuple, TypeAlias

from connector.mapping.terms import Rendered, Scope
from connector.model.values import Value

Work: TypeAlias = abc.Callable[[Scope], Value]
"""Gives a value in a scope. Raises `ExpressionFailed`."""


class WorkedOut(NamedTuple):
    """An argument that differs from action to action; what comes of a moment is still to be resolved."""

    name: str
    work: Work
    is_moment: bool


@dataclass(frozen=True, slots=True)
class Arguments:
    """The arguments in their order: all that are `fixed`, with None in the places of those worked out."""

    fixed: abc.Mapping[str, Value]
    worked_out: tuple[WorkedOut, ...]


def made_ready(templates: abc.Mapping[str, Rendered], moments: abc.Set[str]) -> Arguments:
    """What of these arguments is the same for everybody; a moment (`1 working day`) never is."""
    fixed = {
        name: _work(one)({}) if name not in moments and _is_fixed(one) else None
        for name, one in templates.items()
    }
    worked_out = [
        WorkedOut(name, _work(one), name in moments)
        for name, one in templates.items()
        if name in moments or not _is_fixed(one)
    ]
    return Arguments(fixed, tuple(worked_out))


def _work(template: Rendered) -> Work:
    """Works out a text, or lists and dictionaries of them."""
    if callable(template):
        return template
    if isinstance(template, abc.Mapping):
        of_names = [(name, _work(one)) for name, one in template.items()]
        return lambda scope: {name: work(scope) for name, work in of_names}
    of_places = [_work(one) for one in template]
    return lambda scope: [work(scope) for work in of_places]


def _is_fixed(template: Rendered) -> bool:
    if callable(template):
        return template.is_constant
    return all(map(_is_fixed, template.values() if isinstance(template, abc.Mapping) else template))
