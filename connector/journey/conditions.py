"""Asking a condition: yes, no, cannot tell, or that it failed; with the values that it saw."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import field

from connector.errors import ExpressionFailed
from connector.journey.view import View
from connector.mapping.terms import CannotTell, Expression, Scope
from connector.model.decision import Answer
from connector.model.light import light
from connector.model.values import Value


@light
class Asked:
    """What a condition said: `refusal` is None for yes; `seen` holds what a refusal read."""

    refusal: Answer | None = None
    detail: str = ""
    seen: Mapping[str, Value] = field(default_factory=dict)


YES = Asked()


def ask(view: View, condition: Expression | None) -> Asked:
    """The answer in this state. No condition is yes, and costs nothing; an absent or empty value is no."""
    if condition is None:
        return YES
    scope = view.scope
    try:
        value = condition(scope)
    except ExpressionFailed as failure:
        return Asked(Answer.FAILED, str(failure), _read(condition, scope))
    if isinstance(value, CannotTell):
        return Asked(Answer.CANNOT_TELL, f"{value.path} is missing", _read(condition, scope))
    if value:
        return YES
    try:
        return Asked(Answer.NO, "", condition.seen(scope))
    except ExpressionFailed:
        return Asked(Answer.NO)


def seen(view: View, condition: Expression | None) -> Mapping[str, Value]:
    """The values that a condition reads, for the trace; nothing where they cannot be read."""
    return {} if condition is None else _read(condition, view.scope)


def _read(condition: Expression, scope: Scope) -> Mapping[str, Value]:
    try:
        return condition.seen(scope)
    except ExpressionFailed:
        return {}
