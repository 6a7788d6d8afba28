"""What a publication costs before it acts: whom its triggers add to the accounts that are paid for by people.

It is the most that it can be: every step is taken to be done for everybody whom its trigger reaches and to
whom it may be done now, whatever its own `if` and the arms of an experiment say. Nothing is written.
"""

from __future__ import annotations

from collections.abc import Mapping as Table
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from connector.mapping.mapping import Mapping
from connector.mapping.rules import ActionTemplate, Trigger
from connector.model.action import ActionSpec, Effect
from connector.runtime.entrances import entrances, is_by_move
from connector.runtime.reaching import Outlook, news
from connector.runtime.weighing import Cost, Doings, Scales
from connector.store import contacts
from connector.store.database import Store

_AT_ONCE: Final = 200
_IDLE: Final = frozenset({"shadow", "paused"})
"""Modes of a trigger that does nothing."""


@dataclass(frozen=True, slots=True)
class Draft:
    """A mapping that is about to be published, those of its triggers that may cost more than before, and the
    declarations of all actions."""

    mapping: Mapping
    triggers: Sequence[Trigger]
    specs: Sequence[ActionSpec]

    @property
    def doings(self) -> Table[str, Doings]:
        """By platform."""
        found: dict[str, dict[str, Effect]] = {}
        for spec in self.specs:
            if spec.effect:
                found.setdefault(spec.platform, {})[spec.name] = spec.effect
        return found


def dearer(before: Mapping | None, after: Mapping) -> list[Trigger]:
    """The triggers that may cost more than they did: those that are new, ask otherwise, do something else to
    the number of people somewhere, or are let go further. So with what entering a stage or a cell does."""
    known = {**(before.triggers if before is not None else {}), **entrances(before)}
    anew = {**after.triggers, **entrances(after)}
    asking = {one.name for one in news(before, after)}
    return [
        one
        for name, one in sorted(anew.items())
        if _acting(one) and (name in asking or _spends_otherwise(one, known[name]))
    ]


def costs(store: Store, draft: Draft, seen: Outlook, now: datetime) -> list[Cost]:
    """What the draft's triggers cost, by what was seen of whom they reach: an account each, by its name."""
    scales = Scales(draft.mapping, draft.doings, now)
    for trigger in draft.triggers:
        ids, steps = sorted(seen.reaches[trigger.name].people), _acting(trigger)
        for start in range(0, len(ids), _AT_ONCE):
            with store.reading() as tx:
                page = contacts.peek(tx, ids[start : start + _AT_ONCE])
                latest = scales.latest(tx, steps, page.keys())
            scales.weigh(trigger, steps, page.values(), latest)
    return [cost for _, cost in sorted(scales.costs.items())]


def _acting(trigger: Trigger) -> list[ActionTemplate]:
    """The steps of a trigger that do something to the number of people somewhere."""
    return [one for one in trigger.actions if one.spec.effect] if trigger.mode.name not in _IDLE else []


def _spends_otherwise(trigger: Trigger, before: Trigger) -> bool:
    """Whom a move that is known brings to a stage is told by the entries of that."""
    return not is_by_move(trigger) and _spending(trigger) != _spending(before)


def _spending(trigger: Trigger) -> object:
    steps = {
        (one.connection, one.spec.effect, one.condition.text if one.condition else "")
        for one in _acting(trigger)
    }
    return steps, trigger.mode, trigger.arms
