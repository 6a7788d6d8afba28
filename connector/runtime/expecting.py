"""What an import would do with what is to act: whom its triggers begin for, what is entered, what that costs.

Each event is decided as it would be now, on the contact as they are, and by itself: what several of them
bring about only together, as a third order does, is not seen. All of it comes within the hour in which it is
imported. Nothing is written.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from typing import Final

from connector.journey.decide import decide
from connector.journey.identity import introduce
from connector.mapping.mapping import Mapping
from connector.mapping.rules import ActionTemplate, Trigger
from connector.model.action import ActionSpec
from connector.model.contact import Contact
from connector.model.event import Event
from connector.runtime.costing import Draft
from connector.runtime.entrances import entrances, is_by_move, rule_of
from connector.runtime.forecast import BEGINS
from connector.runtime.weighing import Cost, Scales
from connector.store.database import Transaction

FILLING: Final = frozenset({"update_cart", "update_order"})
"""Actions at Mailchimp that fill a store, upon which its automations write to people."""


class Expecting:
    """Hears of the events that are to act; `runs` are counted by rule, `people` have whom each is about."""

    def __init__(self, mapping: Mapping, specs: Sequence[ActionSpec], now: datetime) -> None:
        self.runs: Counter[str] = Counter()
        self.people: defaultdict[str, set[str]] = defaultdict(set)
        self.broken = 0
        self._mapping, self._now = mapping, now
        acting = {**mapping.triggers, **entrances(mapping)}
        self._rules = {rule_of(name): one for name, one in acting.items() if not is_by_move(one)}
        self._scales = Scales(mapping, Draft(mapping, (), specs).doings, now)

    @property
    def costs(self) -> list[Cost]:
        """What it costs at each account, by its name."""
        return [cost for _, cost in sorted(self._scales.costs.items())]

    def hear(self, tx: Transaction, event: Event, known: Contact | None) -> None:
        """Count what follows upon an event of this contact, or of somebody who is new."""
        before = known or Contact(f"new:{event.identities[0]}", self._now)
        try:
            decision = decide(self._mapping, introduce(before, event.identities), event, self._now)
        except Exception:  # a rule of ours breaks: told in the number, and by the log when it is real
            self.broken += 1
            return
        rules = [one.rule for one in decision.trace if one.answer in BEGINS and one.rule in self._rules]
        for rule in rules:
            self.runs[rule] += 1
            self.people[rule].add(before.id)
            self._weigh(tx, self._rules[rule], decision.contact)

    def _weigh(self, tx: Transaction, trigger: Trigger, contact: Contact) -> None:
        steps = [one for one in trigger.actions if one.spec.effect]
        if steps:
            self._scales.weigh(trigger, steps, [contact], self._scales.latest(tx, steps, [contact.id]))


def filling(mapping: Mapping) -> list[str]:
    """Where the mapping fills a store at Mailchimp, in order."""
    places = (one.place for one in _steps(mapping) if _fills(one.spec))
    return sorted({str(one) for one in places})


def _fills(spec: ActionSpec) -> bool:
    return spec.platform == "mailchimp" and spec.name in FILLING


def _steps(mapping: Mapping) -> Iterator[ActionTemplate]:
    cells: Iterable[Sequence[ActionTemplate]] = (
        [one.do for one in mapping.grid.cells.values()] if mapping.grid else []
    )
    entered = (steps for journey in mapping.journeys.values() for steps in journey.enter.values())
    for some in (*(one.actions for one in mapping.triggers.values()), *entered, *cells):
        yield from some
