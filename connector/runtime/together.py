"""Consecutive actions about one contact that leave as one call, and are settled by its one outcome."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from connector.errors import Rejected
from connector.model.action import Action, ActionSpec
from connector.model.light import light
from connector.platforms.arguments import checked
from connector.platforms.base import Call
from connector.store.outbox import Queued


@light
class Sent:
    """What leaves by one call: an action, or a run of one contact's, the oldest first."""

    queued: tuple[Queued, ...]
    call: Call

    @property
    def ids(self) -> tuple[int, ...]:
        """The ids of its actions."""
        return tuple(one.id for one in self.queued)


def as_one(spec: ActionSpec, line: Sequence[Queued]) -> tuple[tuple[Queued, ...], Action]:
    """As many as can be done as one, from the head of the line on, and the action that does it.

    What does not fit the model of the action is left for itself, so that nothing else is refused with it.
    """
    head, *others = line
    taken, whole = [head], head.action
    for one in others if others and _fits(spec, whole) else ():
        both = _both(spec, whole, one.action)
        if both is None:
            break
        taken, whole = [*taken, one], both
    return tuple(taken), whole


def _both(spec: ActionSpec, first: Action, then: Action) -> Action | None:
    """What does what both do, the first of which fits the model; None where they cannot be done as one."""
    if spec.join is None or first.kind is not then.kind or first.cause.closes or then.cause.closes:
        return None
    if not _fits(spec, then):
        return None
    try:
        both = replace(first, arguments=spec.join(first.arguments, then.arguments))
    except Rejected:
        return None
    return both if _fits(spec, both) else None


def _fits(spec: ActionSpec, action: Action) -> bool:
    try:
        checked((spec,), action)
    except Rejected:
        return False
    return True
