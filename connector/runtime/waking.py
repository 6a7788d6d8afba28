"""Looks at contacts whose time has come: what time itself means for them, a batch a transaction."""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Final

from connector.errors import StoreError
from connector.failpoints import reach
from connector.journey.wake import wake
from connector.mapping.mapping import Mapping
from connector.model.contact import Contact
from connector.model.decision import Decision
from connector.runtime import pasts
from connector.runtime.firms import Firms
from connector.runtime.keeping import UnknownTextError, require_texts
from connector.runtime.observing import UNOBSERVED, Observer
from connector.runtime.pace import Pace
from connector.runtime.writing import fired, write_down
from connector.store import contacts, history, looking, looks
from connector.store.database import Store, Transaction
from connector.store.looks import Look, Stumble

log = logging.getLogger(__name__)

FIRST_AGAIN: Final = timedelta(minutes=1)
LATEST_AGAIN: Final = timedelta(hours=6)
AT_LEAST: Final = timedelta(seconds=1)
"""A contact is not looked at again before this, whatever a rule says: nobody is to turn in circles."""


@dataclass(slots=True)
class _Looked:
    """What came of a batch: what was decided, what broke, how many actions are new."""

    decided: list[tuple[str, Decision]] = field(default_factory=list)
    broken: dict[str, Exception] = field(default_factory=dict)
    actions: int = 0


class Waker:
    """One thread calls `step`. A contact for whom looking breaks is set aside, and the others go on.

    Who is looked at is written down before, so that also a contact that kills the process is found.
    """

    def __init__(
        self,
        worker: str,
        store: Store,
        clock: Callable[[], datetime],
        dispatch: Callable[[], None],
        observer: Observer = UNOBSERVED,
    ) -> None:
        self._observer = observer
        self._name = worker
        self._store = store
        self._clock = clock
        self._dispatch = dispatch
        self._pace = Pace()

    def recover(self) -> None:
        """Count at whom other workers were looking when they died."""
        ids = self._store.write(lambda tx: looking.recover(tx, self._clock(), self._name))
        if ids:
            log.warning(
                "%d contacts were looked at when a process ended; they are looked at one by one", len(ids)
            )

    def leave(self) -> None:
        """Look at nobody any more."""
        self._store.write(lambda tx: looking.let_go(tx, self._name))

    def step(self, mapping: Mapping) -> int:
        """Look at one batch of contacts that are due; how many they were. Raises UnknownTextError."""
        due, now = self.earliest(), self._clock()
        if due is None or due > now:
            return 0
        ids = self._store.write(lambda tx: looking.take(tx, self._name, now, self._pace.size))
        if not ids:
            return 0
        reach("looking-after-commit")
        try:
            looked = self._store.write(
                lambda tx: self._pace.timed(lambda _: self._look_at(tx, mapping, now, ids))
            )
        except (StoreError, UnknownTextError):
            raise
        except Exception:
            log.exception("a batch of contacts could not be written; they are looked at one by one")
            return self._one_by_one(mapping, now, ids)
        reach("looked-after-commit")
        self._tell(looked)
        return len(ids)

    def earliest(self) -> datetime | None:
        """When the next contact is due."""
        with self._store.reading() as tx:
            return contacts.earliest(tx)

    def _look_at(self, tx: Transaction, mapping: Mapping, now: datetime, ids: Sequence[str]) -> _Looked:
        if not looking.is_in_hand(tx, self._name):
            return _Looked()
        looked = _look_at(tx, mapping, now, looking.still_due(tx, ids, now))
        looking.let_go(tx, self._name)
        reach("looked-before-commit")
        return looked

    def _one_by_one(self, mapping: Mapping, now: datetime, ids: Sequence[str]) -> int:
        for one in ids:
            self._alone(mapping, now, one)
        return len(ids)

    def _alone(self, mapping: Mapping, now: datetime, contact_id: str) -> None:
        """Look at one contact; one that cannot be written is set aside."""
        self._store.write(lambda tx: looking.hold(tx, self._name, [contact_id]))
        try:
            self._tell(self._store.write(lambda tx: self._look_at(tx, mapping, now, [contact_id])))
        except (StoreError, UnknownTextError):
            raise
        except Exception as error:
            broken = {contact_id: error}
            self._tell(_Looked(broken=broken))
            self._store.write(lambda tx: self._set_aside(tx, broken, now))

    def _set_aside(self, tx: Transaction, broken: dict[str, Exception], now: datetime) -> None:
        _stumble(tx, broken, now)
        looking.let_go(tx, self._name)

    def _tell(self, looked: _Looked) -> None:
        for contact_id, error in looked.broken.items():
            log.error("contact %s is looked at again later", contact_id, exc_info=error)
        if looked.decided:
            self._observer.looked([one.trace for _, one in looked.decided])
        if looked.actions:
            self._dispatch()


def _look_at(tx: Transaction, mapping: Mapping, now: datetime, ids: Sequence[str]) -> _Looked:
    looked = _Looked()
    if not ids:
        return looked
    moments, people = fired(tx, now), contacts.load(tx, ids)
    require_texts(mapping, people.values())
    firms = Firms(tx, now)
    firms.lock(people.values())
    for contact_id, before in people.items():
        try:
            decision = _woken(mapping, firms.companies.attach(before), now, moments)
            firms.companies.after(decision.contact)
            looked.decided.append((contact_id, decision))
        except Exception as error:  # a rule of ours broke: told, counted, and tried again later
            looked.broken[contact_id] = error
    kept = pasts.Pasts(tx, mapping, now)
    for name, one in looked.decided:
        kept.keep(people[name], one)
    kept.lay()
    history.record(tx, [deed for _, one in looked.decided for deed in pasts.deeds(one, mapping.version, now)])
    firms.save()
    looked.actions = write_down(tx, mapping, looked.decided, now)
    looks.record(tx, [_entry(name, one, mapping.version, now) for name, one in looked.decided])
    looks.recovered(tx, looks.stumbles_of(tx, [name for name, _ in looked.decided]))
    _stumble(tx, looked.broken, now)
    return looked


def _woken(mapping: Mapping, before: Contact, now: datetime, moments: dict[str, datetime]) -> Decision:
    meant = {name: at for name, at in moments.items() if at >= before.created_at}
    decision = wake(mapping, before, now, meant)
    if decision.wakes_at is None or decision.wakes_at >= now + AT_LEAST:
        return decision
    return replace(decision, wakes_at=now + AT_LEAST)


def _stumble(tx: Transaction, broken: dict[str, Exception], now: datetime) -> None:
    """Write down for whom looking broke, and when it is tried again: each time later than the last."""
    known = looks.stumbles_of(tx, broken)
    again: dict[str, datetime | None] = {}
    for contact_id, error in broken.items():
        failures = known[contact_id].failures + 1 if contact_id in known else 1
        again_at = now + min(FIRST_AGAIN * 2 ** min(failures - 1, 10), LATEST_AGAIN)
        first_line, _, _ = str(error).partition("\n")
        words = f"our own code broke: {type(error).__name__}: {first_line}"
        looks.stumble(tx, Stumble(contact_id, now, failures, again_at, words))
        again[contact_id] = again_at
    contacts.set_wakes(tx, again)


def _entry(contact_id: str, decision: Decision, version: str, now: datetime) -> Look:
    return Look(contact_id, now, version, decision.moves, decision.trace)
