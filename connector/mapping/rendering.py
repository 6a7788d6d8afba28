"""What an action is given, made ready: what was written as it is, once, and what is worked out each time."""

from __future__ import annotations

from collections import abc
from dataclasses import dataclass
from typing import NamedTuple

from connector.mapping.terms import Rendered, Scope
from connector.model.values import Value


class WorkedOut(NamedTuple):
    """An argument that differs from action to action; what comes of a moment is still to be resolved."""

    name: str
    template: Rendered
    is_moment: bool


@dataclass(frozen=True, slots=True)
class Arguments:
    """The arguments in their order: all that are `fixed`, with None in the places of those worked out."""

    fixed: abc.Mapping[str, Value]
    worked_out: tuple[WorkedOut, ...]


def made_ready(templates: abc.Mapping[str, Rendered], moments: abc.Set[str]) -> Arguments:
    """What of these arguments is the same for everybody; a moment (`1 working day`) never is."""
    fixed = {
        name: render(one, {}) if name not in moments and _is_fixed(one) else None
        for name, one in templates.items()
    }
    worked_out = [
        WorkedOut(name, one, name in moments)
        for name, one in templates.items()
        if name in moments or not _is_fixed(one)
    ]
    return Arguments(fixed, tuple(worked_out))


def render(template: Rendered, scope: Scope) -> Value:
    """A text, or lists and dictionaries of them, with their values. Raises `ExpressionFailed`."""
    if callable(template):
        return template(scope)
    if isinstance(template, abc.Mapping):
        return {name: render(one, scope) for name, one in template.items()}
    return [render(one, scope) for one in template]


def _is_fixed(template: Rendered) -> bool:
    if callable(template):
        return template.is_constant
    return all(map(_is_fixed, template.values() if isinstance(template, abc.Mapping) else template))
