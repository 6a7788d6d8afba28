"""From the `goal` of a trigger to what it is to reach."""

from __future__ import annotations

from collections.abc import Collection

from connector.mapping.build.known import know
from connector.mapping.checker import Checker, names_for
from connector.mapping.nodes import Written
from connector.mapping.rules import Goal
from connector.mapping.schema.triggers import TriggerGoalPart
from connector.model.types import Sort, Type


def build_goal(
    part: TriggerGoalPart | None, goals: Collection[str], contact: Type, checker: Checker
) -> Goal | None:
    """The goal; `goals` are the names of the company's own. What is wrong is told to the checker."""
    if part is None:
        return None
    if part.for_ is not None:
        know("goal", part.for_, goals, checker)
    event = _event(part, checker)
    is_known = event is not None and checker.event(event)
    if event is None or not is_known:
        return None
    if part.value is not None and part.no is not None:
        hint = "only an event that comes is worth something"
        checker.refuse(part.place_of("value"), "M172", '"no" and "value" in one goal', hint)
    value = checker.expression(part.value, names_for([event], contact), Sort.NUMBER) if part.value else None
    named = str(part.for_) if part.for_ is not None else None
    return Goal(str(event), part.within, part.no is not None, value, named)


def _event(part: TriggerGoalPart, checker: Checker) -> Written | None:
    if part.event is None and part.no is None:
        hint = "write one, as in event: order.paid"
        checker.refuse(part.place, "M121", 'a goal without "event" or "no"', hint)
    elif part.event is not None and part.no is not None:
        hint = "a goal is that something comes, or that it does not"
        checker.refuse(part.place_of("no"), "M172", '"event" and "no" in one goal', hint)
    return part.event if part.event is not None else part.no
