"""Undoes what rules did: what waits is given up, runs end, what undoes the rest is queued like any action.

So it leaves behind whatever of a contact is still to leave. Every part is a transaction, and what is done by
one is not to be done again: nothing is lost or doubled where the program ends in between. What was done to
our own state is taken back by folding histories again, a pass in pages like any other.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from typing import Final, TypeAlias

from connector.journey.stopping import held_rules
from connector.journey.undoing import end_runs
from connector.model.decision import Answer, TraceEntry
from connector.runtime.undoing import Plan, Wish
from connector.runtime.undoing_shown import acted_on, plans_of, waiting_in
from connector.store import contacts, held, looks, outbox, publications, sweeps, undoing, waiting
from connector.store.database import Store, Transaction
from connector.store.looks import Look
from connector.store.news import News

AT_ONCE: Final = 500
"""Actions that are given up in one transaction."""

_Find: TypeAlias = Callable[[Transaction, Wish, str], Sequence[str]]
"""The next ids behind this one."""

_Change: TypeAlias = Callable[[Transaction, Wish, Sequence[str]], int]
"""Does what is to be done for these contacts: how much has changed."""


def carry_out(store: Store, wish: Wish) -> bool:
    """Do it, or a part of it; whether all is done. Doing it again changes nothing more."""
    if store.write(partial(_give_up, wish=wish)):
        return False
    if wish.trigger and _has_changed(store, wish, (waiting_in, _end_runs)):
        return False
    with store.reading() as tx:
        after = undoing.reached(tx, wish.at)
    if not _has_changed(store, wish, (acted_on, take_back), after):
        folding = wish.folding
        if folding is not None:
            store.write(lambda tx: sweeps.begin(tx, folding, wish.at))
        return True
    store.tell(News.ACTIONS)
    return False


def take_back(tx: Transaction, wish: Wish, ids: Sequence[str]) -> int:
    """Queue what undoes the actions of these contacts, who are locked: nobody else decides for them."""
    changing = [one for one in plans_of(tx, wish, ids, contacts.load) if one.back]
    added = outbox.add(tx, [action for one in changing for action in one.back], wish.at)
    _look(tx, wish, {one.contact_id: _said(one, wish) for one in changing})
    return added


def _has_changed(store: Store, wish: Wish, work: tuple[_Find, _Change], after: str = "") -> bool:
    """Go from page to page until one changes something; whether one did.

    A page is found before its transaction begins, so that receipts never wait for a long search.
    """
    find, change = work
    while True:
        with store.reading() as tx:
            ids = find(tx, wish, after)
        if not ids:
            return False
        if _write(store, wish, change, ids):
            return True
        after = ids[-1]


def _write(store: Store, wish: Wish, change: _Change, ids: Sequence[str]) -> int:
    return store.write(lambda tx: change(tx, wish, ids))


def _give_up(tx: Transaction, wish: Wish) -> int:
    words = f"given up: {wish.who} undid what its rule did"
    return undoing.give_up(tx, wish.which, words, wish.at, AT_ONCE)


def _end_runs(tx: Transaction, wish: Wish, ids: Sequence[str]) -> int:
    people = contacts.load(tx, ids)
    made = {name: end_runs(one, wish.trigger, wish.who, wish.since) for name, one in people.items()}
    ended = {name: one for name, one in made.items() if one.trace}
    changed = [one.contact for one in ended.values()]
    contacts.save(tx, changed, contacts.wakes_of(tx, sorted(ended)))
    waiting.note(tx, changed, _live(tx))
    held.note(tx, {one.id: held_rules(one) for one in changed})
    _look(tx, wish, {name: one.trace for name, one in ended.items()})
    return len(ended)


def _said(one: Plan, wish: Wish) -> tuple[TraceEntry, ...]:
    """What stands in the history of a contact, by the rules that were undone."""
    rules = sorted({action.cause.event for action in one.back})
    detail = f"undone by {wish.who}: what it did is taken back where that can be"
    return tuple(TraceEntry(rule, Answer.ENDED, detail=detail) for rule in rules)


def _look(tx: Transaction, wish: Wish, traces: dict[str, tuple[TraceEntry, ...]]) -> None:
    version = _live(tx)
    looks.record(tx, [Look(name, wish.at, version, (), trace) for name, trace in traces.items()])


def _live(tx: Transaction) -> str:
    live = publications.live(tx)
    return live.version if live else ""
