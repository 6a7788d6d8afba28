"""Goes through all contacts, a page a transaction: for a moment that was fired, or new rules about time."""

from __future__ import annotations

import logging
from collections.abc import Callable, Collection, Sequence
from datetime import datetime
from typing import Final

from connector.failpoints import reach
from connector.journey.agenda import next_look as next_look_of
from connector.mapping.mapping import Mapping
from connector.model.contact import Contact
from connector.runtime.clockwork import NOTHING, clockwork
from connector.runtime.pace import Pace
from connector.runtime.writing import fired, next_look
from connector.store import companies, contacts, sweeps
from connector.store.database import Store, Transaction
from connector.store.sweeps import Sweep, SweepKind

log = logging.getLogger(__name__)

_OURS: Final = frozenset({SweepKind.MOMENT, SweepKind.RULES})


class Sweeper:
    """One thread calls `step`."""

    def __init__(self, store: Store, clock: Callable[[], datetime]) -> None:
        self._store = store
        self._clock = clock
        self._pace = Pace()
        self._mapping: Mapping | None = None
        self._rules = NOTHING

    def step(self, mapping: Mapping, under_way: Collection[SweepKind]) -> int:
        """One page of what is to be gone through; how many contacts it had, 0 where there is nothing to do.

        `under_way` are the kinds of passes that are not done. New rules about time begin one over all
        contacts, once for all processes.
        """
        has_begun = self._go_by(mapping)
        if not has_begun and _OURS.isdisjoint(under_way):
            return 0
        return self._store.write(lambda tx: self._pace.timed(lambda size: self._page(tx, mapping, size)))

    def _go_by(self, mapping: Mapping) -> bool:
        """Whether these rules are other ones, so that a pass may have begun."""
        if mapping is self._mapping:
            return False
        rules, now = clockwork(mapping), self._clock()
        with self._store.reading() as tx:
            before = sweeps.newest(tx, SweepKind.RULES)
        if rules != (before or NOTHING):
            self._store.write(lambda tx: sweeps.begin_for_rules(tx, rules, now))
        self._mapping, self._rules = mapping, rules
        return True

    def _page(self, tx: Transaction, mapping: Mapping, size: int) -> int:
        now = self._clock()
        one = sweeps.open_one(tx, {SweepKind.MOMENT: None, SweepKind.RULES: self._rules})
        if one is None:
            return 0
        ids = contacts.page(tx, one.after, size)
        if not ids:
            sweeps.finish(tx, one, now)
            return 0
        if one.asked.kind is SweepKind.MOMENT:
            _call(tx, ids, one)
        else:
            _look_anew(tx, ids, mapping, now)
        sweeps.reached(tx, one, ids[-1], len(ids))
        reach("sweep-page")
        return len(ids)


def _call(tx: Transaction, ids: Sequence[str], moment: Sweep) -> None:
    """Whoever is not looked at before the moment that was fired is looked at now."""
    known = contacts.wakes_of(tx, ids)
    contacts.set_wakes(tx, {one: moment.at for one, at in known.items() if at is None or at > moment.at})


def _look_anew(tx: Transaction, ids: Sequence[str], mapping: Mapping, now: datetime) -> None:
    """When each of them is to be looked at, by the rules that are live now."""
    people = {one.id: one for one in companies.attached(tx, [*contacts.load(tx, ids).values()])}
    moments = fired(tx, now)
    known = contacts.wakes_of(tx, ids)
    anew = {name: next_look(one, _reckoned(mapping, one, now), moments) for name, one in people.items()}
    contacts.set_wakes(tx, {name: at for name, at in anew.items() if known.get(name) != at})


def _reckoned(mapping: Mapping, contact: Contact, now: datetime) -> datetime | None:
    """When time means something for a contact; now where that breaks, so that the look tells of it."""
    try:
        return next_look_of(mapping, contact, now)
    except Exception:  # a rule of ours broke on this contact: the others go on
        log.exception("when contact %s is to be looked at cannot be reckoned", contact.id)
        return now
