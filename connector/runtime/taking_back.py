"""Undoes what rules did: what waits is given up, runs end, what undoes the rest is queued like any action.

So it leaves behind whatever of a contact is still to leave. Every part is a transaction, and what is done by
one is not to be done again: nothing is lost or doubled where the program ends in between.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from typing import Final, TypeAlias

from connector.journey.stopping import held_rules
from connector.journey.undoing import end_runs
from connector.model.decision import Answer, TraceEntry
from connector.runtime.undoing import Plan, Wish
from connector.runtime.undoing_shown import PAGE, page_of
from connector.store import contacts, held, looks, outbox, publications, undoing, waiting
from connector.store.database import Store, Transaction
from connector.store.looks import Look
from connector.store.news import News

AT_ONCE: Final = 500
"""Actions that are given up in one transaction."""

_Page: TypeAlias = Callable[[Transaction, Wish, str], tuple[Sequence[str], int]]
"""Does what is to be done for the contacts behind this id: their ids, and how much has changed."""


def carry_out(store: Store, wish: Wish) -> bool:
    """Do it, or a part of it; whether all is done. Doing it again changes nothing more."""
    if store.write(partial(_give_up, wish=wish)):
        return False
    if wish.trigger and _has_changed(store, wish, _end_runs, ""):
        return False
    with store.reading() as tx:
        after = undoing.reached(tx, wish.at)
    if not _has_changed(store, wish, take_back, after):
        return True
    store.tell(News.ACTIONS)
    return False


def take_back(tx: Transaction, wish: Wish, after: str) -> tuple[Sequence[str], int]:
    """Queue what undoes the actions of a page of contacts, who are locked: nobody else decides for them."""
    ids, plans = page_of(tx, wish, after, contacts.load)
    changing = [one for one in plans if one.back]
    added = outbox.add(tx, [action for one in changing for action in one.back], wish.at)
    _look(tx, wish, {one.contact_id: _said(one, wish) for one in changing})
    return ids, added


def _has_changed(store: Store, wish: Wish, page: _Page, after: str) -> bool:
    """Go from page to page, each in a transaction, until one changes something; whether one did."""
    while True:
        ids, changed = store.write(partial(_turn, wish=wish, page=page, after=after))
        if changed or not ids:
            return bool(changed)
        after = ids[-1]


def _turn(tx: Transaction, wish: Wish, page: _Page, after: str) -> tuple[Sequence[str], int]:
    return page(tx, wish, after)


def _give_up(tx: Transaction, wish: Wish) -> int:
    words = f"given up: {wish.who} undid what its rule did"
    return undoing.give_up(tx, wish.which, words, wish.at, AT_ONCE)


def _end_runs(tx: Transaction, wish: Wish, after: str) -> tuple[Sequence[str], int]:
    ids = undoing.waiting_in(tx, wish.trigger, after, PAGE)
    people = contacts.load(tx, ids)
    made = {name: end_runs(one, wish.trigger, wish.who, wish.since) for name, one in people.items()}
    ended = {name: one for name, one in made.items() if one.trace}
    changed = [one.contact for one in ended.values()]
    contacts.save(tx, changed, contacts.wakes_of(tx, sorted(ended)))
    waiting.note(tx, changed, _live(tx))
    held.note(tx, {one.id: held_rules(one) for one in changed})
    _look(tx, wish, {name: one.trace for name, one in ended.items()})
    return ids, len(ended)


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
