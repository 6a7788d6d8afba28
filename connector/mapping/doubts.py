"""What is legal and doubtful in rules that are each sound by themselves."""

from __future__ import annotations

from collections import Counter
from collections.abc import Hashable, Iterable, Mapping, Sequence
from datetime import timedelta
from typing import Final

from connector.mapping.accounts import Connection
from connector.mapping.checker import Checker
from connector.mapping.durations import Delay
from connector.mapping.mapping import Defaults
from connector.mapping.rules import DateComes, Occasion, Step, Trigger, Wait
from connector.mapping.scalars import did_you_mean
from connector.mapping.terms import Expression, Place, Rendered
from connector.model.action import ActionSpec, Kind

OWNER = "owner"
"""The argument of an action, and the setting of a connection, that say which colleague a task is for."""


def doubt_owner(
    connection: Connection, spec: ActionSpec, arguments: Iterable[str], place: Place, checker: Checker
) -> None:
    """Warn of an action for a colleague that names none, where the connection names none either."""
    named = spec.arguments.model_fields.get(OWNER)
    is_free = named is not None and not named.is_required()
    if is_free and OWNER not in {*arguments, *connection.settings}:
        hint = f'name one here or, for all, at the connection: "{OWNER}: colleague@example.com"'
        checker.warn(place, "M153", f"{connection.name}.{spec.name} has no owner, so nobody may see it", hint)


MANY: Final = 10
"""So many marketing triggers are let go without a word on pressure; with one more that is a doubt."""


def doubt_rules(
    triggers: Iterable[Trigger], defaults: Defaults, place: Place | None, checker: Checker
) -> None:
    """Warn of what triggers are to each other: twins, the beaten, too many. `place` is that of `defaults`."""
    ordered = sorted(triggers, key=lambda one: (one.place.file, one.place.line))
    _doubt_twins(ordered, checker)
    _doubt_groups(ordered, checker)
    _doubt_beaten(ordered, checker)
    _doubt_pressure(ordered, defaults, place, checker)


def _doubt_twins(triggers: Sequence[Trigger], checker: Checker) -> None:
    """A trigger that does the same for the same reason as one before it."""
    first: dict[Hashable, Trigger] = {}
    for trigger in triggers:
        twin = first.setdefault(_purpose(trigger), trigger)
        if twin is not trigger:
            message = f'"{trigger.name}" does the same for the same reason as "{twin.name}" in {twin.place}'
            checker.warn(trigger.place, "M154", message, "keep one of them, or say how they differ")


def _doubt_groups(triggers: Sequence[Trigger], checker: Checker) -> None:
    """A group of one, and one in which it is left to chance who goes first."""
    grouped = [(one.group, one) for one in triggers if one.group is not None]
    sizes = Counter(group for group, _ in grouped)
    first: dict[tuple[str, int], Trigger] = {}
    for group, one in grouped:
        other = first.setdefault((group, one.priority), one)
        if sizes[group] == 1:
            hint = did_you_mean(group, sizes.keys() - {group}) or "leave it out, or put others into the group"
            checker.warn(one.place, "M177", f'"{one.name}" is alone in the group "{group}"', hint)
        elif other is not one:
            message = f'"{one.name}" and "{other.name}" of the group "{group}" have the same priority'
            hint = "whichever begins first goes first; give them priorities if that is not meant"
            checker.warn(one.place, "M177", message, hint)


def _doubt_beaten(triggers: Sequence[Trigger], checker: Checker) -> None:
    """A trigger that never acts, because another of its group goes first whenever it could."""
    for one in triggers:
        for winner in triggers:
            if one.group is not None and one.group == winner.group and _always_beats(winner, one):
                message = f'"{one.name}" never acts: "{winner.name}" in {winner.place} always goes first'
                hint = "change a priority, or let the other have a condition"
                checker.warn(one.place, "M175", message, hint)
                break


def _always_beats(winner: Trigger, one: Trigger) -> bool:
    is_asked_too = winner.on >= one.on and {*map(_heard, winner.occasions)} >= {*map(_heard, one.occasions)}
    says_yes_too = winner.when is None or _asked(winner.when) == _asked(one.when)
    is_free = winner.limit is None and winner.unless is None and not winner.unless_events and not winner.arms
    is_let_go = winner.mode.name == "live" and winner.suggest is None
    is_as_often = winner.once_per == one.once_per and _asked(winner.for_each) == _asked(one.for_each)
    reaches_as_many = winner.kind is one.kind and winner.late >= one.late
    return (
        winner.priority > one.priority
        and one.loser != "postpone"
        and is_asked_too
        and says_yes_too
        and is_free
        and is_let_go
        and is_as_often
        and reaches_as_many
        and _waits_as_long(winner, one)
    )


def _waits_as_long(winner: Trigger, one: Trigger) -> bool:
    """Whether the winner's run is still there when the other's wait is over."""
    if winner.wait == one.wait is None:
        return True
    lengths = [_length(trigger.wait) for trigger in (winner, one)]
    return None not in lengths and lengths == sorted(
        lengths, key=lambda some: some or timedelta(0), reverse=True
    )


def _length(wait: Wait | None) -> timedelta | None:
    """How long a wait before the first action is; None where that depends."""
    if wait is None:
        return timedelta(0)
    return wait.moment.length if isinstance(wait.moment, Delay) else None


def _doubt_pressure(
    triggers: Sequence[Trigger], defaults: Defaults, place: Place | None, checker: Checker
) -> None:
    """Many marketing triggers, and no bound on what reaches one contact."""
    if defaults.pressure is not None:
        return
    let_go = [one for one in triggers if one.kind is Kind.MARKETING and one.mode.name in ("live", "canary")]
    unbound = [one for one in let_go if one.pressure is None]
    if len(unbound) > MANY:
        message = f"{len(unbound)} marketing triggers, and nothing bounds how much reaches one contact"
        hint = 'say so in the defaults, as in "pressure: 3 per 7d"'
        checker.warn(place or unbound[MANY].place, "M176", message, hint)


def _purpose(trigger: Trigger) -> Hashable:
    """When it acts and what it does, as written but for blanks."""
    return (
        trigger.on,
        frozenset(map(_heard, trigger.occasions)),
        _asked(trigger.when),
        _waited(trigger.wait),
        _asked(trigger.unless),
        trigger.unless_events,
        _asked(trigger.for_each),
        _asked(trigger.suggest),
        tuple(map(_step, trigger.do)),
        tuple((arm, tuple(map(_step, steps))) for arm, steps in sorted(trigger.do_by_arm.items())),
    )


def _heard(occasion: Occasion) -> Hashable:
    if isinstance(occasion, DateComes):
        return _asked(occasion.date), occasion.at, occasion.is_yearly, occasion.shift
    return occasion


def _step(step: Step) -> Hashable:
    if isinstance(step, Wait):
        return _waited(step)
    return step.connection, step.spec.name, _asked(step.condition), _given(step.arguments)


def _waited(wait: Wait | None) -> Hashable:
    if wait is None:
        return None
    return wait.moment, _asked(wait.until), wait.events, wait.at_most, _asked(wait.condition)


def _asked(condition: Expression | None) -> Hashable:
    return " ".join(condition.text.split()) if condition is not None else None


def _given(rendered: Rendered) -> Hashable:
    match rendered:
        case Mapping():
            return tuple(sorted((key, _given(one)) for key, one in rendered.items()))
        case Sequence():
            return tuple(_given(one) for one in rendered)
    return " ".join(rendered.text.split())
