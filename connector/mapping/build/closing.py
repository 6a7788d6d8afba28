"""From the argument `until` of tasks to the events that close what an action made."""

from __future__ import annotations

from connector.mapping.checker import Checker
from connector.mapping.nodes import Items, Table, Tree, Written
from connector.model.action import UNTIL, ActionSpec


def without_closing(spec: ActionSpec, arguments: Table) -> Table:
    """The arguments that the action itself has."""
    if not spec.can_close:
        return arguments
    own = Table(arguments.place)
    for key, node in arguments.items():
        if key != UNTIL:
            own.add(arguments.keys_written[key], node)
    return own


def closing_events(spec: ActionSpec, arguments: Table, checker: Checker) -> frozenset[str]:
    """The events that close it; what is wrong is told to the checker."""
    if not spec.can_close or UNTIL not in arguments:
        return frozenset()
    return frozenset(str(one) for one in _names(arguments[UNTIL], checker) if checker.event(one))


def _names(node: Tree, checker: Checker) -> list[Written]:
    several = node if isinstance(node, Items) else [node]
    found = [one for one in several if isinstance(one, Written) and not one.is_nothing]
    if not found or len(found) < len(several):
        hint = "as in until: order.placed"
        checker.refuse(node.place, "M122", f'"{UNTIL}": an event or a list of events is wanted', hint)
    return found
