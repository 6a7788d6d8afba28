"""Folds the histories of contacts again, a page a transaction, under the version for which that was asked.

A page is read and folded before its transaction begins, so that receipts never wait for it. A contact to whom
something has happened meanwhile is folded once more within it. A contact that breaks is left as it was.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from connector.journey.facts import only_facts
from connector.journey.recomputing import Recomputed
from connector.mapping.mapping import Mapping
from connector.model.contact import Contact, changed
from connector.model.decision import Answer, TraceEntry
from connector.model.deeds import named, rule_of
from connector.runtime.pace import Pace
from connector.runtime.pasts import A_SNAPSHOT
from connector.runtime.refolding import Folded, fold_again, is_meant, page, undone_deeds, whose
from connector.runtime.writing import fired, next_look
from connector.store import companies, contacts, deeds, families, looks, publications, snapshots, sweeps
from connector.store.database import Store, Transaction
from connector.store.deeds import Deed
from connector.store.looks import Look
from connector.store.sweeps import Only, Sweep, SweepKind

log = logging.getLogger(__name__)

LARGEST_PAGE: Final = 200

A_PAGE: Final = 0.050
"""Seconds that a page may take in a process that has other work, too."""

REST: Final = 9
"""How many times as long as a page took nothing more is folded: a tenth of the time is enough."""


class Recomputer:
    """One thread calls `step`. How far a pass has come is in the database: any process goes on with it.

    A page takes about `a_page` seconds, and `rest` times as long nothing follows upon it.
    """

    def __init__(
        self, store: Store, clock: Callable[[], datetime], a_page: float = A_PAGE, rest: float = REST
    ) -> None:
        self._store = store
        self._clock = clock
        self._rest = rest
        self._pace = Pace(1, LARGEST_PAGE, a_page)
        self._not_before: float | None = None

    def step(self, mapping: Mapping, *, is_asked: bool = True) -> int:
        """Fold one page again, where that is asked for and its time has come; how many contacts it had."""
        if not is_asked:
            self._not_before = None
            return 0
        began = time.monotonic()
        if self._not_before is not None and began < self._not_before:
            return 0
        done = self._step(mapping)
        ended = time.monotonic()
        self._not_before = ended + (ended - began) * self._rest if done else None
        return done

    def seconds_to_wait(self) -> float | None:
        """How long it rests yet, 0 where it has rested; None where nothing is to be done."""
        return None if self._not_before is None else max(0.0, self._not_before - time.monotonic())

    def _step(self, mapping: Mapping) -> int:
        with self._store.reading() as tx:
            one = sweeps.under_way(tx, SweepKind.RECOMPUTE)
            live = publications.live(tx) if one else None
        if one is None:
            return 0
        if live is not None and live.version != one.name:
            self._give_up(one)
            return 0
        if one.name != mapping.version:
            return 0
        return self._pace.timed(lambda size: self._page(one, mapping, size))

    def _give_up(self, one: Sweep) -> None:
        """What was shown to whoever asked holds for one version only."""
        log.warning(
            "another version is live than the one for which histories were folded again: that ends after %d "
            "contact(s); `loods %s` shows what it would mean now",
            one.seen,
            "undo" if one.asked.only.undone else "recompute",
        )
        self._store.write(lambda tx: sweeps.finish(tx, one, self._clock()))

    def _page(self, one: Sweep, mapping: Mapping, size: int) -> int:
        now = self._clock()
        with self._store.reading() as tx:
            ids = page(tx, one.asked.only, one.after, one.seen, size)
            people = contacts.peek(tx, whose(tx, one.asked.only, ids))
            folded = fold_again(tx, mapping, people, now, one.asked.only)
        return self._store.write(lambda tx: _write(tx, mapping, one, _Page(ids, folded, now)))


@dataclass(frozen=True, slots=True)
class _Page:
    """The contacts that come next, folded as they were read."""

    ids: Sequence[str]
    folded: Folded
    now: datetime


def _write(tx: Transaction, mapping: Mapping, one: Sweep, read: _Page) -> int:
    """Write a page down, unless another process has done so; how many contacts it had."""
    known = sweeps.open_one(tx, {SweepKind.RECOMPUTE: one.name})
    if known is None or (known.id, known.after, known.seen) != (one.id, one.after, one.seen):
        return 0
    if not read.ids:
        sweeps.finish(tx, one, read.now)
        return 0
    folded = _newest(tx, mapping, read, one.asked.only)
    for name, error in folded.broken.items():
        log.error("the history of contact %s cannot be folded again; it stays as it is", name, exc_info=error)
    written = [
        (before, folded.after[name])
        for name, before in folded.before.items()
        if name in folded.after and is_meant(before, folded.after[name].contact, one.asked.only)
    ]
    _save(tx, written, read.now)
    _take_out(tx, one, folded)
    changes = sum(_facts(before) != _facts(after.contact) for before, after in written)
    sweeps.reached(tx, one, read.ids[-1], len(read.ids), changed=changes, broken=len(folded.broken))
    return len(read.ids)


def _take_out(tx: Transaction, one: Sweep, folded: Folded) -> None:
    """Write down what was taken out of the histories that were folded, and of whom."""
    undone = undone_deeds(tx, one.asked.only, folded.after)
    deeds.take_out(tx, [deed for some in undone.values() for deed in some])
    said = [Look(name, one.asked.at, one.name, (), _said(one, some)) for name, some in undone.items()]
    looks.record(tx, said)


def _said(one: Sweep, undone: Sequence[Deed]) -> tuple[TraceEntry, ...]:
    """What stands in the history of a contact, by the rules that were undone."""
    return tuple(
        TraceEntry(
            rule_of(deed.event), Answer.ENDED, detail=f"undone by {one.asked.who}: {named(deed.event)}"
        )
        for deed in undone
    )


def _newest(tx: Transaction, mapping: Mapping, read: _Page, only: Only) -> Folded:
    """The page as it is now, locked: whoever has changed since it was read is folded once more.

    Who has become another contact meanwhile is left out: that one is folded with their history.
    """
    held = contacts.load(tx, read.folded.before)
    joined = families.roots(tx, held)
    held = {name: one for name, one in held.items() if name not in joined}
    same = {name for name, one in held.items() if one == changed(read.folded.before[name], company=None)}
    others = companies.attached(tx, [one for name, one in held.items() if name not in same])
    again = fold_again(tx, mapping, {one.id: one for one in others}, read.now, only)
    return Folded(
        {**{name: read.folded.before[name] for name in same}, **again.before},
        {**{name: one for name, one in read.folded.after.items() if name in same}, **again.after},
        {**{name: why for name, why in read.folded.broken.items() if name in same}, **again.broken},
    )


def _save(tx: Transaction, written: Sequence[tuple[Contact, Recomputed]], now: datetime) -> None:
    """Write contacts down, with what later folds of them begin with: nothing, or what they are now."""
    moments = fired(tx, now)
    new = [after for before, after in written if after.contact != before]
    wakes = {one.contact.id: next_look(one.contact, one.wakes_at, moments) for one in new}
    contacts.save(tx, [one.contact for one in new], wakes)
    snapshots.drop(tx, list(wakes))
    for one in new:
        folded = one.contact.folded
        if folded is not None and folded.upto is not None and folded.count >= A_SNAPSHOT:
            snapshots.lay(tx, only_facts(one.contact), folded.upto)


def _facts(contact: Contact) -> Contact:
    return changed(only_facts(contact), company=None)
