"""What is legal and doubtful in rules that are each sound by themselves."""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Mapping, Sequence

from connector.mapping.accounts import Connection
from connector.mapping.checker import Checker
from connector.mapping.rules import ActionTemplate, Trigger
from connector.mapping.terms import Expression, Place, Rendered
from connector.model.action import ActionSpec

OWNER = "owner"
"""The argument of an action, and the setting of a connection, that say which colleague a task is for."""


def doubt_owner(
    connection: Connection, spec: ActionSpec, arguments: Iterable[str], place: Place, checker: Checker
) -> None:
    """Warn of an action for a colleague that names none, where the connection names none either."""
    if OWNER in spec.arguments.model_fields and OWNER not in {*arguments, *connection.settings}:
        hint = f'name one here or, for all, at the connection: "{OWNER}: colleague@example.com"'
        checker.warn(place, "M153", f"{connection.name}.{spec.name} has no owner, so nobody may see it", hint)


def doubt_twins(triggers: Iterable[Trigger], checker: Checker) -> None:
    """Warn of a trigger that does the same for the same reason as one before it."""
    first: dict[Hashable, Trigger] = {}
    for trigger in sorted(triggers, key=lambda one: (one.place.file, one.place.line)):
        twin = first.setdefault(_purpose(trigger), trigger)
        if twin is not trigger:
            message = f'"{trigger.name}" does the same for the same reason as "{twin.name}" in {twin.place}'
            checker.warn(trigger.place, "M154", message, "keep one of them, or say how they differ")


def _purpose(trigger: Trigger) -> Hashable:
    """When it acts and what it does, as written but for blanks."""
    return trigger.on, trigger.on_stages, _asked(trigger.when), tuple(map(_step, trigger.actions))


def _step(template: ActionTemplate) -> Hashable:
    return template.connection, template.spec.name, _asked(template.condition), _given(template.arguments)


def _asked(condition: Expression | None) -> Hashable:
    return " ".join(condition.text.split()) if condition is not None else None


def _given(rendered: Rendered) -> Hashable:
    match rendered:
        case Mapping():
            return tuple(sorted((key, _given(one)) for key, one in rendered.items()))
        case Sequence():
            return tuple(_given(one) for one in rendered)
    return " ".join(rendered.text.split())
