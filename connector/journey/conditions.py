"""Asking a condition: yes, no, cannot tell, or that it failed; with the values that it saw."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import field

from connector.errors import ExpressionFailed
from connector.journey.view import View
from connector.mapping.terms import CannotTell, Expression
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
    try:
        value = condition(view.scope)
    except ExpressionFailed as failure:
        return Asked(Answer.FAILED, str(failure), seen(view, condition))
    if isinstance(value, CannotTell):
        return Asked(Answer.CANNOT_TELL, f"{value.path} is missing", seen(view, condition))
    return YES if value else Asked(Answer.NO, seen=seen(view, condition))


def seen(view: View, condition: Expression | None) -> Mapping[str, Value]:
    """The values that a condition reads, for the trace; nothing where they cannot be read."""
    if condition is None:
        return {}
    try:
        return condition.seen(view.scope)
    except ExpressionFailed:
        return {}
