"""Asking a condition: yes, no, cannot tell, or that it failed; with the values that it saw."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from connector.errors import ExpressionFailed
from connector.mapping.mapping import CannotTell, Expression, Scope
from connector.model.decision import Answer
from connector.model.values import Value


@dataclass(frozen=True, slots=True)
class Asked:
    """What a condition said: `refusal` is None for yes; `seen` holds what a refusal read."""

    refusal: Answer | None = None
    detail: str = ""
    seen: Mapping[str, Value] = field(default_factory=dict)


YES = Asked()


def ask(condition: Expression | None, scope: Scope) -> Asked:
    """The answer in this scope. No condition is yes; a value that is absent or empty is no."""
    if condition is None:
        return YES
    try:
        value = condition(scope)
    except ExpressionFailed as failure:
        return Asked(Answer.FAILED, str(failure), seen(condition, scope))
    if isinstance(value, CannotTell):
        return Asked(Answer.CANNOT_TELL, f"{value.path} is missing", seen(condition, scope))
    return YES if value else Asked(Answer.NO, seen=seen(condition, scope))


def seen(condition: Expression | None, scope: Scope) -> Mapping[str, Value]:
    """The values that a condition reads, for the trace; nothing where they cannot be read."""
    if condition is None:
        return {}
    try:
        return condition.seen(scope)
    except ExpressionFailed:
        return {}
